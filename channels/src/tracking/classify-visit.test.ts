import { expect, test } from 'vitest';
import { classifyVisit, isMachineOpen } from './classify-visit.ts';
import { FASTEST_PERSON_MS, MACHINE_NETWORKS, MACHINE_RULES } from './machine-visits.ts';

const LATER = 60_000;
const APPLE = addressIn('17');
const BARRACUDA = addressIn('64.235.144');
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';

test.each<['open' | 'click', string | null, string | null, number | null, string]>([
  ['open', 'Mozilla/5.0', '203.0.113.9', LATER, 'apple-privacy-proxy'],
  ['open', IPHONE, APPLE, LATER, 'apple-privacy-proxy'],
  ['open', IPHONE, `::ffff:${APPLE}`, LATER, 'apple-privacy-proxy'],
  ['click', IPHONE, APPLE, LATER, 'person'],
  ['open', IPHONE, '203.0.113.7', LATER, 'person'],
  ['open', IPHONE, '2001:db8::1', LATER, 'person'],
  ['open', IPHONE, 'nonsense', null, 'person'],
  ['open', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)', '203.0.113.66', LATER, 'person'],
  ['open', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0', null, LATER, 'google-prefetch'],
  ['open', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html', null, LATER, 'person'],
  ['open', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; ms-office; MSOffice 16)', null, LATER, 'person'],
  ['open', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)', null, LATER, 'person'],
  ['open', 'Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 Thunderbird/115.9.0', null, LATER, 'person'],
  ['click', 'Mozilla/5.0 (compatible; BarracudaCentral)', null, LATER, 'security-scanner'],
  ['click', IPHONE, BARRACUDA, LATER, 'security-scanner'],
  ['click', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', null, LATER, 'link-preview'],
  ['click', 'curl/8.4.0', null, LATER, 'program'],
  ['click', 'python-requests/2.31', null, LATER, 'program'],
  ['click', 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36', null, LATER, 'program'],
  ['click', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', null, LATER, 'program'],
  ['click', '', null, LATER, 'no-user-agent'],
  ['open', null, null, LATER, 'no-user-agent'],
  ['open', IPHONE, null, FASTEST_PERSON_MS.open - 1, 'too-fast'],
  ['open', IPHONE, null, FASTEST_PERSON_MS.open, 'person'],
  ['click', IPHONE, null, FASTEST_PERSON_MS.click - 1, 'too-fast'],
  ['click', IPHONE, null, FASTEST_PERSON_MS.click, 'person'],
  ['click', 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0 Mobile Safari/537.36', null, null, 'person'],
])('%s by %j from %s after %s ms: %s', (kind, userAgent, ip, msSinceSent, reason) => {
  expect(classifyVisit(kind, { userAgent, ip, msSinceSent })).toEqual({ machine: reason !== 'person', reason });
});

test('isMachineOpen is the short form', () => {
  expect(isMachineOpen('Mozilla/5.0', null, null)).toBe(true);
  expect(isMachineOpen(IPHONE, null, null)).toBe(false);
});

test('every rule says where it is known from', () => {
  for (const { source } of [...MACHINE_RULES, ...MACHINE_NETWORKS]) expect(source.length).toBeGreaterThan(20);
});

/** Some address within a network. */
function addressIn(octets: string): string {
  return [...octets.split('.'), '1', '2', '3'].slice(0, 4).join('.');
}

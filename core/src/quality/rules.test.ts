import { describe, expect, it } from 'vitest';
import type { TrackedEvent } from '../event/log-record.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { judgeMailDomain } from './mail-domain.ts';
import { fellSilent } from './silent-source.ts';
import { subscriptionOf } from './subscription.ts';
import { judgeVisitor } from './visitor.ts';

describe('judgeMailDomain', () => {
  const mx = (...exchanges: string[]) => ({ kind: 'found' as const, records: exchanges.map((exchange, priority) => ({ exchange, priority })) });
  const hosts = (...records: string[]) => ({ kind: 'found' as const, records });
  const none = { kind: 'none' as const };
  const failed = { kind: 'failed' as const };
  const noName = { kind: 'no-name' as const };
  it.each([
    ['a mail exchange', mx('mail.shop.com'), failed, 'receives'],
    ['RFC 7505: a lone dot, as it is written', mx('.'), hosts('192.0.2.1'), 'null-mx'],
    ['RFC 7505: a lone dot, as Node reads it', mx(''), hosts('192.0.2.1'), 'null-mx'],
    ['a dot beside a real one', mx('', 'mail.shop.com'), none, 'receives'],
    ['RFC 5321: no exchange, but a host', none, hosts('192.0.2.1'), 'receives'],
    ['an empty answer, but a host', mx(), hosts('2001:db8::1'), 'receives'],
    ['neither', none, none, 'no-server'], ['neither, with an empty answer', none, hosts(), 'no-server'],
    ['no such name', noName, failed, 'no-domain'], ['no such name for the host', none, noName, 'no-domain'],
    ['nobody to ask', failed, hosts('192.0.2.1'), 'unknown'], ['nobody to ask for the host', none, failed, 'unknown'],
  ])('%s', (_what, exchanges, found, verdict) => {
    expect(judgeMailDomain(exchanges, found)).toBe(verdict);
  });
});

describe('judgeVisitor', () => {
  const visit = (more: Partial<TrackedEvent> = {}, context: TrackedEvent['context'] = { userAgent: 'Mozilla/5.0 Firefox', library: { name: 'analytics.js' } }): TrackedEvent => ({
    kind: 'event', type: 'page', name: 'Page Viewed', messageId: 'm', receivedAt: 0, occurredAt: 0, identifiers: [], properties: {}, traits: {}, context, trusted: false, historical: false, ...more,
  });
  const isProgram = (agent: string): boolean => /bot/i.test(agent);
  const pages = (count: number, everyMs: number): TrackedEvent[] => Array.from({ length: count }, (_, index) => visit({ occurredAt: index * everyMs }));
  it.each<[string, TrackedEvent[], boolean, [string, string] | null]>([
    ['was never on a site', [], false, null],
    ['was imported', [visit({ historical: true })], true, null],
    ['is known from a server', [visit({ trusted: true }, {})], false, null],
    ['has a browser', [visit()], false, ['person', 'browser']],
    ['has a browser that a server tells of', [visit({ trusted: true })], false, ['person', 'browser']],
    ['says it is a program', [visit(), visit({}, { userAgent: 'Googlebot/2.1' })], true, ['bot', 'program']],
    ['looks at 11 pages in less than 5 seconds', pages(11, 499), false, ['bot', 'too-fast']],
    ['looks at 11 pages in 5 seconds', pages(11, 500), false, ['person', 'browser']],
    ['looks at 10 pages at once', pages(10, 0), false, ['person', 'browser']],
    ['tells 30 events at once', pages(30, 0).map((event) => ({ ...event, type: 'track' })), false, ['person', 'browser']],
    ['runs no script', [visit({}, { userAgent: 'Mozilla/5.0 Firefox', ip: '192.0.2.1' })], false, ['unclear', 'no-script']],
    ['runs no script, and ordered', [visit({}, { userAgent: 'Mozilla/5.0 Firefox' })], true, ['person', 'acted']],
    ['does not say what it is', [visit({}, {})], false, ['unclear', 'no-agent']],
  ])('a visitor who %s', (_what, events, acted, expected) => {
    const visitor = judgeVisitor(events, acted, isProgram);
    expect(visitor === null ? null : [visitor.verdict, visitor.reason]).toEqual(expected);
  });
});

describe('subscriptionOf', () => {
  const now = 400 * DAY_MS;
  const on = (day: number, topic: string | null = null) => ({ at: day * DAY_MS, topic, state: 'granted' as const });
  const off = (day: number, topic: string | null = null) => ({ at: day * DAY_MS, topic, state: 'withdrawn' as const });
  it.each([
    ['nobody asked', [], null],
    ['only ever refused', [off(1)], null],
    ['stayed', [on(10)], [true, true, true, true]],
    ['left on the 30th day', [on(10), off(40)], [false, false, false, false]],
    ['left after the 30th day', [off(41), on(10)], [false, true, false, false]],
    ['came back', [on(10), off(20), on(90)], [true, false, true, true]],
    ['a topic, then another', [on(10, 'news'), on(20, 'sales'), off(30, 'news')], [true, true, true, true]],
    ['a topic and a refusal of everything', [on(10, 'news'), off(20)], [false, false, false, false]],
    ['both at once', [on(10), off(10)], [false, false, false, false]],
    ['lately', [on(380)], [true, null, null, null]],
    ['exactly 30 days ago', [on(370)], [true, true, null, null]],
    ['in the future', [on(401)], null],
  ])('%s', (_what, changes, expected) => {
    const subscription = subscriptionOf(changes, now);
    expect(subscription === null ? null : [subscription.now, subscription.stayed[30], subscription.stayed[90], subscription.stayed[365]]).toEqual(expected);
  });
});

describe('fellSilent', () => {
  const days = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const at = (day: number, hours: number): number => day * DAY_MS + hours * HOUR_MS;
  it.each([
    ['a daily source that came yesterday', days(1, 20), at(20, 12), at(21, 23), false],
    ['a daily source of the day before yesterday', days(1, 20), at(20, 11), at(22, 0), true],
    ['one and a half days to the millisecond', days(1, 20), at(20, 12), at(22, 0), false],
    ['12 of 14 days', [...days(7, 11), ...days(14, 20)], at(20, 0), at(30, 0), true],
    ['11 of 14 days', [...days(7, 10), ...days(14, 20)], at(20, 0), at(30, 0), false],
    ['one that began a week ago', days(14, 20), at(20, 0), at(30, 0), false],
    ['a single import', [20], at(20, 0), at(90, 0), false],
  ])('%s', (_what, seen, lastAt, now, silent) => {
    expect(fellSilent(seen, lastAt, now)).toBe(silent);
  });
});

import { parseDirectory } from '@samovar/contract';
import type { ScenarioFile } from '@samovar/contract';
import { describe, expect, it } from 'vitest';
import { runScenarioFile } from './run-scenario-file.ts';
import type { CaseResult } from './run-scenario-file.ts';

const WORKSPACE = `
workspace: Test shop
timezone: Europe/Berlin
quiet hours: 21:00 to 08:00
`;
const SEGMENT = `
segment: lapsed
match:
  - event: Order Completed
  - no event: Order Completed
    within: 90 days
`;
const template = (key: string, languages: string): string => `
template: ${key}
class: marketing
languages:
${languages}
`;
const ENGLISH = '  en: { subject: "Still there, {{ contact.traits.name }}?", body: "<mj-section></mj-section>" }';
const PERSIAN = '  fa: { subject: "سلام {{ contact.traits.name }}", body: "<mj-section></mj-section>" }';
const JOURNEY = `
journey: cart
trigger: { event: Checkout Started, key: cart_id }
exit:
  - { event: Order Completed, same: cart_id, reason: bought }
goal: { event: Order Completed, same: cart_id, value: total }
steps:
  - wait: 1 hour
  - send: cart-1
  - wait: 1 day
  - if: { message: send-cart-1, was: opened }
    then:
      - tag: warm
      - set: { interest: carts }
    else:
      - send: cart-2
`;
const MISS = `
journey: miss
trigger: { enters: lapsed }
steps:
  - send: cart-2
`;

function run(cases: string, journey = 'cart'): CaseResult[] {
  const { definitions, scenarios, problems } = parseDirectory([
    { path: 'workspace.yaml', text: WORKSPACE },
    { path: 'segments/lapsed.yaml', text: SEGMENT },
    { path: 'templates/cart-1.yaml', text: template('cart-1', `${ENGLISH}\n${PERSIAN}`) },
    { path: 'templates/cart-2.yaml', text: template('cart-2', ENGLISH) },
    { path: 'journeys/cart.yaml', text: JOURNEY },
    { path: 'journeys/miss.yaml', text: MISS },
    { path: 'journeys/cart.scenarios.yaml', text: `scenarios: ${journey}\ncases:\n${cases}` },
  ]);
  expect(problems).toEqual([]);
  return runScenarioFile(scenarios[0] as ScenarioFile, definitions.map(({ definition }) => definition));
}

const one = (cases: string, journey?: string): CaseResult => run(cases, journey)[0] as CaseResult;

const SARA = 'contact: { id: sara, email: sara@example.com, name: سارا, language: fa, timezone: Europe/Berlin, consent: email }';
const CART = '{ at: +0, event: Checkout Started, cart_id: c1, total: 40 }';

describe('a scenario', () => {
  it('passes when exactly the expected messages leave', () => {
    expect(run(`
  - name: Two mails
    ${SARA}
    start: 2026-01-10 10:00
    events: [${CART}]
    until: +10 days
    expect:
      messages:
        - { at: +1 hour, send: cart-1, language: fa, subject: سلام سارا }
        - { at: 2026-01-11 11:00, send: cart-2, language: en }
      exit: completed
      goal: not reached
  - name: Opened
    ${SARA}
    start: 2026-01-10 10:00
    events:
      - ${CART}
      - { at: +2 hours, open: send-cart-1 }
    until: +10 days
    expect:
      messages: [{ at: +1 hour, send: cart-1 }]
      tags: [warm]
      traits: { interest: carts, name: سارا }
  - name: Bought
    ${SARA}
    start: 2026-01-10 10:00
    events:
      - ${CART}
      - { at: +2 hours, event: Order Completed, cart_id: c1, total: 40 }
    until: +100 days
    expect:
      messages: [{ at: +1 hour, send: cart-1 }]
      not sent: [{ send: cart-2, reason: bought }]
      exit: bought
      goal: reached
      segments: [lapsed]
`).map(({ name, failures }) => [name, failures])).toEqual([['Two mails', []], ['Opened', []], ['Bought', []]]);
  });

  it('keeps to the local clock when the clocks change, and to quiet hours', () => {
    expect(run(`
  - name: Spring, one day is 24 hours
    ${SARA}
    start: 2026-03-28 10:00
    events: [${CART}]
    until: +10 days
    expect:
      messages: [{ at: 2026-03-28 11:00, send: cart-1 }, { at: 2026-03-29 12:00, send: cart-2 }]
  - name: In the night before summer time
    ${SARA}
    start: 2026-03-28 23:30
    events: [${CART}]
    until: 2026-03-29 07:59
    expect:
      messages: []
      not sent: [{ send: cart-1, reason: quiet hours }]
  - name: In the morning after
    ${SARA}
    start: 2026-03-28 23:30
    events: [${CART}]
    until: 2026-03-29 12:00
    expect:
      messages: [{ at: 2026-03-29 08:00, send: cart-1 }]
  - name: By the workspace's clock where the contact has none
    contact: { id: x, email: x@example.com, consent: email }
    start: 2026-03-29 01:30
    events: [${CART}]
    until: 2026-03-29 12:00
    expect:
      messages: [{ at: 2026-03-29 06:00Z, send: cart-1 }]

  - name: Autumn
    ${SARA}
    start: 2026-10-24 10:00
    events: [${CART}]
    until: +10 days
    expect:
      messages: [{ at: 2026-10-24 11:00, send: cart-1 }, { at: 2026-10-25 10:00, send: cart-2 }]
`).flatMap(({ name, failures }) => failures.map((failure) => `${name}: ${failure}`))).toEqual([]);
  });

  it('takes the contact as given, and a window that closes a millisecond later as that second', () => {
    expect(one(`
  - name: Lapsed
    ${SARA}
    start: 2026-01-10 10:00
    events: [{ at: +0, event: Order Completed, order_id: o1, total: 1 }]
    until: +91 days
    expect:
      messages: [{ at: +90 days, send: cart-2 }]
`, 'miss').failures).toEqual([]);
  });

  it('says why nothing left', () => {
    expect(one(`
  - name: No consent
    contact: { id: u, email: u@example.com }
    start: 2026-01-10 10:00
    events: [${CART}]
    until: +10 days
    expect:
      messages: []
      not sent: [{ send: cart-1, reason: no_consent }, { send: cart-2, reason: no consent }]
`).failures).toEqual([]);
    expect(one(`
  - name: Unsubscribed midway
    ${SARA}
    start: 2026-01-10 10:00
    events:
      - ${CART}
      - { at: +3 hours, unsubscribe: email }
    until: +10 days
    expect:
      messages: [{ at: +1 hour, send: cart-1 }]
      not sent: [{ send: cart-2, reason: unsubscribed }]
`).failures).toEqual([]);
  });
});

describe('a consent in a scenario', () => {
  it('is one as it should be, also for a topic that asks for double opt-in', () => {
    const files = [
      { path: 'topics/news.yaml', text: 'topic: news\nnames: { en: News }\ndouble opt-in: true\n' },
      { path: 'templates/news.yaml', text: 'template: news\nclass: marketing\ntopic: news\nlanguages: { en: { subject: News, body: "<mj-section></mj-section>" } }\n' },
      { path: 'journeys/news.yaml', text: 'journey: news\ntrigger: { event: Go }\nre-entry: always\nsteps: [{ send: news }]\n' },
      {
        path: 'journeys/news.scenarios.yaml',
        text: 'scenarios: news\ncases:\n'
          + '  - { name: Given before, contact: { id: a, email: a@x.co, consent: { email: [news] } }, start: 2026-01-10 10:00, events: [{ at: +0, event: Go }], until: +1 day, expect: { messages: [{ at: +0, send: news }] } }\n'
          + '  - { name: Given now, contact: { id: a, email: a@x.co }, start: 2026-01-10 10:00, events: [{ at: +0, consent: email, topic: news }, { at: +1 hour, event: Go }], until: +1 day, expect: { messages: [{ at: +1 hour, send: news }] } }\n'
          + '  - { name: Said by anybody, contact: { id: a, email: a@x.co }, start: 2026-01-10 10:00, events: [{ at: +0, event: Topic Subscribed, topic: news }, { at: +1 hour, event: Go }], until: +1 day, expect: { not sent: [{ send: news, reason: no_consent }] } }\n',
      },
    ];
    const { definitions, scenarios, problems } = parseDirectory(files);
    expect(problems).toEqual([]);
    expect(runScenarioFile(scenarios[0] as ScenarioFile, definitions.map(({ definition }) => definition)).flatMap(({ failures }) => failures)).toEqual([]);
  });
});

describe('a failing scenario', () => {
  it('shows expected against happened, with reasons, in local time', () => {
    const result = one(`
  - name: Wrong in every way
    ${SARA}
    start: 2026-03-28 10:00
    events:
      - ${CART}
      - { at: +2 hours, unsubscribe: email }
      - { at: +3 hours, click: send-cart-2 }
      - { at: +20 days, identify: { a: 1 } }
    until: +10 days
    expect:
      messages: [{ at: +1 hour 30 minutes, send: cart-1 }, { at: 2026-03-29 12:00, send: cart-2 }]
      not sent: [{ send: cart-2, reason: bought }, { send: cart-1 }]
      goal: reached
      exit: bought
      tags: [warm]
      segments: [lapsed]
      traits: { name: Sara }
`);
    expect(result.passed).toBe(false);
    expect(result.report).toMatchInlineSnapshot(`
      "✗ Wrong in every way   (journeys/cart.scenarios.yaml:4)
          Line 10: the step \`send-cart-2\` has sent nothing yet.
          Line 11 happens after the case ends (\`until\`).
          cart-1 was expected on Sat 28 Mar 2026 11:30 and left on Sat 28 Mar 2026 11:00 instead.
          cart-2 was expected on Sun 29 Mar 2026 12:00 and did not leave.
          cart-2 should not have left for the reason bought; the reasons were: unsubscribed.
          cart-1 must not leave and left on Sat 28 Mar 2026 11:00.
          The goal was expected to be reached and was not.
          The journey was expected to end with: bought; it ended with: completed.
          The trait name was expected to be "Sara" and is "سارا".
          The tag warm was expected and is not there.
          The contact was expected to be in the segment lapsed and is not.

          expected (Europe/Berlin)
            Sat 28 Mar 2026 11:30  +1 hour 30 minutes  ✗ cart-1   ← missing
            Sun 29 Mar 2026 12:00  +1 day 1 hour       ✗ cart-2   ← missing

          happened, and why (Europe/Berlin)
            Sat 28 Mar 2026 10:00  +0             · Checkout Started cart_id=c1 total=40
            Sat 28 Mar 2026 10:00  +0               entered for c1
            Sat 28 Mar 2026 11:00  +1 hour        ✗ sent cart-1   ← not expected
            Sat 28 Mar 2026 12:00  +2 hours       · unsubscribes from email
            Sat 28 Mar 2026 12:00  +2 hours         consent withdrawn
            Sat 28 Mar 2026 13:00  +3 hours       · click of send-cart-2
            Sun 29 Mar 2026 12:00  +1 day 1 hour    if: else, because the message of send-cart-1 having been opened (it is not so)
            Sun 29 Mar 2026 12:00  +1 day 1 hour    cart-2 not sent: unsubscribed
            Sun 29 Mar 2026 12:00  +1 day 1 hour    reached the end"
    `);
  });
});

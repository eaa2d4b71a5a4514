import { describe, expect, test } from 'vitest';
import { CART_1, CARTS, CONTACTS, CART_RESCUE, CART_RESCUE_SCENARIOS, LAPSED_BUYERS, WORKSPACE } from './examples.ts';
import { parseDefinitionFile } from './parse-file.ts';
import { formatProblem } from './problem.ts';
import type { JourneyDefinition } from './types.ts';

function read(file: { path: string; text: string }): unknown {
  const parsed = parseDefinitionFile(file);
  if (parsed.kind === 'problems') throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.kind === 'definition' ? parsed.definition : parsed.scenarios;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('what the examples mean', () => {
  test('a segment', () => {
    const bought = { kind: 'event', event: 'Order Completed', where: [], since: 'ever' };
    expect(read(LAPSED_BUYERS)).toEqual({
      kind: 'segment',
      key: 'lapsed-buyers',
      name: 'Bought before, silent for 90 days',
      description: null,
      match: { kind: 'all', of: [{ ...bought, times: { op: 'at-least', count: 1 }, period: { kind: 'ever' } }, { ...bought, times: { op: 'exactly', count: 0 }, period: { kind: 'within', ms: 90 * DAY } }] },
    });
  });

  test('a journey', () => {
    const ordered = { event: 'Order Completed', where: [], same: 'cart_id' };
    expect(read(CART_RESCUE)).toEqual({
      kind: 'journey',
      key: 'cart-rescue',
      name: 'Cart rescue',
      description: null,
      trigger: { kind: 'event', event: 'Checkout Started', where: [{ path: 'total', test: { op: 'at-least', value: 10 } }], key: 'cart_id' },
      who: { kind: 'none', of: [{ kind: 'segment', segment: 'lapsed-buyers' }] },
      reEntry: { kind: 'after', delayMs: 30 * DAY },
      exits: [
        { kind: 'event', pattern: ordered, reason: 'bought' },
        { kind: 'condition', condition: { kind: 'tag', tag: 'no-mail' }, reason: 'moved away' },
      ],
      goal: { pattern: ordered, withinMs: 7 * DAY, valuePath: 'total' },
      ceilingPerHour: 5000,
      steps: [
        { kind: 'wait', id: 'wait-1-hour', durationMs: HOUR },
        { kind: 'send', id: 'first', template: 'cart-1' },
        {
          kind: 'wait-for',
          id: 'wait-for-order-completed',
          pattern: ordered,
          timeoutMs: DAY,
          happened: [{ kind: 'exit', id: 'exit-bought', reason: 'bought' }],
          timedOut: [{ kind: 'send', id: 'send-cart-1', template: 'cart-1' }],
        },
        {
          kind: 'if',
          id: 'if',
          condition: { kind: 'message', step: 'first', outcome: 'opened' },
          then: [
            {
              kind: 'split',
              id: 'split',
              arms: [
                { name: 'a', weight: 50, steps: [{ kind: 'send', id: 'send-cart-1-2', template: 'cart-1' }] },
                { name: 'b', weight: 50, steps: [] },
              ],
            },
          ],
          else: [
            { kind: 'set-trait', id: 'set-plan', trait: 'plan', value: 'trial' },
            { kind: 'set-trait', id: 'set-tier', trait: 'tier', value: 2 },
            { kind: 'tag', id: 'tag-x', tag: 'x', present: true },
            { kind: 'tag', id: 'untag-y', tag: 'y', present: false },
          ],
        },
        { kind: 'exit', id: 'exit', reason: 'exit' },
      ],
    });
  });

  test('a template', () => {
    expect(read(CART_1)).toMatchObject({
      kind: 'template',
      channel: 'email',
      class: 'marketing',
      topic: 'carts',
      from: { name: 'Shop', address: 'shop@example.com' },
      replyTo: 'help@example.com',
      expiresAfterMs: 12 * HOUR,
      languages: { en: { subject: 'You left something', preheader: 'It is still there' }, fa: { subject: 'سبد خرید شما', preheader: null } },
    });
    expect(Object.keys((read(CART_1) as { languages: object }).languages)).toEqual(['en', 'fa']);
    expect(read({ path: 'x', text: 'template: a\nclass: transactional\nlanguages: { en: { subject: s, body: b } }' })).toMatchObject({ name: 'a', expiresAfterMs: 7 * DAY });
  });

  test('a schema', () => {
    const plain = { values: null, description: null, personal: false };
    expect(read(CONTACTS)).toEqual({
      kind: 'schema', key: 'contacts', name: 'What we know of our customers',
      traits: {
        plan: { type: 'text', values: ['free', 'pro'], description: 'What the customer pays for', personal: false }, seats: { ...plain, type: 'number' },
        birthday: { ...plain, type: 'date', personal: true },
      },
    });
  });

  test('a topic', () => {
    expect(read(CARTS)).toEqual({
      kind: 'topic', key: 'carts', names: { en: 'Your cart', fa: 'سبد خرید شما' }, descriptions: { en: 'Reminders of what you left in it' }, doubleOptIn: true,
    });
  });

  test('a workspace', () => {
    expect(read(WORKSPACE)).toEqual({
      kind: 'workspace',
      name: 'My shop',
      timezone: 'Europe/Berlin',
      currency: 'EUR',
      language: 'en',
      from: { name: 'Shop', address: 'shop@example.com' },
      quietHours: { fromMinute: 21 * 60, toMinute: 8 * 60 },
      frequencyCap: { messages: 3, windowMs: 7 * DAY },
      attribution: { clickWindowMs: 5 * DAY, openWindowMs: 0 },
      consent: {
        groups: [{ name: 'gulf', countries: ['AE', 'SA'], marketing: 'opt-out', legitimateInterest: 'opt-in', profiling: 'opt-in' }],
        europe: { marketing: 'opt-in', legitimateInterest: 'opt-in', profiling: 'opt-in' },
        others: { marketing: 'opt-out', legitimateInterest: 'opt-out', profiling: 'opt-in' },
        unknown: { marketing: 'opt-in', legitimateInterest: 'opt-in', profiling: 'opt-in' },
        confirmWithinMs: 3 * DAY,
      },
      retention: { defaultMs: 730 * DAY, events: { 'Page Viewed': 90 * DAY, 'Order Completed': null }, rejectedMs: 30 * DAY, decisionsMs: null },
    });
  });

  test('scenarios', () => {
    expect(read(CART_RESCUE_SCENARIOS)).toEqual({
      kind: 'scenarios',
      file: CART_RESCUE_SCENARIOS.path,
      journey: 'cart-rescue',
      cases: [
        {
          name: 'Three mails, then silence',
          line: 3,
          contact: { id: 'u1', email: 'sara@example.com', timezone: 'Europe/Berlin', language: 'fa', consents: [{ channel: 'email', topic: null }], traits: { plan: 'free' } },
          start: { kind: 'local', local: '2026-03-28T10:00:00' },
          events: [
            { kind: 'track', at: { kind: 'offset', offsetMs: 0 }, line: 7, event: 'Checkout Started', properties: { cart_id: 'c1', total: 40 } },
            { kind: 'unsubscribe', at: { kind: 'offset', offsetMs: 2 * DAY }, line: 11, channel: 'email', topic: null },
            { kind: 'open', at: { kind: 'offset', offsetMs: 3 * DAY }, line: 13, step: 'first' },
            { kind: 'identify', at: { kind: 'offset', offsetMs: 4 * DAY }, line: 15, traits: { plan: 'pro' } },
            { kind: 'consent', at: { kind: 'local', local: '2026-04-01T09:30:00' }, line: 17, channel: 'email', topic: 'carts' },
            { kind: 'click', at: { kind: 'instant', at: Date.UTC(2026, 3, 1, 9, 30) }, line: 20, step: 'first' },
          ],
          until: { kind: 'offset', offsetMs: 10 * DAY },
          expect: {
            messages: [
              { at: { kind: 'offset', offsetMs: HOUR }, template: 'cart-1', language: 'fa', subject: null, line: 25 },
              { at: { kind: 'local', local: '2026-03-29T11:00:00' }, template: 'cart-1', language: null, subject: 'You left something', line: 28 },
            ],
            notSent: [{ template: 'cart-1', reason: 'no_consent', line: 32 }],
            goal: 'not reached',
            exit: 'completed',
            traits: { plan: 'pro' },
            tags: ['x'],
            segments: ['lapsed-buyers'],
          },
        },
        expect.objectContaining({
          contact: { id: 'u2', email: null, timezone: null, language: null, consents: [{ channel: 'email', topic: 'carts' }], traits: {} },
          start: { kind: 'instant', at: Date.UTC(2026, 2, 28, 10) },
          events: [],
          expect: { messages: [], notSent: [], goal: null, exit: null, traits: {}, tags: [], segments: [] },
        }),
      ],
    });
  });
});

describe('conditions', () => {
  const match = (text: string): unknown => (read({ path: 'x', text: `segment: a\nmatch:\n  ${text.replaceAll('\n', '\n  ')}` }) as { match: unknown }).match;

  test.each([
    ['trait: plan\nis: null', { kind: 'trait', path: 'plan', test: { op: 'is', value: null }, held: null }],
    ['trait: age\nat least: 18\nless than: 30', { kind: 'all', of: [{ kind: 'trait', path: 'age', test: { op: 'at-least', value: 18 }, held: null }, { kind: 'trait', path: 'age', test: { op: 'less-than', value: 30 }, held: null }] }],
    ['trait: c\nin: [DE, "NO", no, 1]', { kind: 'trait', path: 'c', test: { op: 'in', values: ['DE', 'NO', 'no', 1] }, held: null }],
    ['trait: c\nexists: false', { kind: 'trait', path: 'c', test: { op: 'missing' }, held: null }],
    ['no tag: x', { kind: 'none', of: [{ kind: 'tag', tag: 'x' }] }],
    ['consent: email\ntopic: carts', { kind: 'consent', channel: 'email', topic: 'carts' }],
    ['- tag: a\n- tag: b', { kind: 'all', of: [{ kind: 'tag', tag: 'a' }, { kind: 'tag', tag: 'b' }] }],
  ])('%s', (text, expected) => {
    expect(match(text)).toEqual(expected);
  });

  test.each([
    ['2', { op: 'exactly', count: 2 }],
    ['at least 2', { op: 'at-least', count: 2 }],
    ['at most 3 times', { op: 'at-most', count: 3 }],
    ['exactly 1', { op: 'exactly', count: 1 }],
  ])('times: %s', (text, times) => {
    expect(match(`event: X\ntimes: ${text}`)).toMatchObject({ times });
  });
});

test('the id of a step does not depend on how its duration is written', () => {
  const ids = (wait: string): string[] => (read({ path: 'x', text: `journey: j\ntrigger: { event: X }\nsteps: [{ wait: ${wait} }]` }) as JourneyDefinition).steps.map((step) => step.id);
  expect(ids('60 minutes')).toEqual(ids('1 hour'));
  expect(ids('1 week')).toEqual(['wait-7-days']);
});

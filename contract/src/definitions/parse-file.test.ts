import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definition } from './arbitrary-definition.ts';
import { CART_1, CART_RESCUE, CART_RESCUE_SCENARIOS, EXAMPLE_FILES, LAPSED_BUYERS, WORKSPACE } from './examples.ts';
import { formatDefinition } from './format.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { parseDefinitionFile } from './parse-file.ts';
import { DEFINITION_PROBLEMS, formatProblem } from './problem.ts';
import type { Problem } from './problem.ts';
import type { JourneyDefinition } from './types.ts';

function problems(text: string): Problem[] {
  const parsed = parseDefinitionFile({ path: 'x.yaml', text });
  return parsed.kind === 'problems' ? parsed.problems : [];
}

/** `code line:column excerpt` of each problem. */
function short(text: string): string[] {
  return problems(text).map(({ code, line, column, excerpt }) => `${code} ${line}:${column} ${excerpt}`.trim());
}

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
      match: { kind: 'all', of: [{ ...bought, times: { op: 'at-least', count: 1 }, withinMs: null }, { ...bought, times: { op: 'exactly', count: 0 }, withinMs: 90 * DAY }] },
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
    ['trait: plan\nis: null', { kind: 'trait', path: 'plan', test: { op: 'is', value: null } }],
    ['trait: age\nat least: 18\nless than: 30', { kind: 'all', of: [{ kind: 'trait', path: 'age', test: { op: 'at-least', value: 18 } }, { kind: 'trait', path: 'age', test: { op: 'less-than', value: 30 } }] }],
    ['trait: c\nin: [DE, "NO", no, 1]', { kind: 'trait', path: 'c', test: { op: 'in', values: ['DE', 'NO', 'no', 1] } }],
    ['trait: c\nexists: false', { kind: 'trait', path: 'c', test: { op: 'missing' } }],
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

describe('what is wrong, and where', () => {
  test.each([
    ['', ['file_empty 1:1']],
    ['# only a comment', ['file_empty 1:1']],
    ['- a', ['wrong_type 1:1 - a']],
    ['just text', ['wrong_type 1:1 just text']],
    ['jurney: a\nsteps: []', ['unknown_kind 1:1 jurney']],
    ['segment: a\nmatch:\n\t- tag: x', ['yaml_tab 3:1 \t- tag: x']],
    ['segment: "a\nmatch: x', ['yaml_syntax 2:9']],
    ['segment: a: b', ['yaml_syntax 1:10 a: b']],
    ['segment: a\nmatch: { tag: x }\n---\nsegment: b', ['several_documents 3:1 ---']],
    ['segment: a\nsegment: b\nmatch: { tag: x }', ['duplicate_key 2:1 segment']],
    ['segment: !!binary aGk=\nmatch: { tag: x }', ['yaml_tag 1:19 aGk=', 'empty 1:19 aGk=']],
    ['segment: a\nmatch: { tag: *x }', ['yaml_alias 2:15 *x', 'empty 2:15 *x']],
    ['segment: a\nmatch:', ['wrong_type 2:1 match']],
    ['segment: a\nmatch: {}', ['empty 2:8 {}']],
    ['segment: a\nmatch: { tag: x, tags: y }', ['unknown_key 2:18 tags']],
    ['segment: a\nmatch: { tag: x, segment: y }', ['conflicting_keys 2:8 { tag: x, segment: y }']],
    ['segment: a\nmatch: { all: [] }', ['empty 2:15 []']],
    ['segment: a\nmatch: { trait: x }', ['missing_key 2:8 { trait: x }']],
    ['segment: a\nmatch: { trait: x, is: [1] }', ['wrong_type 2:24 [1]']],
    ['segment: a\nmatch: { trait: x, is: .inf }', ['invalid_number 2:24 .inf']],
    ['segment: a\nmatch: { trait: x, is: 12345678901234567890 }', ['invalid_number 2:24 12345678901234567890']],
    ['segment: a\nmatch: { event: x, times: often }', ['invalid_times 2:27 often']],
    ['segment: a\nmatch: { event: x, times: at least 0 }', ['invalid_times 2:27 at least 0']],
    ['segment: a\nmatch: { event: x, within: 90 }', ['invalid_duration 2:28 90']],
    ['segment: a\nmatch: { event: x, within: 0 days }', ['invalid_duration 2:28 0 days']],
    ['segment: a\nmatch: { event: x, within: 11 years }', ['invalid_duration 2:28 11 years']],
    ['segment: a\nmatch: { event: x, since: entry }', ['not_in_journey 2:27 entry']],
    ['segment: a\nmatch: { trigger: total, is: 1 }', ['not_in_journey 2:8 { trigger: total, is: 1 }']],
    ['segment: a\nmatch: { consent: sms }', ['unknown_word 2:19 sms']],
    ['segment: Ä b\nmatch: { tag: x }', ['invalid_key 1:10 Ä b']],
    ['segment: a\nname: "x\\0"\nmatch: { tag: x }', ['invalid_text 2:7 "x\\0"', 'invalid_text 2:7 "x\\0"']],
    ['workspace: w\ntimezone: Europe/Berln', ['invalid_timezone 2:11 Europe/Berln']],
    ['workspace: w\ntimezone: +02:00', ['invalid_timezone 2:11 +02:00']],
    ['workspace: w\ncurrency: EURO', ['invalid_currency 2:11 EURO']],
    ['workspace: w\nlanguage: english!', ['invalid_language 2:11 english!']],
    ['workspace: w\nfrom: shop', ['invalid_email 2:7 shop']],
    ['workspace: w\nquiet hours: 21 to 8', ['invalid_time 2:14 21 to 8']],
    ['workspace: w\nquiet hours: 21:00 to 21:00', ['invalid_time 2:14 21:00 to 21:00']],
    ['workspace: w\nfrequency cap: 3', ['invalid_rate 2:16 3']],
    ['template: t\nlanguages: { en: { subject: s } }', ['missing_key 1:1 template: t', 'missing_key 2:20 subject: s']],
  ])('%j', (text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  const journey = (steps: string, rest = 'trigger: { event: X }'): string => `journey: j\n${rest}\nsteps:\n${steps}`;

  test.each([
    [journey('  []'), ['empty 4:3 []']],
    [journey('  - wait: 1 hour\n    tag: x'), ['conflicting_keys 5:5 tag']],
    [journey('  - sned: a'), ['unknown_key 4:5 sned']],
    [journey('  - send:'), ['empty 4:5 send']],
    [journey('  - exit\n  - tag: x'), ['unreachable_step 5:5 tag: x']],
    [journey('  - if: { tag: x }\n    then: [exit]\n    else: [exit]\n  - tag: x'), ['unreachable_step 7:5 tag: x']],
    [journey('  - if: { tag: x }'), ['missing_key 4:5 if: { tag: x }']],
    [journey('  - tag: x\n    id: a\n  - tag: y\n    id: a'), ['duplicate_step_id 7:9 a']],
    [journey('  - tag: x\n    id: a b'), ['invalid_key 5:9 a b']],
    [journey('  - if: { message: m, was: opened }\n    then: [{ send: m, id: m }]'), ['step_not_before 4:20 m']],
    [journey('  - if: { message: tag-x, was: opened }\n    then: [{ tag: x }]'), ['unknown_step 4:20 tag-x']],
    [journey('  - if: { message: send-n, was: opened }\n    then: [{ send: m }]'), ['unknown_step 4:20 send-n']],
    [journey('  - split: [{ name: a, share: 1 }]'), ['empty 4:12 [{ name: a, share: 1 }]']],
    [journey('  - split: [{ name: a, share: 0 }, { name: a, share: 0% }]'), ['invalid_number 4:12 [{ name: a, share: 0 }, { name: a, share: 0% }]', 'duplicate_name 4:44 a']],
    [journey('  - wait for: { event: X, same: id }\n    up to: 1 day', 'trigger: { enters: s }'), ['trigger_without_event 4:33 id']],
    [journey('  - if: { trigger: total, is: 1 }\n    then: [exit]', 'trigger: { leaves: s }'), ['trigger_without_event 4:9 { trigger: total, is: 1 }']],
    [journey('  - tag: x', 'trigger: { evnt: X }'), ['unknown_key 2:12 evnt']],
    [journey('  - tag: x', 're-entry: sometimes\ntrigger: { event: X }\nceiling: 0 per hour'), ['unknown_word 2:11 sometimes', 'invalid_rate 4:10 0 per hour']],
  ])('%j', (text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  test('the way to mend it is said', () => {
    expect(problems('segment: a\nmtach: { tag: x }').map((problem) => problem.mend)).toEqual(['Did you mean `match`?']);
    expect(problems('segment: My Segment\nmatch: { tag: x }')[0]?.mend).toContain('`my-segment`');
    expect(problems('workspace: w\ntimezone: europe berlin')[0]?.mend).toBe('Did you mean `Europe/Berlin`?');
    expect(formatProblem(problems('segment: a\nmatch: { tga: x }')[0] as Problem)).toBe('x.yaml:2:10 No condition begins with `tga`. [unknown_key]\n     2 | tga\n       Did you mean `tag`?');
  });

  test('Windows line ends and a byte order mark do not matter', () => {
    for (const { path, text } of EXAMPLE_FILES) {
      const other = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
      expect(read({ path, text: other })).toEqual(read({ path, text }));
    }
    expect(short('segment: a\r\nmatch: { tga: x }')).toEqual(['unknown_key 2:10 tga']);
  });
});

describe('limits, at the limit and one beyond', () => {
  const codes = (text: string): string[] => [...new Set(problems(text).map((problem) => problem.code))];
  const segment = (rest: string): string => `segment: a\nmatch: { tag: x }\n${rest}`;

  test.each([
    ['a name', (length: number) => segment(`name: ${'x'.repeat(length)}`), DEFINITION_LIMITS.maxNameLength, 'too_long'],
    ['a key', (length: number) => `segment: ${'x'.repeat(length)}\nmatch: { tag: x }`, DEFINITION_LIMITS.maxKeyLength, 'invalid_key'],
    ['the file', (length: number) => segment('#').padEnd(length, 'x'), DEFINITION_LIMITS.maxFileChars, 'file_too_large'],
    ['values', (count: number) => segment('').replace('tag: x', `trait: x, in: [${'1,'.repeat(Math.min(count - 6, 1000))}]`), 1006, null],
    ['a list', (count: number) => segment('').replace('tag: x', `trait: x, in: [${'1,'.repeat(count)}]`), DEFINITION_LIMITS.maxListedValues, 'too_long'],
    ['steps', (count: number) => `journey: a\ntrigger: { event: x }\nsteps:\n${'- tag: x\n'.repeat(count)}`, DEFINITION_LIMITS.maxSteps, 'too_many_steps'],
    ['times', (count: number) => `segment: a\nmatch: { event: x, times: ${count} }`, DEFINITION_LIMITS.maxTimes, 'invalid_times'],
    ['days', (days: number) => `segment: a\nmatch: { event: x, within: ${days} days }`, DEFINITION_LIMITS.maxDurationMs / DAY, 'invalid_duration'],
    ['ceiling', (count: number) => `journey: a\ntrigger: { event: x }\nsteps: [exit]\nceiling: ${count} per hour`, DEFINITION_LIMITS.maxCeilingPerHour, 'invalid_rate'],
  ])('%s', (_, make, limit, code) => {
    expect(codes(make(limit))).toEqual([]);
    if (code !== null) expect(codes(make(limit + 1))).toEqual([code]);
  });

  test('nesting', () => {
    const nested = (depth: number): string => `segment: a\nmatch: ${'{ all: ['.repeat(depth)}{ tag: x }${'] }'.repeat(depth)}`;
    // The root, then two levels for each `all`, then the map with its value.
    const most = (DEFINITION_LIMITS.maxDepth - 2) / 2;
    expect(codes(nested(most))).toEqual([]);
    expect(codes(nested(most + 1))).toEqual(['file_too_complex']);
  });

  test('problems', () => {
    const text = segment(Array.from({ length: 500 }, (_, index) => `k${index}: 1`).join('\n'));
    const all = problems(text);
    expect(all).toHaveLength(DEFINITION_LIMITS.maxProblemsPerFile + 1);
    expect(all.at(-1)?.code).toBe('too_many_problems');
  });

  test.each([
    ['aliases that multiply', `a: &a [${'x,'.repeat(20)}]\n${Array.from({ length: 8 }, (_, index) => `${String.fromCharCode(98 + index)}: &${String.fromCharCode(98 + index)} [${`*${String.fromCharCode(97 + index)},`.repeat(20)}]`).join('\n')}`],
    ['an alias inside of its anchor', 'segment: a\nmatch: &x { all: [*x] }'],
    ['many keys', Array.from({ length: 40_000 }, (_, index) => `k${index}: 1`).join('\n')],
    ['deep brackets', '['.repeat(100_000)],
    ['closed deep brackets', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['deep braces', '{a: '.repeat(30_000)],
    ['deep lists', '- '.repeat(50_000)],
    ['deep keys', '? '.repeat(30_000)],
    ['deep indentation', Array.from({ length: 1_000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')],
    ['an open quote', `segment: "${'x'.repeat(500_000)}`],
  ])('%s end in a problem, soon', (_, text) => {
    expect(codes(text).length).toBeGreaterThan(0);
  });
});

describe('properties that always hold', () => {
  const line = fc.oneof(fc.constantFrom(...EXAMPLE_FILES.flatMap((file) => file.text.split('\n')), ...CART_RESCUE_SCENARIOS.text.split('\n')), fc.string({ unit: 'binary', maxLength: 30 }));
  const known = new Set(Object.keys(DEFINITION_PROBLEMS));

  function wellFormed(text: string): void {
    const parsed = parseDefinitionFile({ path: 'x', text });
    if (parsed.kind !== 'problems') return;
    const lines = text.split('\n');
    expect(parsed.problems.length).toBeGreaterThan(0);
    for (const { code, line: at, column, message, mend } of parsed.problems) {
      expect(known.has(code)).toBe(true);
      expect(at).toBeGreaterThan(0);
      expect(at).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThan(0);
      expect(message !== '' && mend !== '').toBe(true);
    }
  }

  test('garbage never throws', () => {
    fc.assert(fc.property(fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n')), wellFormed), { numRuns: 1_500 });
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), wellFormed), { numRuns: 1_500 });
  });

  test('good files with a few characters changed never throw', () => {
    const files = [...EXAMPLE_FILES, CART_RESCUE_SCENARIOS].map((file) => file.text);
    const edit = fc.tuple(fc.nat(), fc.nat(5), fc.oneof(fc.constantFrom(':', '-', '{', '[', '"', '\n', '\t', '&a ', '*a', '!!x ', '  ', '#', '|', '? '), fc.string({ maxLength: 3 })));
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let changed = text;
        for (const [at, removed, added] of edits) {
          const start = at % (changed.length + 1);
          changed = changed.slice(0, start) + added + changed.slice(start + removed);
        }
        wellFormed(changed);
      }),
      { numRuns: 2_000 },
    );
  });

  test('an unknown key put anywhere is reported on its line', () => {
    fc.assert(
      fc.property(definition, fc.nat(), (original, pick) => {
        const lines = formatDefinition(original).split('\n');
        // Lines that begin a key of the grammar, outside of free objects and texts.
        const places = lines.flatMap((text, index) => (/^ *(?:- )?(?:wait|send|tag|untag|journey|segment|trigger|match|steps):( |$)/.test(text) && index < 200 ? [index] : []));
        const at = places[pick % Math.max(1, places.length)];
        if (at === undefined || isInsideText(lines, at)) return;
        const prefix = /^ *(?:- )?/.exec(lines[at] ?? '')?.[0] ?? '';
        const inserted = `${prefix}zzzzzzzz: 1`;
        const rest = `${' '.repeat(prefix.length)}${(lines[at] ?? '').slice(prefix.length)}`;
        const text = [...lines.slice(0, at), inserted, rest, ...lines.slice(at + 1)].join('\n');
        const found = problems(text);
        expect(found.map(({ code, line: place }) => `${code} ${place}`), text).toContain(`unknown_key ${at + 1}`);
      }),
      { numRuns: 300 },
    );
  });

  /** Whether a line belongs to a block of text or to the free values of `set` and `where`. */
  function isInsideText(lines: readonly string[], at: number): boolean {
    const own = /^ */.exec(lines[at] ?? '')?.[0].length ?? 0;
    let indent = own;
    for (let index = at - 1; index >= 0; index--) {
      const text = lines[index] ?? '';
      const depth = /^ */.exec(text)?.[0].length ?? 0;
      if (text.trim() === '' || depth >= indent) continue;
      indent = depth;
      if (/[|>][-+0-9]*$/.test(text) || /(?:^| )(?:set|where):$/.test(text)) return true;
    }
    return false;
  }
});

test('the id of a step does not depend on how its duration is written', () => {
  const ids = (wait: string): string[] => (read({ path: 'x', text: `journey: j\ntrigger: { event: X }\nsteps: [{ wait: ${wait} }]` }) as JourneyDefinition).steps.map((step) => step.id);
  expect(ids('60 minutes')).toEqual(ids('1 hour'));
  expect(ids('1 week')).toEqual(['wait-7-days']);
});

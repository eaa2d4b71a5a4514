import { describe, expect, test } from 'vitest';
import { formatCondition } from './format-condition.ts';
import { parseDefinitionFile } from './parse-file.ts';
import { writeYaml } from './plain.ts';
import type { Condition } from './types.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function parse(text: string): ReturnType<typeof parseDefinitionFile> {
  return parseDefinitionFile({ path: 'x.yaml', text: `segment: a\nmatch: ${text}` });
}

function read(text: string): Condition {
  const parsed = parse(text);
  if (parsed.kind !== 'definition' || parsed.definition.kind !== 'segment') throw new Error(JSON.stringify(parsed));
  return parsed.definition.match;
}

const EVER = { kind: 'ever' } as const;
const X = { event: 'x', where: [] };

const MEANINGS: [string, Condition][] = [
  ['{ trait: age, between: [18, 30] }', { kind: 'trait', path: 'age', test: { op: 'between', from: 18, to: 30 }, held: null }],
  ['{ trait: name, matches: "^a.*b$" }', { kind: 'trait', path: 'name', test: { op: 'matches', pattern: '^a.*b$' }, held: null }],
  ['{ trait: sizes, contains: 42 }', { kind: 'trait', path: 'sizes', test: { op: 'contains', value: 42 }, held: null }],
  ['{ trait: interests, contains any: [tea, coffee] }', { kind: 'trait', path: 'interests', test: { op: 'contains-any', values: ['tea', 'coffee'] }, held: null }],
  ['{ trait: plan, is: pro, for at least: 7 days }', { kind: 'trait', path: 'plan', test: { op: 'is', value: 'pro' }, held: { op: 'at-least', ms: 7 * DAY } }],
  ['{ date: trial_ends, in the next: 3 days }', { kind: 'date', path: 'trial_ends', when: { kind: 'relative', fromMs: 0, toMs: 3 * DAY } }],
  ['{ date: trial_ends, in the last: 3 days }', { kind: 'date', path: 'trial_ends', when: { kind: 'relative', fromMs: -3 * DAY, toMs: 0 } }],
  ['{ date: trial_ends, before: 30 days ago }', { kind: 'date', path: 'trial_ends', when: { kind: 'relative', fromMs: null, toMs: -30 * DAY } }],
  ['{ date: trial_ends, from: in 3 days, before: in 10 days }', { kind: 'date', path: 'trial_ends', when: { kind: 'relative', fromMs: 3 * DAY, toMs: 10 * DAY } }],
  ['{ date: trial_ends, is: in 3 days }', { kind: 'date', path: 'trial_ends', when: { kind: 'days', from: 3, to: 3 } }],
  ['{ date: trial_ends, days: -1 to 3 }', { kind: 'date', path: 'trial_ends', when: { kind: 'days', from: -1, to: 3 } }],
  ['{ anniversary: birthday, in the next: 7 days, calendar: jalali }', { kind: 'date', path: 'birthday', when: { kind: 'anniversary', calendar: 'jalali', from: 0, to: 7 } }],
  ['{ anniversary: birthday, is: today }', { kind: 'date', path: 'birthday', when: { kind: 'anniversary', calendar: 'gregorian', from: 0, to: 0 } }],
  ['{ event: x, from: 60 days ago, before: 30 days ago }', { kind: 'event', ...X, times: { op: 'at-least', count: 1 }, period: { kind: 'ago', fromMs: 60 * DAY, toMs: 30 * DAY }, since: 'ever' }],
  ['{ event: x, from: 60 days ago }', { kind: 'event', ...X, times: { op: 'at-least', count: 1 }, period: { kind: 'within', ms: 60 * DAY }, since: 'ever' }],
  [
    '{ event: x, from: 2026-01-01, before: 2026-02-01 12:00Z }',
    { kind: 'event', ...X, times: { op: 'at-least', count: 1 }, period: { kind: 'dates', from: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 1, 1, 12) }, since: 'ever' },
  ],
  ['{ event: x, sum of: total, at least: 100, within: 30 days }', { kind: 'figure', ...X, figure: { kind: 'sum', property: 'total' }, test: { op: 'at-least', value: 100 }, period: { kind: 'within', ms: 30 * DAY } }],
  ['{ event: x, last: group, is: a }', { kind: 'figure', ...X, figure: { kind: 'last', property: 'group' }, test: { op: 'is', value: 'a' }, period: EVER }],
  [
    '{ event: x, then not: { event: y, where: { paid: true } }, within: 1 hour, same: cart_id, in the last: 30 days }',
    {
      kind: 'sequence', first: X, second: { event: 'y', where: [{ path: 'paid', test: { op: 'is', value: true } }] }, outcome: 'missing', withinMs: HOUR, key: 'cart_id', lastMs: 30 * DAY,
    },
  ],
  [
    '{ messages: clicked, journey: j, link: { contains: /sale }, times: at least 2, within: 30 days }',
    {
      kind: 'engagement', outcome: 'clicked', journey: 'j', step: null, template: null, topic: null, link: { op: 'contains', value: '/sale' }, times: { op: 'at-least', count: 2 }, period: { kind: 'within', ms: 30 * DAY },
    },
  ],
  ['{ no messages: opened }', { kind: 'engagement', outcome: 'opened', journey: null, step: null, template: null, topic: null, link: null, times: { op: 'exactly', count: 0 }, period: EVER }],
  ['{ orders: value, at least: 500, within: 90 days }', { kind: 'orders', figure: 'value', test: { op: 'at-least', value: 500 }, period: { kind: 'within', ms: 90 * DAY } }],
  ['{ not on list: vips }', { kind: 'none', of: [{ kind: 'list', list: 'vips' }] }],
  ['{ left journey: j, reason: bought }', { kind: 'journey', journey: 'j', status: 'exited', reason: 'bought' }],
  ['{ score: heat, band: [warm, hot] }', { kind: 'band', score: 'heat', bands: ['warm', 'hot'] }],
  ['{ persona: shopper, is: bargain-hunter }', { kind: 'persona', set: 'shopper', persona: 'bargain-hunter' }],
  ['{ country: [DE, AT] }', { kind: 'fact', fact: 'country', test: { op: 'in', values: ['DE', 'AT'] } }],
  ['{ time zone: { starts with: Europe/ } }', { kind: 'fact', fact: 'timezone', test: { op: 'starts-with', value: 'Europe/' } }],
  ['{ near: [52.5, 13.4], radius: 20 km }', { kind: 'near', latitude: 52.5, longitude: 13.4, radiusKm: 20 }],
  ['{ random: 10 to 20 % }', { kind: 'bucket', salt: 'random', fromPercent: 10, toPercent: 20 }],
];

describe('a condition', () => {
  test.each(MEANINGS)('%s', (text, meaning) => {
    expect(read(text)).toEqual(meaning);
    expect(read(`\n${writeYaml(formatCondition(meaning)).replace(/^/gm, '  ')}`)).toEqual(meaning);
  });

  test('with several comparisons asks for all of them', () => {
    expect(read('{ event: x, sum of: a, at least: 1, at most: 2 }')).toMatchObject({ kind: 'all', of: [{ test: { op: 'at-least' } }, { test: { op: 'at-most' } }] });
    expect(read('{ trait: plan, is: pro, for at least: 1 day, for less than: 7 days }')).toMatchObject({ kind: 'all', of: [{ held: { op: 'at-least' } }, { held: { op: 'less-than' } }] });
  });
});

describe('what a condition cannot say', () => {
  test.each([
    ['{ trait: age, between: [30, 18] }', 'invalid_range', '[30, 18]'],
    ['{ trait: age, between: [1, b] }', 'wrong_type', '[1, b]'],
    ['{ trait: age, between: 3 }', 'wrong_type', '3'],
    ['{ trait: name, matches: "a(?=b)" }', 'invalid_pattern', '"a(?=b)"'],
    ['{ date: d }', 'missing_key', 'date: d'],
    ['{ date: d, is: someday }', 'invalid_time', 'someday'],
    ['{ date: d, is: today, in the next: 3 days }', 'conflicting_keys', 'date: d'],
    ['{ date: d, from: 2026-01-01 }', 'invalid_time', '2026-01-01'],
    ['{ anniversary: d, in the next: 5 hours }', 'invalid_duration', '5 hours'],
    ['{ anniversary: d, is: today, calendar: julian }', 'unknown_word', 'julian'],
    ['{ event: x, within: 3 days, from: 5 days ago }', 'conflicting_keys', 'event: x'],
    ['{ event: x, from: 3 days ago, before: 5 days ago }', 'invalid_range', 'event: x'],
    ['{ event: x, from: in 3 days }', 'invalid_time', 'in 3 days'],
    ['{ event: x, from: 2026-01-01 12:00 }', 'invalid_time', '2026-01-01 12:00'],
    ['{ event: x, before: yesterday }', 'invalid_time', 'yesterday'],
    ['{ event: x, at least: 3 }', 'conflicting_keys', 'at least'],
    ['{ event: x, same: cart_id }', 'conflicting_keys', 'same'],
    ['{ event: x, sum of: total }', 'missing_key', 'event: x'],
    ['{ event: x, sum of: total, at least: 1, times: 2 }', 'conflicting_keys', 'times'],
    ['{ event: x, sum of: total, at least: 1, before: 30 days ago }', 'period_not_possible', 'event: x'],
    ['{ event: x, first: a, is: b, within: 30 days }', 'period_not_possible', 'event: x'],
    ['{ event: x, then: y }', 'missing_key', 'event: x'],
    ['{ event: x, then: y, then not: z, within: 1 hour }', 'conflicting_keys', 'event: x'],
    ['{ messages: read }', 'unknown_word', 'read'],
    ['{ messages: opened, link: x }', 'conflicting_keys', 'link'],
    ['{ orders: count }', 'missing_key', 'orders: count'],
    ['{ score: heat, band: hot, at least: 3 }', 'conflicting_keys', 'score: heat'],
    ['{ country: }', 'empty', 'country'],
    ['{ near: [91, 0], radius: 1 km }', 'invalid_place', '[91, 0]'],
    ['{ near: [1, 2], radius: far }', 'invalid_place', 'far'],
    ['{ random: a few }', 'invalid_number', 'a few'],
    ['{ random: 20 to 10 % }', 'invalid_range', '20 to 10 %'],
  ])('%s is %s', (text, code, excerpt) => {
    const parsed = parse(text);
    expect(parsed.kind === 'problems' ? parsed.problems.map((problem) => [problem.code, problem.excerpt]) : parsed).toEqual([[code, excerpt]]);
  });
});

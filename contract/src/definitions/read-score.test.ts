import { describe, expect, test } from 'vitest';
import { parseDirectory } from './parse-directory.ts';
import { parseDefinitionFile } from './parse-file.ts';

const DAY = 86_400_000;

const SCORE = `
score: engagement
main: true
bands:
  - band: cold
  - band: warm
    name: Warm
    from: 20
  - band: hot
    from: 60
rules:
  - event: Product Viewed
    points: 2
    half-life: 14 days
    at most: 20
    label: Looks at products
  - event: Order Completed
    points: 0.1
    per: total
  - event: Order Completed
    points: 5
  - when: { trait: employees, less than: 5 }
    points: -30
    label: Too small to buy
`;

function parsed(text: string): unknown {
  const result = parseDefinitionFile({ path: 'x.yaml', text });
  if (result.kind === 'problems') return result.problems.map(({ code, line, excerpt }) => `${code} ${line} ${excerpt}`);
  return result.kind === 'definition' ? result.definition : null;
}

test('a score', () => {
  const ordered = { kind: 'behaviour', event: 'Order Completed', label: 'Order Completed', where: [], halfLifeMs: null, cap: null };
  expect(parsed(SCORE)).toEqual({
    kind: 'score', key: 'engagement', name: 'engagement', description: null, main: true, needsConsent: true, hysteresis: 4,
    bands: [{ key: 'cold', name: 'cold', from: null }, { key: 'warm', name: 'Warm', from: 20 }, { key: 'hot', name: 'hot', from: 60 }],
    rules: [
      { kind: 'behaviour', id: 'looks-at-products', label: 'Looks at products', event: 'Product Viewed', where: [], points: 2, per: null, halfLifeMs: 14 * DAY, cap: 20 },
      { ...ordered, id: 'order-completed', points: 0.1, per: 'total' },
      { ...ordered, id: 'order-completed-2', points: 5, per: null },
      { kind: 'fit', id: 'too-small-to-buy', label: 'Too small to buy', points: -30, when: { kind: 'trait', path: 'employees', test: { op: 'less-than', value: 5 }, held: null } },
    ],
  });
});

test('a set of personas', () => {
  expect(parsed('personas: shoppers\nneeds consent: false\nchoose:\n  - persona: collector\n    name: Collects\n    when: { tag: x }\notherwise: browser')).toEqual({
    kind: 'personas', key: 'shoppers', name: 'shoppers', description: null, needsConsent: false,
    choose: [{ persona: 'collector', name: 'Collects', when: { kind: 'tag', tag: 'x' } }], otherwise: { persona: 'browser', name: 'browser' },
  });
});

describe('what is wrong', () => {
  const score = (rest: string): string => `score: s\n${rest}`;
  const RULES = 'rules: [{ event: x, points: 1 }]';
  test.each([
    [score('rules: []'), ['empty 2 []']],
    [score(`${RULES}\nbands: [{ band: a }]`), ['empty 3 [{ band: a }]']],
    [score(`${RULES}\nbands: [{ band: a, from: 1 }, { band: b, from: 2 }]`), ['conflicting_keys 3 { band: a, from: 1 }']],
    [score(`${RULES}\nbands: [{ band: a }, { band: b }]`), ['missing_key 3 { band: b }']],
    [score(`${RULES}\nbands: [{ band: a }, { band: b, from: 5 }, { band: c, from: 5 }]`), ['invalid_range 3 { band: c, from: 5 }']],
    [score(`${RULES}\nbands: [{ band: a }, { band: a, from: 5 }]`), ['duplicate_name 3 { band: a, from: 5 }']],
    [score(`${RULES}\nhysteresis: 10\nbands: [{ band: a }, { band: b, from: 5 }, { band: c, from: 15 }]`), ['invalid_range 3 10']],
    [score('rules: [{ when: { tag: x }, points: 1 }]'), ['missing_key 2 when: { tag: x }']],
    [score('rules: [{ event: x, points: 1, at most: 0 }]'), ['invalid_number 2 0']],
    [score('rules: [{ event: x, points: 1, id: a }, { event: y, points: 1, id: a }]'), ['duplicate_name 2 { event: y, points: 1, id: a }']],
    ['personas: p\nchoose: []', ['empty 2 []']],
    ['personas: p\nchoose: [{ persona: a, when: { tag: x } }]\notherwise: a', ['duplicate_name 3 a']],
  ])('%j', (text, problems) => {
    expect(parsed(text)).toEqual(problems);
  });

  test('between files', () => {
    const { problems } = parseDirectory([
      { path: 'scores/heat.yaml', text: 'score: heat\nmain: true\nrules: [{ when: { segment: a }, points: 1, label: x }]\nbands: [{ band: cold }, { band: hot, from: 5 }]' },
      { path: 'scores/two.yaml', text: 'score: two\nmain: true\nrules: [{ event: x, points: 1 }]' },
      { path: 'personas/p.yaml', text: 'personas: p\nchoose: [{ persona: a, when: { score: haet, at least: 5 } }]' },
      { path: 'workspace.yaml', text: 'workspace: w\nfrequency cap by band: { hot: 5 per 7 days, warm: 3 per 7 days }' },
      { path: 'segments/a.yaml', text: 'segment: a\nmatch: [{ score: heat, band: hott }, { persona: p, is: b }, { persona: q, is: b }, { messages: opened, journey: gone }]' },
    ]);
    expect(problems.map(({ code, file, excerpt, mend }) => `${file} ${code} ${excerpt} ${mend.startsWith('Did') ? mend : ''}`.trim())).toEqual([
      'personas/p.yaml unknown_score haet Did you mean `heat`?',
      'scores/two.yaml conflicting_keys main: true',
      'segments/a.yaml segment_cycle heat',
      'segments/a.yaml unknown_score hott Did you mean `hot`?',
      'segments/a.yaml unknown_persona b Did you mean `a`?',
      'segments/a.yaml unknown_persona q Did you mean `p`?',
      'segments/a.yaml unknown_journey gone',
      'workspace.yaml unknown_score warm',
    ]);
  });
});

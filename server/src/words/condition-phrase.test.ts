import { parseDefinitionFile } from '@samovar/contract';
import { DEFAULT_WORKSPACE, compileProgram, explain, newContact } from '@samovar/core';
import type { ContactId, Definition, JsonObject } from '@samovar/core';
import { describe, expect, test } from 'vitest';
import { conditionInWords } from '../http/admin/decision-words.ts';
import { describeWitness } from '../scenario/describe-decision.ts';

const NOW = Date.UTC(2026, 0, 15, 12);

function definitionOf(text: string): Definition {
  const parsed = parseDefinitionFile({ path: 'x.yaml', text });
  if (parsed.kind !== 'definition') throw new Error(JSON.stringify(parsed));
  return parsed.definition;
}

const SCORE = definitionOf('score: heat\nneeds consent: false\nrules: [{ event: x, points: 5 }]\nbands: [{ band: cold }, { band: hot, from: 10 }]');

/** What a condition asks of somebody of whom little is known. */
function explained(match: string): JsonObject {
  const live = [SCORE, definitionOf(`segment: s\nmatch: ${match}`)].map((definition) => ({ definition, version: 1 }));
  const program = compileProgram({ workspaceId: 1, version: 1, live, pinned: [], enterExisting: {}, keptSince: {} });
  const predicate = program.segments.find(({ key }) => key === 's')?.predicate;
  if (predicate === undefined) throw new Error('no segment');
  const contact = newContact('c' as ContactId, 1, { kind: 'user', value: 'u' }, NOW);
  contact.traits.plan = { value: 'pro', at: NOW, since: NOW, tie: 0, verified: true };
  return explain(predicate, { contact, now: NOW, workspace: DEFAULT_WORKSPACE, enrollment: null });
}

describe('a condition in words', () => {
  test.each([
    ['{ trait: age, between: [18, 30] }', 'the trait age had to be between 18 and 30, and was null.', 'the trait age between 18 and 30 (it is nothing)'],
    ['{ trait: plan, is: pro, for at least: 7 days }', 'the trait plan had to be "pro" for at least 7 days, and was "pro", or not for that long.', 'the trait plan is "pro" for at least 7 days (it is "pro")'],
    ['{ trait: plan, matches: "^p" }', 'the trait plan had to match "^p", and was "pro".', 'the trait plan matches "^p" (it is "pro")'],
    ['{ date: d, in the next: 3 days }', 'the date in the trait d had to lie in the next 3 days, and was null.', 'the date in the trait d must lie in the next 3 days (it is null)'],
    ['{ date: d, from: 30 days ago, before: in 3 days }', 'the date in the trait d had to lie from 30 days ago to in 3 days, and was null.', 'the date in the trait d must lie from 30 days ago to in 3 days (it is null)'],
    ['{ date: d, is: tomorrow }', 'the date in the trait d had to lie tomorrow, and was null.', 'the date in the trait d must lie tomorrow (it is null)'],
    [
      '{ anniversary: b, days: -1 to 3, calendar: jalali }', 'the jalali anniversary of the trait b had to lie from yesterday to in 3 days, and was null.',
      'the jalali anniversary of the trait b must lie from yesterday to in 3 days (it is null)',
    ],
    ['{ event: x, from: 2026-01-01, before: 2026-02-01 }', '“x” should have happened at least 1 times from 2026-01-01 to before 2026-02-01, and happened 0 times.', 'at least 1 × x from 2026-01-01 to before 2026-02-01 (there: 0)'],
    [
      '{ event: x, sum of: total, at least: 100, within: 30 days }', 'the sum of total of “x” within 30 days had to be at least 100, and was 0.',
      'the sum of total of “x” within 30 days at least 100 (it is 0)',
    ],
    ['{ event: x, from: 60 days ago, before: 30 days ago }', 'the number of “x” from 60 days ago to 30 days ago had to be at least 1, and was 0.', 'the number of “x” from 60 days ago to 30 days ago at least 1 (it is 0)'],
    ['{ event: x, most frequent: category, is: tea }', 'the most frequent category of “x” had to be "tea", and was null.', 'the most frequent category of “x” is "tea" (it is null)'],
    [
      '{ event: x, then not: y, within: 1 hour, same: cart_id }', 'it should have had “x”, not followed by “y” with the same cart_id within 1 hour, and that was not so.',
      'to have had “x”, not followed by “y” with the same cart_id within 1 hour (it is not so)',
    ],
    ['{ orders: value, at least: 500, within: 90 days }', 'the value of all orders within 90 days had to be at least 500, and was 0.', 'the value of all orders within 90 days at least 500 (it is 0)'],
    ['{ list: vips }', 'it should be on the list vips, and that was not so.', 'to be on the list vips (it is not so)'],
    ['{ left journey: j, reason: bought }', 'it should have left the journey j (bought), and that was not so.', 'to have left the journey j (bought) (it is not so)'],
    ['{ score: heat, at least: 3 }', 'the score heat had to be at least 3, and was 0.', 'the score heat at least 3 (it is 0)'],
    ['{ predicted: churn, at least: 0.5 }', 'the prediction churn had to be at least 0.5, and was null.', 'the prediction churn at least 0.5 (it is null)'],
    ['{ time zone: Europe/Berlin }', 'the time zone had to be "Europe/Berlin", and was null.', 'the time zone is "Europe/Berlin" (it is null)'],
    ['{ near: [52.5, 13.4], radius: 20 km }', 'it should be at most 20 km from [52.5,13.4], and that was not so.', 'to be at most 20 km from [52.5,13.4] (it is not so)'],
  ])('%s', (match, sentence, witness) => {
    expect(conditionInWords(explained(match))).toBe(sentence);
    expect(describeWitness(explained(match))).toBe(witness);
  });

  test('of every kind is more than its data', () => {
    for (const match of ['{ random: 10 % }', '{ messages: clicked, link: { contains: /a } }', '{ score: heat, band: hot }', '{ consent: email }', '{ was in journey: j }']) {
      expect(conditionInWords(explained(match))).not.toContain('{"');
      expect(describeWitness(explained(match))).not.toContain('{"');
    }
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDefinitionFile } from '@samovar/contract';
import { expect, it } from 'vitest';
import { scoreLift, type BandOutcome } from './score-lift.ts';

const RETAIL = `${process.env['SAMOVAR_SHARED'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))}/uci-online-retail/online_retail.csv.gz`;
const SCORE = { path: 'scores/engagement.yaml', text: readFileSync(new URL('../definitions/scores/engagement.yaml', import.meta.url), 'utf8') };

const shares = (outcomes: readonly BandOutcome[]): number[] => outcomes.map(({ contacts, ordered }) => Math.round((ordered / contacts) * 1000) / 1000);

it.skipIf(!existsSync(RETAIL)).each([
  ['2011-06-01', [0.235, 0.449, 0.836]],
  ['2011-09-01', [0.274, 0.503, 0.862]],
  ['2011-10-01', [0.289, 0.539, 0.833]],
])('tells before %s who will order again within 60 days: cold, warm and hot contacts of a real shop', (cutoff, expected) => {
  const parsed = parseDefinitionFile(SCORE);
  if (parsed.kind !== 'definition' || parsed.definition.kind !== 'score') throw new Error('the file holds no score');
  // The file has no consent, and the question is what the score is worth.
  const outcomes = scoreLift(RETAIL, [{ ...parsed.definition, needsConsent: false }], Date.parse(cutoff), 60);
  expect(outcomes.map(({ band }) => band)).toEqual(['cold', 'warm', 'hot']);
  expect(shares(outcomes)).toEqual(expected);
});

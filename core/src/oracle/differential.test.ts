import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEGMENT_CASES } from '../regressions/segment-cases.ts';
import { Coverage, fuzzParameters } from '../testing/fuzz.ts';
import { arbitraryCase } from './arbitrary-case.ts';
import { runCase } from './run-case.ts';

const { numRuns, seed } = fuzzParameters(process.env, 2_500);

const OPERATORS = ['is', 'is-not', 'more-than', 'at-least', 'less-than', 'at-most', 'contains', 'starts-with', 'ends-with', 'in', 'not-in', 'exists', 'missing'];

/** What a run of this size must have tried, and how often at least. */
const WANTED: readonly string[] = [
  ...OPERATORS.flatMap((op) => [`trait ${op}`, `where ${op}`]),
  ...['at-least', 'at-most', 'exactly'].flatMap((op) => [op, `${op} within`, `${op} ago`, `${op} dates`]),
  ...['sum', 'average', 'min', 'max'].flatMap((kind) => ['ever', 'dates', 'within', 'ago'].map((period) => `${kind} ${period}`)),
  ...['distinct', 'last'].flatMap((kind) => ['ever', 'dates', 'within'].map((period) => `${kind} ${period}`)), 'first ever', 'most-frequent ever', 'most-frequent dates',
  ...['happened', 'missing'].flatMap((outcome) => ['', ' by key', ' of late', ' by key of late'].map((more) => outcome + more)),
  ...['contains-any', 'contains-all', 'matches', 'between', 'is-not of each', 'missing of each', 'matches of each'].map((op) => `trait ${op}`), 'held at-least', 'held less-than',
  'relative', 'days', 'gregorian', 'jalali', 'hijri', 'fact country', 'fact language', 'fact device', 'list', 'predicted', 'near', 'bucket', ...['inside', 'entered', 'completed', 'exited'].map((status) => `journey ${status}`),
  'never', 'all', 'any', 'none', 'segment', 'tag', 'consent',
  'edge -1', 'edge 0', 'edge 1', 'edge 2', 'changed by time', 'same instant', 'out of order', 'late', 'too late', 'historical', 'untrusted',
  'ordered', 'order told twice', 'joined unseen', 'merged', 'published with history',
];

describe('memberships equal what the whole history says', () => {
  it.each(SEGMENT_CASES.map(({ name, given }) => [name, given] as const))('once wrong: %s', (_name, given) => {
    expect(runCase(given, new Coverage())).toBeNull();
  });

  it(`at every instant, for ${numRuns} histories and definitions`, { timeout: 3_600_000 }, () => {
    const coverage = new Coverage();
    fc.assert(fc.property(arbitraryCase, (given) => {
      expect(runCase(given, coverage)).toBeNull();
    }), { numRuns, seed });
    coverage.report(process.env, 'differential', console.info);
    expect(coverage.missing(WANTED, 20)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage, fuzzParameters } from '../testing/fuzz.ts';
import { arbitraryScoreStory } from './score-story.ts';
import { tellScoreStory } from './tell-score-story.ts';

const { numRuns, seed } = fuzzParameters(process.env, 1_000);

describe('scores and bands equal what the whole history says', () => {
  it(`for ${numRuns} stories of events late and early, merges, consent and new rules`, { timeout: 3_600_000 }, () => {
    const coverage = new Coverage();
    fc.assert(fc.property(arbitraryScoreStory, (story) => {
      expect(tellScoreStory(story, coverage)).toEqual([]);
    }), { numRuns, seed });
    coverage.report(process.env, 'scores', console.info);
    expect(coverage.missing(
      ['event', 'identify', 'consent', 'join', 'publish', 'merged', 'joined unseen', 'scored', 'not scored', 'between leaving and entering', 'entered by time', 'left by time'], 20,
    )).toEqual([]);
  });
});

import type { Condition, SegmentDefinition } from '../definition/index.ts';
import type { Case } from '../oracle/arbitrary-case.ts';

/** Cases in which segments and the oracle once differed, shrunk; they run before all others. */
export const SEGMENT_CASES: readonly { name: string; given: Case }[] = [
  {
    name: 'a newborn is outside a segment by its first event, and inside another that refers to it',
    given: {
      segments: [
        segment('s0', { kind: 'event', event: 'A', where: [], since: 'ever', times: { op: 'at-most', count: 0 }, period: { kind: 'within', ms: 5 } }),
        segment('s1', { kind: 'none', of: [{ kind: 'segment', segment: 's0' }] }),
      ],
      steps: [{ kind: 'event', when: { after: 0 }, who: 0, type: 'track', name: 'A', properties: {}, lateMs: 0, trusted: false, historical: false }],
    },
  },
];

function segment(key: string, match: Condition): SegmentDefinition {
  return { kind: 'segment', key, name: key, description: null, match };
}

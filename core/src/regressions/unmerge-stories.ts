import type { Story } from '../oracle/merge-story.ts';

/** Stories of merges that were undone with which something was wrong once; they run before all others. */
export const UNMERGE_STORIES: readonly { name: string; story: Story }[] = [
  {
    name: 'a part leaves what is itself part of another, which is then taken out: it comes back without the consent of the part',
    story: {
      steps: [
        { kind: 'tell', who: 3, with: [0], what: { kind: 'trait', name: 'a', value: 0 }, trusted: false, lateMs: 0 },
        { kind: 'tell', who: 3, with: [4, 1], what: { kind: 'seen' }, trusted: false, lateMs: 0 },
        { kind: 'tell', who: 4, with: [3], what: { kind: 'consent', granted: true }, trusted: true, lateMs: 0 },
        { kind: 'deliver', pair: 21 },
        { kind: 'alias', user: 0, previous: 1 },
        { kind: 'undo', who: 3 },
        { kind: 'deliver', pair: 13 },
        { kind: 'tell', who: 0, with: [4], what: { kind: 'seen' }, trusted: false, lateMs: 0 },
        { kind: 'deliver', pair: 10 }, { kind: 'deliver', pair: 9 },
        { kind: 'undo', who: 1 },
        { kind: 'tell', who: 0, with: [], what: { kind: 'consent', granted: false }, trusted: false, lateMs: 0 },
      ],
      rest: [],
    },
  },
];

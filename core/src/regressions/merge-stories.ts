import type { Story } from '../oracle/merge-story.ts';

/** Stories that once ended wrong, shrunk; they run before all others. */
export const MERGE_STORIES: readonly { name: string; story: Story }[] = [
  {
    name: 'an order is refused to one part of a contact after the other part has taken it',
    story: {
      steps: [
        { kind: 'tell', who: 5, with: [0], what: { kind: 'order', order: 0, cart: 0 }, trusted: false, lateMs: 0 },
        { kind: 'tell', who: 3, with: [4], what: { kind: 'refund', order: 0 }, trusted: false, lateMs: 0 },
        { kind: 'tell', who: 5, with: [], what: { kind: 'order', order: 3, cart: 0 }, trusted: false, lateMs: 0 },
        { kind: 'deliver', pair: 0 }, { kind: 'deliver', pair: 0 },
        { kind: 'tell', who: 4, with: [2], what: { kind: 'consent', granted: false }, trusted: false, lateMs: 0 },
        { kind: 'deliver', pair: 1 }, { kind: 'deliver', pair: 2 },
        { kind: 'tell', who: 2, with: [], what: { kind: 'order', order: 3, cart: 0 }, trusted: true, lateMs: 0 },
        { kind: 'deliver', pair: 0 },
        { kind: 'tell', who: 3, with: [], what: { kind: 'order', order: 3, cart: 0 }, trusted: false, lateMs: 0 },
        { kind: 'deliver', pair: 14 }, { kind: 'pass', forMs: 1 },
      ],
      rest: [0, 25],
    },
  },
];

import type { Story } from '../oracle/merge-story.ts';

/** Stories of merges that were undone with which something was wrong once. */
export const UNMERGE_STORIES: readonly { name: string; story: Story }[] = [];

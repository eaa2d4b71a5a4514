import type { Story } from '../oracle/merge-story.ts';

/** Stories that once ended wrong, shrunk; they run before all others. */
export const MERGE_STORIES: readonly { name: string; story: Story }[] = [];

import { beyondRetention, leafIsAbout } from '@samovar/core';
import type { Millis, Program, SegmentDefinition } from '@samovar/core';
import { readProgramPublishedAt } from '@samovar/store';
import type { Database } from '@samovar/store';

/**
 * Since when all that a segment counts is known: what arrived before may have been removed when it was first counted.
 * null: from the beginning. What it counted while it was kept stays counted, so this date does not move on.
 */
export async function exactSince(db: Database, program: Program, definition: SegmentDefinition, now: Millis): Promise<Millis | null> {
  const position = program.segmentPositions.get(definition.key);
  let latest: Millis | null = null;
  for (const { event, keptMs } of beyondRetention([definition], program.workspace.retention, now)) {
    for (const [key, positions] of program.dependents.leaf) {
      const leaf = program.leaves.get(key);
      if (position === undefined || !positions.includes(position) || leaf === undefined || !leafIsAbout(leaf, event)) continue;
      const publishedAt = await readProgramPublishedAt(db, program.workspaceId, program.keptSince[key] ?? program.version);
      if (publishedAt !== null) latest = Math.max(latest ?? -Infinity, publishedAt - keptMs);
    }
  }
  return latest;
}

import { DEFAULT_RETENTION, beyondRetention } from '@samovar/core';
import type { Definition, Millis } from '@samovar/core';
import { formatDuration } from '@samovar/contract';

/** Something that may be meant so, and may surprise. */
export interface Warning {
  kind: Definition['kind'];
  key: string;
  message: string;
}

/** Definitions that look back further than the events are kept that they ask for. */
export function retentionWarnings(definitions: readonly Definition[], now: Millis): Warning[] {
  const workspace = definitions.find((one) => one.kind === 'workspace');
  const rules = workspace?.kind === 'workspace' ? workspace.retention : DEFAULT_RETENTION;
  return beyondRetention(definitions, rules, now).map(({ kind, key, event, reachMs, keptMs }) => ({
    kind, key,
    message: `${kind} ${key} looks back ${reachMs === null ? 'to the beginning' : formatDuration(reachMs)} for “${event}”, which is kept for ${formatDuration(keptMs)}. `
      + 'What it has counted stays counted; what was removed before it was published is not known to it.',
  }));
}

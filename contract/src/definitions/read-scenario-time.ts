import { parseDuration } from './duration.ts';
import { readLine } from './fields.ts';
import { parseDateTime } from './local-time.ts';
import type { ScenarioStart, ScenarioTime } from './scenario-types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

/** `+1 hour` (or `+0`) after the start, or an absolute time. */
export function readTime(reading: Reading, tree: Tree): ScenarioTime {
  const text = readLine()(reading, tree);
  if (/^\+0$/.test(text)) return { kind: 'offset', offsetMs: 0 };
  const offsetMs = text.startsWith('+') ? parseDuration(text.slice(1)) : null;
  if (offsetMs !== null) return { kind: 'offset', offsetMs };
  const absolute = parseDateTime(text);
  if (absolute !== null) return absolute;
  if (text !== '') report(reading, tree, 'invalid_time', `\`${text}\` is not a time.`, timeMend(text));
  return { kind: 'offset', offsetMs: 0 };
}

/** When a case begins. */
export function readStart(reading: Reading, tree: Tree): ScenarioStart {
  const text = readLine()(reading, tree);
  const start = parseDateTime(text);
  if (start === null && text !== '') report(reading, tree, 'invalid_time', `\`${text}\` is not a date with a time.`, 'Write e.g. `2026-03-28 10:00`; with a `Z` at the end it is UTC.');
  return start ?? { kind: 'instant', at: 0 };
}

function timeMend(text: string): string {
  if (parseDuration(text) !== null) return `Write \`+${text}\` for a time after the start.`;
  return 'Write `+1 hour`, `+1 day 2 hours`, or a date with a time such as `2026-03-29 11:00`.';
}

import { instantOf, isTimeZone, localAsUtc, localMinuteOfDay } from '../calendar/local-time.ts';
import type { ContactState } from '../contact/contact-state.ts';
import type { WorkspaceDefinition } from '../definition/definition.ts';
import { DAY_MS, MINUTE_MS, type Millis } from '../time.ts';

/** The contact's own zone where it is known and real, else the workspace's. */
export function zoneOf(contact: ContactState, workspace: WorkspaceDefinition): string {
  const zone = contact.traits.timezone?.value;
  return typeof zone === 'string' && isTimeZone(zone) ? zone : workspace.timezone;
}

/** The end of the quiet hours in which `now` lies, by the contact's clock; null: not quiet now. */
export function quietUntil(contact: ContactState, workspace: WorkspaceDefinition, now: Millis): Millis | null {
  if (workspace.quietHours === null) return null;
  const { fromMinute, toMinute } = workspace.quietHours;
  const zone = zoneOf(contact, workspace);
  const minute = localMinuteOfDay(zone, now);
  const wraps = fromMinute > toMinute;
  const quiet = wraps ? minute >= fromMinute || minute < toMinute : minute >= fromMinute && minute < toMinute;
  if (!quiet) return null;
  const local = localAsUtc(zone, now);
  const midnight = local - (((local % DAY_MS) + DAY_MS) % DAY_MS);
  const endLocal = midnight + toMinute * MINUTE_MS + (wraps && minute >= fromMinute ? DAY_MS : 0);
  return Math.max(instantOf(zone, endLocal, now), now + 1);
}

import type { ContactState } from '../contact/contact-state.ts';
import { derivedUuid } from '../identity/ids.ts';

/** Whether the contact's place, drawn once and for ever from its id and the salt, lies in the part. */
export function isDrawn({ id, workspaceId }: ContactState, { salt, fromPercent, toPercent }: { salt: string; fromPercent: number; toPercent: number }): boolean {
  const percent = (Number.parseInt(derivedUuid('bucket', String(workspaceId), salt, id).slice(0, 8), 16) / 2 ** 32) * 100;
  return percent >= fromPercent && percent < toPercent;
}

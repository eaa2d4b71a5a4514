import type { ContactState } from '../contact/contact-state.ts';
import { derivedUuid } from '../identity/ids.ts';

/** Whether the contact's place, drawn once and for ever from its id and the salt, lies in the part. */
export function isDrawn(contact: ContactState, { salt, fromPercent, toPercent }: { salt: string; fromPercent: number; toPercent: number }): boolean {
  const percent = percentOf(contact, salt);
  return percent >= fromPercent && percent < toPercent;
}

/** The contact's place, from 0 up to, but not including, 100. */
export function percentOf({ id, workspaceId }: ContactState, salt: string): number {
  return (Number.parseInt(derivedUuid('bucket', String(workspaceId), salt, id).slice(0, 8), 16) / 2 ** 32) * 100;
}

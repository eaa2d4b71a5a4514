import type { ContactId, Millis } from '@samovar/core';

/** How far each id of a contact has been read. */
export type IdPlace = Readonly<Record<string, number>>;

interface Numbered {
  contactId: ContactId;
  n: number;
  at: Millis;
}

/** Of a contact that was never read: above every number. */
export const FROM_TOP = 0x7fff_ffff;

/**
 * The latest of what was kept under several ids of one contact, and how far each has been read then. Each id's rows stay
 * in the order in which they were told, also where one was told late.
 * @param heads of each id the next rows, at least one more than `limit` where there are more; taken from
 */
export function latestOfIds<Row extends Numbered>(heads: readonly Row[][], after: IdPlace, limit: number): { rows: Row[]; place: Record<string, number>; more: boolean } {
  const place: Record<string, number> = { ...after };
  const rows: Row[] = [];
  while (rows.length < limit) {
    const next = heads.filter((part) => part.length > 0).sort(([a], [b]) => (b?.at ?? 0) - (a?.at ?? 0))[0]?.shift();
    if (next === undefined) break;
    rows.push(next);
    place[next.contactId] = next.n;
  }
  return { rows, place, more: heads.some((part) => part.length > 0) };
}

import type { ContactId, IdentifierKind } from './ids.ts';

/** One side of a possible merge. */
export interface Ranked {
  id: ContactId;
  kind: IdentifierKind;
}

const RANK: Record<IdentifierKind, number> = { user: 3, email: 2, phone: 1, anonymous: 0, order: 0 };

/**
 * Whether `a` stays when both become one. A total order that never changes: merges lead upwards only, so redirects
 * cannot form a circle, whichever shard decides first.
 */
export function outranks(a: Ranked, b: Ranked): boolean {
  if (RANK[a.kind] !== RANK[b.kind]) return RANK[a.kind] > RANK[b.kind];
  return a.id > b.id;
}

/** Two different user ids never become one by themselves. */
export function mayMerge(a: Ranked, b: Ranked, explicit: boolean): boolean {
  return explicit || a.kind !== 'user' || b.kind !== 'user';
}

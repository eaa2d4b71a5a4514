import type { ContactId, IdentifierKind } from '../identity/ids.ts';
import type { Millis } from '../time.ts';

/** Asks a row of `contacts` to forget the person that it is about. */
export interface Erase {
  kind: 'erase';
  at: Millis;
  /** The same for every row that one request reaches. */
  erasure: string;
  /** Where it stands in the log of the row's shard: what was told before goes. null: it was handed on by another row. */
  seq: number | null;
  /** Only who is one of these, or led to one of these; null: whoever is behind the row. */
  owners: ContactId[] | null;
  /** The kind of the identifier of the person's contact, by which a late claim is judged. */
  ownerKind: IdentifierKind | null;
}

/**
 * What stays of a person: nothing but that somebody was here and was forgotten. It swallows what was still on its way, and
 * what happened before and is told again. Whoever comes after begins anew.
 */
export interface Tombstone {
  at: Millis;
  erasure: string;
  ownerKind: IdentifierKind | null;
}

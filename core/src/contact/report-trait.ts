import { count, nextNumber, type Turn } from '../advance/turn.ts';
import type { TraitSource } from '../advance/effects.ts';
import type { Json } from '../event/json.ts';
import type { TraitEntry } from './contact-state.ts';
import { traitTypeOf } from './trait-type.ts';

/** Longest name of a trait that is counted by itself. */
const COUNTED_NAME_LIMIT = 64;
/** Names that hold values are the mistake of a program: as many as there are values. They are counted together. */
const JUNK_NAME = /\d{4}|[0-9a-f]{8}-[0-9a-f]{4}/i;

/** What the counters call a trait: its name, or `*` for all that nobody would have chosen. */
export function countedTrait(name: string): string {
  return name.length > COUNTED_NAME_LIMIT || JUNK_NAME.test(name) ? '*' : name;
}

/** Tells that a trait has another value now, and where it comes from. */
export function reportTrait(turn: Turn, trait: string, before: Json, after: TraitEntry | undefined, source: TraitSource): void {
  tellTrait(turn, trait, before, after, source);
  countTrait(turn, trait, before, after?.value ?? null);
}

/** The same where it is counted already. */
export function tellTrait(turn: Turn, trait: string, before: Json, after: TraitEntry | undefined, source: TraitSource): void {
  turn.effects.push({ kind: 'trait', n: nextNumber(turn), at: turn.now, trait, before, after: after?.value ?? null, toldAt: after?.at ?? turn.now, source });
}

/** Counts contacts by the type of what they have for a trait. */
export function countTrait(turn: Turn, trait: string, before: Json, after: Json): void {
  const [from, to] = [traitTypeOf(before), traitTypeOf(after)];
  if (from === to) return;
  const thing = `trait:${countedTrait(trait)}`;
  if (from !== null) count(turn, thing, from, -1);
  if (to !== null) count(turn, thing, to);
}

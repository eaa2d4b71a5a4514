import { traitValuesAt } from '../contact/traits.ts';
import { own } from '../event/own.ts';
import type { Scope } from '../program/scope.ts';
import type { Predicate } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { testValue } from './test-value.ts';

type TraitPredicate = Extract<Predicate, { kind: 'trait' }>;

/** Whether a trait passes its test, and where asked for how long it has had its value. */
export function traitHolds(predicate: TraitPredicate, scope: Scope): boolean {
  const { contact, now } = scope;
  if (!traitValuesAt(contact, predicate.root, predicate.path).some((value) => testValue(predicate.test, value))) return false;
  if (predicate.held === null) return true;
  const since = sinceOf(predicate, scope);
  if (since === null) return false;
  return predicate.held.op === 'at-least' ? now - since >= predicate.held.ms : now - since < predicate.held.ms;
}

/** Since when the trait has had its value; null: it was never told. */
function sinceOf({ root, path }: TraitPredicate, { contact }: Scope): Millis | null {
  return (own(contact.traits, path) ?? own(contact.traits, root))?.since ?? null;
}

export function nextHeldChange(predicate: TraitPredicate, scope: Scope): Millis {
  if (predicate.held === null) return Infinity;
  const since = sinceOf(predicate, scope);
  const at = since === null ? Infinity : since + predicate.held.ms;
  return at > scope.now ? at : Infinity;
}

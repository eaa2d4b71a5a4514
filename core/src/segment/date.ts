import { traitAt } from '../contact/traits.ts';
import type { Json } from '../event/json.ts';
import { zoneOf } from '../gate/quiet-hours.ts';
import { instantOf } from '../calendar/local-time.ts';
import type { Scope } from '../program/scope.ts';
import { ProgramError } from '../program/program-error.ts';
import type { Predicate } from '../program/program.ts';
import type { Millis } from '../time.ts';

type DatePredicate = Extract<Predicate, { kind: 'date' }>;

export function dateHolds(predicate: DatePredicate, scope: Scope): boolean {
  const { contact, now } = scope;
  const at = dateOf(traitAt(contact, predicate.root, predicate.path), scope);
  if (at === null) return false;
  const { when } = predicate;
  if (when.kind !== 'relative') throw new ProgramError('not_yet', `${when.kind} is not built yet`);
  return (when.fromMs === null || at >= now + when.fromMs) && (when.toMs === null || at <= now + when.toMs);
}

export function nextDateChange(predicate: DatePredicate, scope: Scope): Millis {
  const at = dateOf(traitAt(scope.contact, predicate.root, predicate.path), scope);
  const { when } = predicate;
  if (at === null || when.kind !== 'relative') return Infinity;
  const changes = [when.toMs === null ? Infinity : at - when.toMs, when.fromMs === null ? Infinity : at - when.fromMs + 1];
  return Math.min(Infinity, ...changes.filter((change) => change > scope.now));
}

function dateOf(value: Json | undefined, { contact, workspace }: Scope): Millis | null {
  if (typeof value !== 'string') return null;
  const parsed = Date.parse(value);
  if (Number.isNaN(parsed)) return null;
  return /^\d{4}-\d{2}-\d{2}$/u.test(value) ? instantOf(zoneOf(contact, workspace), parsed) : parsed;
}

import { hasConsent } from '../contact/consent.ts';
import type { ContactState, Enrollment, SentMessage } from '../contact/contact-state.ts';
import { traitAt } from '../contact/traits.ts';
import type { MessageOutcome } from '../definition/condition.ts';
import { valueAt } from '../event/path.ts';
import { countSince, nextWindowChange, timesHold } from '../segment/leaf.ts';
import { testValue } from '../segment/test-value.ts';
import type { Millis } from '../time.ts';
import type { Predicate } from './program.ts';

/** What a predicate is asked about: a contact at an instant, in journeys with the enrollment. */
export interface Scope {
  contact: ContactState;
  now: Millis;
  enrollment: Enrollment | null;
}

/** Whether the predicate holds. */
export function holds(predicate: Predicate, scope: Scope): boolean {
  switch (predicate.kind) {
    case 'all': return predicate.of.every((inner) => holds(inner, scope));
    case 'any': return predicate.of.some((inner) => holds(inner, scope));
    case 'none': return !predicate.of.some((inner) => holds(inner, scope));
    case 'trait': return testValue(predicate.test, traitAt(scope.contact, predicate.root, predicate.path));
    case 'leaf': return timesHold(predicate.times, leafCount(predicate, scope));
    case 'segment': return Object.hasOwn(scope.contact.segments, predicate.segment);
    case 'tag': return scope.contact.tags.includes(predicate.tag);
    case 'consent': return hasConsent(scope.contact, predicate.channel, predicate.topic);
    case 'trigger': return scope.enrollment !== null && testValue(predicate.test, valueAt(scope.enrollment.data, predicate.path));
    case 'message': return messageHas(latestMessage(predicate.step, scope), predicate.outcome);
  }
}

/** How many events a leaf predicate counts; exact up to where its answer could change. */
export function leafCount(predicate: Extract<Predicate, { kind: 'leaf' }>, { contact, now, enrollment }: Scope): number {
  const leaf = contact.leaves[predicate.leaf.key];
  const sinceWindow = predicate.withinMs === null ? -Infinity : now - predicate.withinMs;
  const sinceEntry = predicate.since === 'entry' ? (enrollment === null ? Infinity : enrollment.since + 1) : -Infinity;
  const from = Math.max(sinceWindow, sinceEntry);
  return from === -Infinity ? (leaf?.count ?? 0) : countSince(leaf, from);
}

/**
 * When the passing of time alone may next change the answer; Infinity: never. Early is allowed, late is not, but each
 * time is a timer and a place in the contact's state: so what cannot change the answer by itself is left out.
 */
export function nextChange(predicate: Predicate, scope: Scope): Millis {
  if ('of' in predicate) return nextChangeOfParts(predicate, scope);
  if (predicate.kind !== 'leaf' || predicate.withinMs === null) return Infinity;
  return nextWindowChange(scope.contact.leaves[predicate.leaf.key], predicate.times, predicate.withinMs, scope.now);
}

/** Parts that decide (one that fails, of `all`; one that holds, of `any` and `none`) must all change first; without such, any change may do. */
function nextChangeOfParts({ kind, of }: Extract<Predicate, { of: Predicate[] }>, scope: Scope): Millis {
  const deciding = kind !== 'all';
  let first = Infinity;
  let last = -Infinity;
  for (const inner of of) {
    const due = nextChange(inner, scope);
    if (holds(inner, scope) === deciding) last = Math.max(last, due);
    else first = Math.min(first, due);
  }
  return last === -Infinity ? first : last;
}

function latestMessage(step: string, { contact, enrollment }: Scope): SentMessage | undefined {
  return contact.messages.findLast((message) => message.enrollmentId === enrollment?.id && message.step === step);
}

function messageHas(message: SentMessage | undefined, outcome: MessageOutcome): boolean {
  if (message === undefined) return false;
  switch (outcome) {
    case 'sent': return message.sent;
    case 'delivered': return message.delivered;
    case 'opened': return message.openedAt !== null || message.clickedAt !== null;
    case 'clicked': return message.clickedAt !== null;
    case 'bounced': return message.bounced;
    case 'unsubscribed': return message.unsubscribed;
  }
}

import { hasConsent } from '../contact/consent.ts';
import type { SentMessage } from '../contact/contact-state.ts';
import { factOf } from '../contact/facts.ts';
import { isOnList } from '../contact/lists.ts';
import type { MessageOutcome } from '../definition/condition.ts';
import { own } from '../event/own.ts';
import { mayProfile } from '../gate/may-profile.ts';
import { passageHolds } from '../journey/passage.ts';
import { sequenceOf, timesOf } from '../leaf/leaf.ts';
import { nextSequenceChange, sequenceHolds } from '../leaf/sequence.ts';
import { nextWindowChange, timesHold } from '../leaf/times.ts';
import { bandHolds, nextBandChange, nextScoreChange, scoreHolds } from '../score/score-predicates.ts';
import { isDrawn } from '../segment/bucket.ts';
import { dateHolds, nextDateChange } from '../segment/date.ts';
import { isNear } from '../segment/near.ts';
import { nextOrdersChange, ordersFigure } from '../segment/orders-figure.ts';
import { nextHeldChange, traitHolds } from '../segment/held.ts';
import { testAt, testValue } from '../segment/test-value.ts';
import type { Millis } from '../time.ts';
import { figureOf, leafCount, nextFigureChange } from './leaf-predicates.ts';
import type { Predicate } from './program.ts';
import type { Scope } from './scope.ts';

/** Whether the predicate holds. */
export function holds(predicate: Predicate, scope: Scope): boolean {
  switch (predicate.kind) {
    case 'all': return predicate.of.every((inner) => holds(inner, scope));
    case 'any': return predicate.of.some((inner) => holds(inner, scope));
    case 'none': return !predicate.of.some((inner) => holds(inner, scope));
    case 'trait': return traitHolds(predicate, scope);
    case 'date': return dateHolds(predicate, scope);
    case 'leaf': return timesHold(predicate.times, leafCount(predicate, scope));
    case 'figure': return testValue(predicate.test, figureOf(predicate, scope));
    case 'sequence': return sequenceHolds(sequenceOf(scope.contact.leaves[predicate.leaf.key]), predicate.question, scope.now);
    case 'orders': return testValue(predicate.test, ordersFigure(predicate, scope));
    case 'list': return isOnList(scope.contact, predicate.list);
    case 'journey': return passageHolds(scope.contact, predicate);
    case 'score': return scoreHolds(predicate, scope);
    case 'band': return bandHolds(predicate, scope);
    case 'profiled': return mayProfile(scope.contact, scope.workspace);
    case 'predicted': return testValue(predicate.test, own(scope.contact.predictions, predicate.name)?.value);
    case 'fact': return testValue(predicate.test, factOf(scope.contact, predicate.fact));
    case 'near': return isNear(scope.contact, predicate);
    case 'bucket': return isDrawn(scope.contact, predicate);
    case 'segment': return Object.hasOwn(scope.contact.segments, predicate.segment);
    case 'tag': return scope.contact.tags.includes(predicate.tag);
    case 'consent': return hasConsent(scope.contact, predicate.channel, predicate.topic);
    case 'trigger': return scope.enrollment !== null && testAt(predicate.test, scope.enrollment.data, predicate.path);
    case 'message': return messageHas(latestMessage(predicate.step, scope), predicate.outcome);
  }
}

/**
 * When the passing of time alone may next change the answer; Infinity: never. Early is allowed, late is not, but each
 * time is a timer and a place in the contact's state: so what cannot change the answer by itself is left out.
 */
export function nextChange(predicate: Predicate, scope: Scope): Millis {
  const { contact, now } = scope;
  switch (predicate.kind) {
    case 'all': case 'any': case 'none': return nextChangeOfParts(predicate, scope);
    case 'trait': return nextHeldChange(predicate, scope);
    case 'date': return nextDateChange(predicate, scope);
    case 'leaf':
      if (predicate.withinMs === null) return Infinity;
      return nextWindowChange(timesOf(contact.leaves[predicate.leaf.key]), predicate.times, predicate.withinMs, now);
    case 'figure': return nextFigureChange(predicate, scope);
    case 'sequence': return nextSequenceChange(sequenceOf(contact.leaves[predicate.leaf.key]), predicate.question, now);
    case 'orders': return nextOrdersChange(predicate, scope);
    case 'segment': case 'list': case 'tag': case 'consent': case 'journey': case 'profiled': case 'predicted': case 'fact': case 'near': case 'bucket': case 'trigger': case 'message':
      return Infinity;
    case 'score': return nextScoreChange(predicate, scope);
    case 'band': return nextBandChange(predicate, scope);
  }
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

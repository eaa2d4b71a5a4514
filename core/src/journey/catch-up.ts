import { isLate, observationOf } from '../advance/observations.ts';
import type { Turn } from '../advance/turn.ts';
import type { Enrollment } from '../contact/contact-state.ts';
import type { LogRecord } from '../event/log-record.ts';
import { ORDER_COMPLETED, orderIdOf } from '../order/apply-order.ts';
import type { Millis } from '../time.ts';
import { exit } from './end.ts';
import { matches, type Happening } from './matches.ts';
import { reachGoals } from './reach-goals.ts';
import { continueWait } from './react.ts';
import { versionOf } from './version-of.ts';

/**
 * Lets the journeys of a contact that has just been joined with another see what happened to the other part since they
 * began: the cart that a visitor left, and that the person bought before both were known to be one, is bought. What
 * they saw before changes nothing again.
 */
export function catchUp(turn: Turn, history: readonly LogRecord[]): void {
  const { contact } = turn;
  if (contact.enrollments.length + contact.goals.length === 0) return;
  const orders = new Set<string>();
  for (const record of history) {
    if (record.kind !== 'event') continue;
    const orderId = record.name === ORDER_COMPLETED ? orderIdOf(record) : null;
    if (orderId !== null && orders.has(orderId)) continue;
    if (orderId !== null) orders.add(orderId);
    if (record.historical) continue;
    const happening: Happening = { ...observationOf(record), id: record.messageId };
    exitSince(turn, happening, record.receivedAt);
    if (isLate(record, record.receivedAt)) continue;
    reachGoals(turn, happening, record.receivedAt, record.receivedAt);
    for (const enrollment of [...contact.enrollments]) {
      if (waitsSince(turn, enrollment) < record.receivedAt) continueWait(turn, enrollment, happening);
    }
  }
}

function exitSince(turn: Turn, happening: Happening, receivedAt: Millis): void {
  for (const enrollment of [...turn.contact.enrollments]) {
    if (receivedAt <= enrollment.enteredAt) continue;
    const rule = versionOf(turn, enrollment)?.exits.find((one) => one.kind === 'event' && matches(one.pattern, happening, enrollment.data));
    if (rule !== undefined) exit(turn, enrollment, rule.reason);
  }
}

/** Since when the enrollment has waited for an event; Infinity: it does not. */
function waitsSince(turn: Turn, enrollment: Enrollment): Millis {
  const node = versionOf(turn, enrollment)?.nodes.get(enrollment.step);
  return node?.kind === 'wait-for' ? enrollment.wakeAt - node.timeoutMs : Infinity;
}

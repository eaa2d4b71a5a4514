import { leaveLists } from '../contact/lists.ts';
import { post } from '../identity/claim.ts';
import type { ContactId } from '../identity/ids.ts';
import { reportEnrollment } from '../journey/end.ts';
import type { Millis } from '../time.ts';
import type { Occupant } from './inputs.ts';
import { count, type Turn } from './turn.ts';

/** Sends the whole contact to another and leaves a redirect behind. */
export function ship(turn: Turn, to: ContactId, claimedAt: Millis): Occupant {
  const { contact } = turn;
  for (const enrollment of contact.enrollments) reportEnrollment(turn, enrollment, 'moved', null);
  for (const segment of Object.keys(contact.segments)) {
    turn.effects.push({ kind: 'membership', segment, entered: false, at: turn.now, cause: turn.cause });
    count(turn, `segment:${segment}`, 'left');
  }
  leaveLists(turn);
  for (const orderId of Object.keys(contact.orders)) turn.effects.push({ kind: 'order', orderId, order: null });
  post(turn, to, { kind: 'absorb', at: turn.now, claimedAt, state: contact, to });
  return { kind: 'redirect', redirect: { to, identifier: contact.home, trusted: true, frozen: contact, ...(contact.erased === null ? {} : { erased: contact.erased }) } };
}

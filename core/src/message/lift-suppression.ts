import { decide, type Turn } from '../advance/turn.ts';
import { normaliseAddress } from '../contact/address.ts';
import type { TrackedEvent } from '../event/log-record.ts';

/** Told by ourselves when somebody took an address off the list of those that are never written to. */
export const SUPPRESSION_LIFTED = 'Suppression Lifted';

/** Lets a contact's address be written to again that bounced or complained before. */
export function liftSuppression(turn: Turn, event: TrackedEvent): void {
  if (event.type !== 'track' || event.name !== SUPPRESSION_LIFTED || !event.trusted) return;
  const { suppressed } = turn.contact;
  const { email } = event.properties;
  const address = typeof email === 'string' ? normaliseAddress(email) : null;
  if (address === null || !Object.hasOwn(suppressed, address)) return;
  delete suppressed[address];
  decide(turn, 'suppression_lifted', { address });
}

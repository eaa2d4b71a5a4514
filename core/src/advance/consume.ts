import { absorb } from '../contact/merge.ts';
import { release } from '../contact/unmerge.ts';
import { concernsContact, eraseContact, leaveAlone } from '../erasure/erase-contact.ts';
import { isKeptApart, judgeClaim, noteRefusal, post } from '../identity/claim.ts';
import { mayMerge, outranks } from '../identity/rank.ts';
import { catchUp } from '../journey/catch-up.ts';
import { settle } from '../journey/react.ts';
import { revokeOrder } from '../order/apply-order.ts';
import { rebuildLeaves } from '../segment/observe.ts';
import { applyEvent, applyOutcomeRecord } from './apply-event.ts';
import { causeOf } from './cause-of.ts';
import { forgottenLeaves, leavesToRebuild } from './history-needed.ts';
import { timeOf, type Input, type Occupant } from './inputs.ts';
import { observations } from './observations.ts';
import { passTime } from './pass-time.ts';
import type { AdvanceRequest } from './request.ts';
import { ship } from './ship.ts';
import { decide, type Turn } from './turn.ts';

/** Lets time pass up to an input and applies it to the contact that lives in the row; answers with who lives there then. */
export function consume(turn: Turn, input: Input, { history, aliases = [] }: AdvanceRequest): Occupant {
  const { contact } = turn;
  passTime(turn, timeOf(input), false);
  turn.now = Math.max(contact.at, timeOf(input));
  contact.at = turn.now;
  turn.cause = causeOf(turn, input);
  switch (input.kind) {
    case 'record':
      noteSource(turn, input);
      if (input.record.kind === 'event') applyEvent(turn, input.record);
      else if (input.record.kind === 'outcome') applyOutcomeRecord(turn, input.record);
      turn.source = contact.id;
      break;
    case 'claim': {
      const verdict = judgeClaim(turn, input);
      if (verdict.kind === 'ship') return ship(turn, input.claimant, input.at);
      if (verdict.reply !== null) post(turn, input.claimant, verdict.reply);
      break;
    }
    case 'claim-refused': noteRefusal(contact, input.identifier); break;
    case 'merge-into': {
      const target = { id: input.target, kind: input.targetKind };
      const self = { id: contact.id, kind: contact.home.kind };
      if (input.target === contact.id || Object.hasOwn(contact.absorbed, input.target) || !mayMerge(self, target, input.explicit)) break;
      if (!input.explicit && isKeptApart(contact, input.target, [])) {
        decide(turn, 'merge_refused', { claimant: input.target, reason: 'kept_apart' });
        break;
      }
      if (outranks(target, self)) return ship(turn, input.target, input.claimedAt);
      post(turn, input.target, { ...input, at: turn.now, target: contact.id, targetKind: contact.home.kind });
      break;
    }
    case 'absorb': {
      const leaves = leavesToRebuild(turn, input.state);
      const forgotten = forgottenLeaves(turn, input.state, leaves);
      for (const leaf of forgotten) leaves.delete(leaf);
      absorb(turn, input.state, input.to);
      rebuildLeaves(contact, turn.program, leaves, observations(history ?? [], contact));
      if (forgotten.size > 0) decide(turn, 'history_incomplete', { events: [...new Set([...forgotten].map(({ event }) => event))].sort() });
      catchUp(turn, history ?? []);
      break;
    }
    case 'release': {
      const given = release(turn, input, history ?? []);
      post(turn, input.root, { kind: 'restore', at: turn.now, from: contact.id, state: given, by: input.by, reason: input.reason });
      break;
    }
    // Whoever asked for it lives again already.
    case 'restore': break;
    case 'order-revoked': revokeOrder(turn, input.orderId, input.claimant); break;
    case 'erase':
      if (concernsContact(contact, input)) return eraseContact(turn, input, aliases);
      leaveAlone(input, turn.effects);
      break;
    case 'refresh': break;
  }
  settle(turn);
  return { kind: 'contact', state: contact };
}

/** Notes which record of which row has been consumed. */
function noteSource(turn: Turn, { from, seq, via }: Extract<Input, { kind: 'record' }>): void {
  const { contact } = turn;
  turn.source = from;
  if (from === contact.id) {
    // An erasure sends records back to where they were told, so that they may come after later ones.
    contact.seq = Math.max(contact.seq, seq);
    return;
  }
  contact.absorbed[from] = seq;
  if (via !== undefined && via !== contact.id) contact.joinedTo = { ...contact.joinedTo, [from]: via };
}

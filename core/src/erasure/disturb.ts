import type { Effect } from '../advance/effects.ts';
import type { Claim, Input, Occupant } from '../advance/inputs.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { grantFree, identifiersOf } from '../identity/claim.ts';
import { contactIdOf, isJunkIdentifier, type ContactId } from '../identity/ids.ts';
import { mayMerge } from '../identity/rank.ts';
import { eraseRow, eraseToo, namesOf } from './erase-contact.ts';
import type { Tombstone } from './erasure.ts';

type Erased = Extract<Occupant, { kind: 'erased' }>;

interface Disturbed {
  id: ContactId;
  workspaceId: number;
  aliases: readonly ContactId[];
  effects: Effect[];
}

/** What a tombstone does with an input: it stays, or an identifier finds another owner. `birth`: somebody begins anew. */
export function disturb(stone: Erased, input: Input, about: Disturbed): Occupant | 'birth' {
  const { tombstone } = stone;
  const { id, effects } = about;
  switch (input.kind) {
    case 'record': return receive(stone, input, about);
    case 'claim': return answerClaim(stone, input, about);
    case 'erase': return { kind: 'erased', tombstone: latest(tombstone, eraseRow(id, input, about.aliases, effects).tombstone) };
    case 'absorb': {
      // They were becoming one when one of them was forgotten.
      const { state } = input;
      const parts = [...new Set([state.id, ...namesOf(state)])].filter((part) => part !== id);
      eraseToo(tombstone, parts, [id, state.id, ...(Object.keys(state.absorbed) as ContactId[])], effects);
      return stone;
    }
    case 'merge-into': {
      const { target, targetKind, explicit } = input;
      if (target !== id && mayMerge({ id, kind: tombstone.ownerKind ?? 'anonymous' }, { id: target, kind: targetKind }, explicit)) eraseToo(tombstone, [target], null, effects);
      return stone;
    }
    case 'release': {
      eraseToo(tombstone, [input.root], [id, input.root], effects);
      return stone;
    }
    case 'claim-refused': case 'order-revoked': case 'refresh': case 'restore': return stone;
  }
}

function receive(stone: Erased, input: Extract<Input, { kind: 'record' }>, about: Disturbed): Erased | 'birth' {
  const { from, seq, record } = input;
  const { id, effects } = about;
  const { tombstone } = stone;
  if (record.kind === 'event') finishMerges(tombstone, record, about);
  const isNew = record.kind === 'event' && record.occurredAt > tombstone.at;
  if (from === id) {
    if (isNew) return 'birth';
    effects.push({ kind: 'blank', seq });
    return stone;
  }
  // The identifier led here until a moment ago. What is new begins where it was told.
  eraseToo(tombstone, [from], [id], effects);
  if (isNew) effects.push({ kind: 'post', to: from, input: { kind: 'record', from, seq, record } });
  return stone;
}

/**
 * An event that was told before the erasure, and is read after it, may say who else the person is. That is asked as if
 * nothing had happened; the answer arrives here, and then they are forgotten as well.
 */
function finishMerges(tombstone: Tombstone, event: TrackedEvent, { id, workspaceId, effects }: Disturbed): void {
  if (event.receivedAt > tombstone.at || event.occurredAt > tombstone.at) return;
  for (const identifier of identifiersOf(event)) {
    const named = contactIdOf(workspaceId, identifier);
    if (named === id || identifier.kind === 'order' || isJunkIdentifier(identifier)) continue;
    effects.push({
      kind: 'post', to: named,
      input: {
        kind: 'claim', at: event.receivedAt, identifier, claimant: id, claimantKind: tombstone.ownerKind ?? 'anonymous', trusted: event.trusted,
        explicit: event.trusted && event.type === 'alias',
      },
    });
    eraseToo(tombstone, [named], [id], effects);
  }
}

function answerClaim(stone: Erased, claim: Claim, { id, workspaceId, effects }: Disturbed): Occupant {
  const { tombstone } = stone;
  if (claim.at <= tombstone.at) {
    if (claim.claimant !== id && wouldHaveMerged(tombstone, claim)) eraseToo(tombstone, [claim.claimant], null, effects);
    return stone;
  }
  const named = contactIdOf(workspaceId, claim.identifier);
  if (named !== id) {
    eraseToo(tombstone, [named], [id], effects);
    effects.push({ kind: 'post', to: named, input: claim });
    return stone;
  }
  const granted = grantFree(claim, effects);
  return granted?.kind === 'redirect' ? { kind: 'redirect', redirect: { ...granted.redirect, erased: tombstone } } : stone;
}

/** Whether whoever asked for an identifier would have become one with the person, had the question come a moment earlier. */
function wouldHaveMerged({ ownerKind }: Tombstone, { identifier, claimant, claimantKind, trusted, explicit }: Claim): boolean {
  if (identifier.kind === 'order') return false;
  if ((identifier.kind === 'email' || identifier.kind === 'phone') && !trusted) return false;
  return mayMerge({ id: claimant, kind: claimantKind }, { id: claimant, kind: ownerKind ?? 'anonymous' }, explicit);
}

function latest(a: Tombstone, b: Tombstone): Tombstone {
  return b.at >= a.at ? b : a;
}

function stoneOf(occupant: Occupant | null): Tombstone | null {
  if (occupant?.kind === 'contact') return occupant.state.erased;
  return occupant?.kind === 'redirect' ? (occupant.redirect.erased ?? null) : null;
}

/** Whether an input belongs to a person that was erased from this row before whoever has it now. */
export function isBefore(id: ContactId, occupant: Occupant | null, input: Input): boolean {
  const stone = stoneOf(occupant);
  if (stone === null) return false;
  switch (input.kind) {
    case 'claim': return input.at <= stone.at;
    case 'merge-into': case 'absorb': return input.claimedAt <= stone.at;
    case 'record': {
      const { record, from } = input;
      const state = occupant?.kind === 'contact' ? occupant.state : null;
      // What became of a message to the person before; who the row redirects to knows which are its own.
      if (record.kind === 'outcome') return state !== null && from === id && !state.messages.some((message) => message.id === record.messageId);
      if (record.kind === 'unmerge') return false;
      // What was merged into it brings what it did of old.
      return record.occurredAt <= stone.at && (from === id || (state !== null && !Object.hasOwn(state.absorbed, from)));
    }
    case 'claim-refused': case 'order-revoked': case 'erase': case 'refresh': case 'release': case 'restore': return false;
  }
}

/** Does with such an input what the tombstone would have done. */
export function disturbLater(occupant: Occupant | null, input: Input, about: Disturbed): void {
  const tombstone = stoneOf(occupant);
  if (tombstone === null) return;
  if (input.kind === 'record') {
    if (input.record.kind === 'event') finishMerges(tombstone, input.record, about);
    if (input.from === about.id) about.effects.push({ kind: 'blank', seq: input.seq });
  }
  else disturb({ kind: 'erased', tombstone }, input, about);
}

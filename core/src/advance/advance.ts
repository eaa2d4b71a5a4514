import { newContact, type ContactState } from '../contact/contact-state.ts';
import { leaveLists } from '../contact/lists.ts';
import { absorb } from '../contact/merge.ts';
import { disturb, disturbLater, isBefore } from '../erasure/disturb.ts';
import { concernsContact, concernsRedirect, eraseContact, eraseRow, leaveAlone } from '../erasure/erase-contact.ts';
import type { LogRecord } from '../event/log-record.ts';
import { claimRedirected, grantFree, judgeClaim, noteRefusal, post } from '../identity/claim.ts';
import type { ContactId, Identifier } from '../identity/ids.ts';
import { mayMerge, outranks } from '../identity/rank.ts';
import { catchUp } from '../journey/catch-up.ts';
import { reportEnrollment } from '../journey/end.ts';
import { nextJourneyDue, settle, wake } from '../journey/react.ts';
import { eventNameOf } from '../message/observation-of-outcome.ts';
import { revokeOrder } from '../order/apply-order.ts';
import type { Program } from '../program/program.ts';
import { lackingLeaves, rebuildLeaves } from '../segment/observe.ts';
import { forgetDues } from '../segment/refresh.ts';
import type { Millis } from '../time.ts';
import { adopt } from './adopt.ts';
import { applyEvent, applyOutcomeRecord } from './apply-event.ts';
import type { Cause, Effect } from './effects.ts';
import { historyNeeded, leavesToRebuild } from './history-needed.ts';
import { timeOf, type Input, type Occupant } from './inputs.ts';
import { observations } from './observations.ts';
import { count, newTurn, type Turn } from './turn.ts';

export interface AdvanceRequest {
  /** The row's id; every input is addressed to it. */
  id: ContactId;
  /** What the row holds; null: nothing yet. Taken over and changed in place. */
  occupant: Occupant | null;
  inputs: readonly Input[];
  /** Time passes up to and including here after the last input. */
  until: Millis;
  program: Program;
  /** All records consumed before, oldest first, when an earlier call asked for them. */
  history: readonly LogRecord[] | null;
  /** Rows that redirect to this one, where an erasure is among the inputs. */
  aliases?: readonly ContactId[];
}

export type Advanced =
  | { kind: 'advanced'; occupant: Occupant | null; effects: Effect[]; /** Infinity: never. */ nextDueAt: Millis }
  /** Nothing was done: apply the first `upTo` inputs, then the rest with the history up to there. */
  | { kind: 'needs-history'; upTo: number };

/**
 * The one function that decides. It applies inputs and the passing of time to what lives in one row of `contacts`, and
 * answers with what lives there afterwards and what the world should do. Pure: the same request has the same answer,
 * live, in tests, in replays. Records are processed before timers that fall due in the same millisecond.
 */
export function advance(request: AdvanceRequest): Advanced {
  const { id, inputs, program, until } = request;
  const upTo = historyNeeded(request);
  if (upTo !== null) return { kind: 'needs-history', upTo };
  let occupant = request.occupant;
  const effects: Effect[] = [];
  let turn = occupant?.kind === 'contact' ? openTurn(occupant.state, request, effects) : null;
  for (const input of inputs) {
    if (isBefore(id, occupant, input)) {
      disturbLater(occupant, input, { id, workspaceId: program.workspaceId, aliases: [], effects });
      continue;
    }
    if (turn === null) {
      const before: Occupant | 'birth' | null = absent(request, occupant, input, effects);
      if (before !== 'birth') {
        occupant = before;
        continue;
      }
      turn = birth(id, input, program, effects);
      if (turn === null) continue;
      if (occupant?.kind === 'erased') turn.contact.erased = occupant.tombstone;
    }
    occupant = consume(turn, input, request);
    if (occupant.kind !== 'contact') turn = null;
  }
  if (turn === null) return { kind: 'advanced', occupant, effects, nextDueAt: Infinity };
  const nextDueAt = passTime(turn, until, true);
  return { kind: 'advanced', occupant, effects, nextDueAt };
}

/** What becomes of a row in which no contact lives. `birth`: the input may begin one. */
function absent({ id, program, aliases = [] }: AdvanceRequest, occupant: Occupant | null, input: Input, effects: Effect[]): Occupant | 'birth' | null {
  if (occupant?.kind === 'redirect') return forward(id, occupant, input, aliases, effects);
  if (occupant?.kind === 'erased') return disturb(occupant, input, { id, workspaceId: program.workspaceId, aliases, effects });
  if (input.kind === 'claim') return grantFree(input, effects);
  return input.kind === 'erase' ? eraseRow(id, input, aliases, effects) : 'birth';
}

function openTurn(contact: ContactState, { program, inputs, until, history }: AdvanceRequest, effects: Effect[]): Turn {
  const turn = newTurn(contact, program, contact.at, effects);
  if (contact.programVersion === program.version) return turn;
  turn.rebuilt = lackingLeaves(contact, program);
  rebuildLeaves(contact, program, turn.rebuilt, observations(history ?? [], contact));
  forgetDues(turn);
  // What is due already belongs to before, and so does all that the coming happening finds: a program is met right
  // before the first thing that happens under it, be it an input or time, so that no change is taken for a change of definition.
  const due = passTime(turn, contact.at, true);
  const [first] = inputs;
  turn.now = Math.max(contact.at, Math.min(due - 1, first === undefined ? until : timeOf(first)));
  contact.at = turn.now;
  adopt(turn);
  return turn;
}

function birth(id: ContactId, input: Input, program: Program, effects: Effect[]): Turn | null {
  const home = homeOf(input);
  if (home === null) return null;
  const at = timeOf(input);
  const contact = newContact(id, program.workspaceId, home, at);
  contact.programVersion = program.version;
  const turn = newTurn(contact, program, at, effects);
  for (const position of program.bornInto) turn.dirty.add(position);
  return turn;
}

function homeOf(input: Input): Identifier | null {
  if (input.kind === 'record' && input.record.kind === 'event') return input.record.identifiers[0] ?? null;
  return input.kind === 'absorb' ? input.state.home : null;
}

/** Hands on what is meant for whoever an identifier belongs to now. */
function forward(id: ContactId, occupant: Extract<Occupant, { kind: 'redirect' }>, input: Input, aliases: readonly ContactId[], effects: Effect[]): Occupant {
  if (input.kind === 'claim') {
    const { redirect, effects: more } = claimRedirected(occupant.redirect, input);
    effects.push(...more);
    return { kind: 'redirect', redirect };
  }
  if (input.kind === 'erase') {
    const concerned = concernsRedirect(id, occupant.redirect, input);
    if (concerned === true) return eraseRow(id, input, aliases, effects);
    if (concerned === false) {
      leaveAlone(input, effects);
      return occupant;
    }
    effects.push({ kind: 'post', to: occupant.redirect.to, input: { ...input, seq: null } });
    return occupant;
  }
  if (input.kind !== 'refresh') effects.push({ kind: 'post', to: occupant.redirect.to, input });
  return occupant;
}

function consume(turn: Turn, input: Input, { history, aliases = [] }: AdvanceRequest): Occupant {
  const { contact } = turn;
  passTime(turn, timeOf(input), false);
  turn.now = Math.max(contact.at, timeOf(input));
  contact.at = turn.now;
  turn.cause = causeOf(turn, input);
  switch (input.kind) {
    case 'record':
      // An erasure sends records back to where they were told, so that they may come after later ones.
      if (input.from === contact.id) contact.seq = Math.max(contact.seq, input.seq);
      else contact.absorbed[input.from] = input.seq;
      if (input.record.kind === 'event') applyEvent(turn, input.record);
      else applyOutcomeRecord(turn, input.record);
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
      if (input.target === contact.id || !mayMerge(self, target, input.explicit)) break;
      if (outranks(target, self)) return ship(turn, input.target, input.claimedAt);
      post(turn, input.target, { ...input, at: turn.now, target: contact.id, targetKind: contact.home.kind });
      break;
    }
    case 'absorb': {
      const leaves = leavesToRebuild(turn, input.state);
      absorb(turn, input.state);
      rebuildLeaves(contact, turn.program, leaves, observations(history ?? [], contact));
      catchUp(turn, history ?? []);
      break;
    }
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

function causeOf({ program, cause }: Turn, input: Input): Cause {
  switch (input.kind) {
    case 'record': {
      const { record } = input;
      if (record.kind === 'event') return { kind: 'event', name: record.name, id: record.messageId };
      return { kind: 'event', name: eventNameOf(record) ?? record.outcome, id: record.messageId };
    }
    case 'claim': return { kind: 'merge', with: input.claimant };
    case 'merge-into': return { kind: 'merge', with: input.target };
    case 'absorb': return { kind: 'merge', with: input.state.id };
    case 'refresh': return { kind: 'definition', version: program.version };
    case 'claim-refused': case 'order-revoked': case 'erase': return cause;
  }
}

/** Sends the whole contact to another and leaves a redirect behind. */
function ship(turn: Turn, to: ContactId, claimedAt: Millis): Occupant {
  const { contact } = turn;
  for (const enrollment of contact.enrollments) reportEnrollment(turn, enrollment, 'moved', null);
  for (const segment of Object.keys(contact.segments)) {
    turn.effects.push({ kind: 'membership', segment, entered: false, at: turn.now, cause: turn.cause });
    count(turn, `segment:${segment}`, 'left');
  }
  leaveLists(turn);
  for (const orderId of Object.keys(contact.orders)) turn.effects.push({ kind: 'order', orderId, order: null });
  post(turn, to, { kind: 'absorb', at: turn.now, claimedAt, state: contact });
  return { kind: 'redirect', redirect: { to, identifier: contact.home, trusted: true, frozen: contact, ...(contact.erased === null ? {} : { erased: contact.erased }) } };
}

/** Lets timers act at their own times, in order, up to `limit`; answers when the next is due. */
function passTime(turn: Turn, limit: Millis, inclusive: boolean): Millis {
  const { contact, program } = turn;
  for (;;) {
    const due = nextDue(turn);
    if (due > limit || (due === limit && !inclusive)) return due;
    turn.now = Math.max(due, contact.at);
    contact.at = turn.now;
    turn.cause = { kind: 'time' };
    for (const [segment, at] of Object.entries(contact.segmentDue)) {
      const position = program.segmentPositions.get(segment);
      if (at <= turn.now && position !== undefined) turn.dirty.add(position);
    }
    settle(turn);
    wake(turn);
  }
}

function nextDue(turn: Turn): Millis {
  const { segmentDue } = turn.contact;
  let due = nextJourneyDue(turn);
  for (const segment in segmentDue) due = Math.min(due, segmentDue[segment] ?? Infinity);
  return due;
}

import { newContact, type ContactState } from '../contact/contact-state.ts';
import { leaveLists } from '../contact/lists.ts';
import { absorb } from '../contact/merge.ts';
import { disturb, disturbLater, isBefore } from '../erasure/disturb.ts';
import { concernsContact, eraseContact, eraseRow, leaveAlone } from '../erasure/erase-contact.ts';
import { release, restore } from '../contact/unmerge.ts';
import type { LogRecord } from '../event/log-record.ts';
import { grantFree, isKeptApart, judgeClaim, noteRefusal, post } from '../identity/claim.ts';
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
import { forgottenLeaves, leavesToRebuild, mayNeedHistory, needsHistory } from './history-needed.ts';
import { timeOf, type Input, type Occupant, type Redirect, type Restore } from './inputs.ts';
import { forward } from './forward.ts';
import { observations } from './observations.ts';
import { count, decide, newTurn, type Turn } from './turn.ts';

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
  /** What is left of the inputs needs history: ask again with it and with what `historySources` says. */
  | { kind: 'needs-history'; occupant: Occupant | null; effects: Effect[]; rest: readonly Input[] };

/**
 * The one function that decides. It applies inputs and the passing of time to what lives in one row of `contacts`, and
 * answers with what lives there afterwards and what the world should do. Pure: the same request has the same answer,
 * live, in tests, in replays. Records are processed before timers that fall due in the same millisecond.
 */
export function advance(request: AdvanceRequest): Advanced {
  const { id, program, until, history } = request;
  let inputs = request.inputs;
  let occupant = request.occupant;
  const effects: Effect[] = [];
  if (history === null && needsHistory(occupant, inputs[0], program)) return { kind: 'needs-history', occupant, effects, rest: inputs };
  let turn = occupant?.kind === 'contact' ? openTurn(occupant.state, request, effects) : null;
  for (let index = 0; index < inputs.length; index += 1) {
    const input = inputs[index] as Input;
    if (index > 0 && occupant !== null && mayNeedHistory(occupant, input)) return { kind: 'needs-history', occupant, effects, rest: inputs.slice(index) };
    if (isBefore(id, occupant, input)) {
      disturbLater(occupant, input, { id, workspaceId: program.workspaceId, aliases: [], effects });
      continue;
    }
    if (turn === null) {
      const waiting: readonly Input[] | undefined = occupant?.kind === 'redirect' ? occupant.redirect.held : undefined;
      if (occupant?.kind === 'redirect' && waiting !== undefined && input.kind === 'restore') {
        turn = revive(id, occupant.redirect, input, request, effects);
        occupant = { kind: 'contact', state: turn.contact };
        inputs = withWaiting(inputs, index, waiting);
        continue;
      }
      const before: Occupant | 'birth' | null = absent(request, occupant, input, effects);
      if (before !== 'birth') {
        if (waiting !== undefined && before?.kind === 'erased') inputs = withWaiting(inputs, index, waiting);
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

/** What waited in a row comes next, then whatever came after. */
function withWaiting(inputs: readonly Input[], index: number, waiting: readonly Input[]): readonly Input[] {
  return [...inputs.slice(0, index + 1), ...waiting, ...inputs.slice(index + 1)];
}

/** A contact lives again where it had been merged into another. */
function revive(id: ContactId, redirect: Redirect, input: Restore, { program, history }: AdvanceRequest, effects: Effect[]): Turn {
  const at = Math.max(input.at, redirect.frozen?.at ?? 0);
  const contact = newContact(id, program.workspaceId, redirect.identifier, at);
  contact.programVersion = program.version;
  const turn = newTurn(contact, program, at, effects);
  turn.cause = { kind: 'unmerge', from: input.from };
  restore(turn, redirect, input, history ?? []);
  settle(turn);
  return turn;
}

function consume(turn: Turn, input: Input, { history, aliases = [] }: AdvanceRequest): Occupant {
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

function causeOf({ program, cause }: Turn, input: Input): Cause {
  switch (input.kind) {
    case 'record': {
      const { record } = input;
      if (record.kind === 'unmerge') return cause;
      if (record.kind === 'event') return { kind: 'event', name: record.name, id: record.messageId };
      return { kind: 'event', name: eventNameOf(record) ?? record.outcome, id: record.messageId };
    }
    case 'claim': return { kind: 'merge', with: input.claimant };
    case 'merge-into': return { kind: 'merge', with: input.target };
    case 'absorb': return { kind: 'merge', with: input.state.id };
    case 'release': return { kind: 'unmerge', from: input.root };
    case 'restore': return { kind: 'unmerge', from: input.from };
    case 'refresh': return { kind: 'definition', version: program.version };
    case 'claim-refused': case 'order-revoked': case 'erase': return cause;
  }
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
  post(turn, to, { kind: 'absorb', at: turn.now, claimedAt, state: contact, to });
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

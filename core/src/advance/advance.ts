import type { ContactState } from '../contact/contact-state.ts';
import { disturb, disturbLater, isBefore } from '../erasure/disturb.ts';
import { eraseRow } from '../erasure/erase-contact.ts';
import { grantFree } from '../identity/claim.ts';
import { lackingLeaves, rebuildLeaves } from '../segment/observe.ts';
import { forgetDues } from '../segment/refresh.ts';
import { adopt } from './adopt.ts';
import { birth, revive } from './begin.ts';
import { consume } from './consume.ts';
import type { Effect } from './effects.ts';
import { forward } from './forward.ts';
import { mayNeedHistory, needsHistory } from './history-needed.ts';
import { timeOf, type Input, type Occupant } from './inputs.ts';
import { observations } from './observations.ts';
import { passTime } from './pass-time.ts';
import type { AdvanceRequest, Advanced } from './request.ts';
import { newTurn, type Turn } from './turn.ts';

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

/** What waited in a row comes next, then whatever came after. */
function withWaiting(inputs: readonly Input[], index: number, waiting: readonly Input[]): readonly Input[] {
  return [...inputs.slice(0, index + 1), ...waiting, ...inputs.slice(index + 1)];
}

import { newContact } from '../contact/contact-state.ts';
import { restore } from '../contact/unmerge.ts';
import type { ContactId, Identifier } from '../identity/ids.ts';
import { settle } from '../journey/react.ts';
import type { Program } from '../program/program.ts';
import type { Effect } from './effects.ts';
import { timeOf, type Input, type Redirect, type Restore } from './inputs.ts';
import type { AdvanceRequest } from './request.ts';
import { newTurn, type Turn } from './turn.ts';

/** A contact begins with the first thing that is known of it; null: the input begins none. */
export function birth(id: ContactId, input: Input, program: Program, effects: Effect[]): Turn | null {
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

/** A contact lives again where it had been merged into another. */
export function revive(id: ContactId, redirect: Redirect, input: Restore, { program, history }: AdvanceRequest, effects: Effect[]): Turn {
  const at = Math.max(input.at, redirect.frozen?.at ?? 0);
  const contact = newContact(id, program.workspaceId, redirect.identifier, at);
  contact.programVersion = program.version;
  const turn = newTurn(contact, program, at, effects);
  turn.cause = { kind: 'unmerge', from: input.from };
  restore(turn, redirect, input, history ?? []);
  settle(turn);
  return turn;
}

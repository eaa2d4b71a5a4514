import { decide, touchSegments, type Turn } from '../advance/turn.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { own, put } from '../event/own.ts';
import type { ContactState, ListEntry } from './contact-state.ts';

/** The events by which a contact is put on a list or taken off it: `list`, its key. */
export const LIST_EVENTS: Readonly<Record<string, boolean>> = { 'List Joined': true, 'List Left': false };
/** Most lists that one contact remembers. */
export const LIST_LIMIT = 500;

/** Members of a list are kept like those of a segment, under this key. */
export function listSegment(list: string): string {
  return `list/${list}`;
}

export function isOnList(contact: ContactState, list: string): boolean {
  return own(contact.lists, list)?.inside ?? false;
}

/** The later event wins; of two at the same instant the one that takes off. */
export function noteList(turn: Turn, { type, name, trusted, properties, occurredAt: at }: TrackedEvent): void {
  const inside = type === 'track' && trusted && Object.hasOwn(LIST_EVENTS, name) ? LIST_EVENTS[name] : undefined;
  const { list } = properties;
  if (inside === undefined || typeof list !== 'string' || list === '') return;
  const { lists } = turn.contact;
  const before = own(lists, list);
  if (before === undefined ? Object.keys(lists).length >= LIST_LIMIT : !isLater({ inside, at }, before)) return;
  put(lists, list, { inside, at });
  if ((before?.inside ?? false) !== inside) report(turn, list, inside);
}

export function absorbLists(turn: Turn, other: ContactState): void {
  const { lists } = turn.contact;
  for (const [list, theirs] of Object.entries(other.lists)) {
    const mine = own(lists, list);
    if (mine !== undefined && !isLater(theirs, mine)) continue;
    put(lists, list, theirs);
    if ((mine?.inside ?? false) !== theirs.inside) report(turn, list, theirs.inside);
  }
}

/** Says anew on which lists the contact is. */
export function replaceLists(turn: Turn, lists: ContactState['lists']): void {
  const before = turn.contact.lists;
  turn.contact.lists = lists;
  for (const list of new Set([...Object.keys(before), ...Object.keys(lists)])) {
    const inside = own(lists, list)?.inside ?? false;
    if ((own(before, list)?.inside ?? false) !== inside) report(turn, list, inside);
  }
}

/** The lists of a contact that goes up in another end with it. */
export function leaveLists(turn: Turn): void {
  for (const [list, { inside }] of Object.entries(turn.contact.lists)) {
    if (inside) turn.effects.push({ kind: 'membership', segment: listSegment(list), entered: false, at: turn.now, cause: turn.cause });
  }
}

function isLater(a: ListEntry, b: ListEntry): boolean {
  return a.at === b.at ? b.inside && !a.inside : a.at > b.at;
}

function report(turn: Turn, list: string, inside: boolean): void {
  turn.effects.push({ kind: 'membership', segment: listSegment(list), entered: inside, at: turn.now, cause: turn.cause });
  decide(turn, inside ? 'list_joined' : 'list_left', { list });
  touchSegments(turn, turn.program.dependents.list.get(list));
}

import type { ContactId } from '../identity/ids.ts';
import type { ContactState } from './contact-state.ts';

/** A row and everything that became part of the contact through it. */
export function partsOf({ absorbed, joinedTo = {} }: Pick<ContactState, 'absorbed' | 'joinedTo'>, root: ContactId): Set<ContactId> {
  const parts = new Set<ContactId>([root]);
  for (const part of Object.keys(absorbed) as ContactId[]) {
    const path: ContactId[] = [];
    for (let at: ContactId | undefined = part; at !== undefined && !path.includes(at); at = joinedTo[at]) path.push(at);
    if (path.includes(root)) for (const one of path.slice(0, path.indexOf(root))) parts.add(one);
  }
  return parts;
}

import { isObject } from './admin-client.ts';
import type { AdminClient } from './admin-client.ts';
import { CommandError } from './command.ts';

export interface FoundContact {
  id: string;
  userId: string | null;
  email: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The contact that somebody means by an address, a user id, or the id that Samovar gave it. */
export async function findContact(client: AdminClient, who: string): Promise<FoundContact> {
  const ways = UUID.test(who) ? [] : [`/api/contacts?${who.includes('@') ? 'email' : 'userId'}=${encodeURIComponent(who)}`, `/api/contacts?userId=${encodeURIComponent(who)}`];
  for (const way of ways) {
    const answer = await client.request('GET', way);
    const found: unknown = isObject(answer) && Array.isArray(answer['items']) ? answer['items'][0] : undefined;
    if (isObject(found)) return contactOf(found);
  }
  if (UUID.test(who)) {
    const found = await client.request('GET', `/api/contacts/${who}`);
    if (isObject(found)) return contactOf(found);
  }
  throw new CommandError(`There is no contact ${who}.`);
}

function contactOf({ id, userId, email }: Record<string, unknown>): FoundContact {
  return { id: String(id), userId: typeof userId === 'string' ? userId : null, email: typeof email === 'string' ? email : null };
}

import { readList, type ContactList } from '@samovar/store';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound } from './api-error.ts';

/** The list of a request, which has to exist. */
export async function findList({ db }: AdminDependencies, workspaceId: number, key: string): Promise<ContactList> {
  const found = await readList(db, workspaceId, key);
  if (found === null) throw notFound('list');
  return found;
}

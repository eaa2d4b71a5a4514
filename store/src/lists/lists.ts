import type { Millis } from '@samovar/core';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** A list of people that is kept by hand. */
export interface ContactList {
  key: string;
  name: string;
  description: string | null;
  createdAt: Millis;
}

interface ListRow {
  key: string;
  name: string;
  description: string | null;
  created_at_ms: Millis;
}

const COLUMNS = 'l.key, l.name, l.description, l.created_at_ms';
const listOf = (row: ListRow): ContactList => ({ key: row.key, name: row.name, description: row.description, createdAt: row.created_at_ms });

const readAll = statement('lists_read_all', `select ${COLUMNS} from lists l where l.workspace_id = $1 order by l.key collate "C"`);
const readOne = statement('lists_read', `select ${COLUMNS} from lists l where l.workspace_id = $1 and l.key = $2`);

/** All lists of a workspace, by key. */
export async function readLists(db: Queryable, workspaceId: number): Promise<ContactList[]> {
  return (await db.query<ListRow>(readAll, [workspaceId])).rows.map(listOf);
}

/** null: there is none of that key. */
export async function readList(db: Queryable, workspaceId: number, key: string): Promise<ContactList | null> {
  const [row] = (await db.query<ListRow>(readOne, [workspaceId, key])).rows;
  return row === undefined ? null : listOf(row);
}

const insert = statement(
  'lists_insert',
  `insert into lists as l (workspace_id, key, name, description, created_at_ms) values ($1, $2, $3, $4, $5) on conflict (workspace_id, key) do nothing`,
);

/** false: there is one of that key already. */
export async function insertList(db: Queryable, workspaceId: number, { key, name, description, createdAt }: ContactList): Promise<boolean> {
  return (await db.query(insert, [workspaceId, key, name, description, createdAt])).rowCount === 1;
}

const update = statement('lists_update', 'update lists l set name = $3, description = $4 where l.workspace_id = $1 and l.key = $2');

export async function updateList(db: Queryable, workspaceId: number, { key, name, description }: Pick<ContactList, 'key' | 'name' | 'description'>): Promise<void> {
  await db.query(update, [workspaceId, key, name, description]);
}

const remove = statement('lists_remove', 'delete from lists l where l.workspace_id = $1 and l.key = $2');

export async function removeList(db: Queryable, workspaceId: number, key: string): Promise<void> {
  await db.query(remove, [workspaceId, key]);
}

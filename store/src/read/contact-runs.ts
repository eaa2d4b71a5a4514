import type { ContactId } from '@samovar/core';
import type { ContactRow } from '../shard/load.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

const readRun = statement(
  'read_contact_run',
  `select c.contact_id, c.workspace_id, convert_from(c.state, 'UTF8') as state, null::int8 as due_at_ms
   from contacts c where c.shard = $1 and c.workspace_id = $2 and c.redirect_to is null and c.contact_id > $3 order by c.contact_id limit $4`,
);

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

/** Contacts of a workspace in a shard, in order of their ids, after one (null: from the first). Ids are hashes, so any run of them is a random sample. */
export async function readContactRun(db: Queryable, shard: number, workspaceId: number, after: string | null, limit: number): Promise<(ContactRow & { contact_id: ContactId })[]> {
  return (await db.query<ContactRow>(readRun, [shard, workspaceId, after ?? FIRST_UUID, limit])).rows;
}

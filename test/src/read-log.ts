import type { ContactId, Logged } from '@samovar/core';
import { decodeRecord, type Database } from '@samovar/store';

interface LogRow {
  seq: number;
  workspace_id: number;
  contact_id: ContactId;
  kind: number;
  name: string;
  body: Buffer;
  received_at_ms: number;
  occurred_at_ms: number;
}

/** Everything that contacts were told, in the order of the log. Control records (kind 3) are the workers' own. */
export async function readLog(db: Database): Promise<Logged[]> {
  const { rows } = await db.query<LogRow>(`
    select e.seq, e.workspace_id, e.contact_id, e.kind, e.name, e.body, e.received_at_ms, e.occurred_at_ms
    from event_log e where e.kind <> 3 order by e.seq, e.shard`);
  return rows.map(({ seq, workspace_id: workspaceId, contact_id: contactId, kind, name, body, received_at_ms: receivedAt, occurred_at_ms: occurredAt }) => ({
    seq, workspaceId, contactId, record: decodeRecord({ kind, name, body, receivedAt, occurredAt }),
  }));
}

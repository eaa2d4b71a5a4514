import { DAY_MS } from '@samovar/core';
import type { Millis } from '@samovar/core';
import { LOG_KIND } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';

/** Events of one name that one source sent on one day. */
export interface SourceDay {
  /** `import`; else `browser` or `server`, and the library where it names itself. */
  source: string;
  name: string;
  /** Days since 1970; all days before the first one asked for are one. */
  day: number;
  events: number;
  lastAt: Millis;
}

/** The text of a body is JSON of the event with what it was trusted with at its end, and its context in the next line. */
const read = statement(
  'quality_read_sources',
  `select q.source, q.name, q.day, count(*) as events, max(q.received_at_ms) as last_at_ms from (
     select t.name, t.received_at_ms, greatest(t.received_at_ms / ${DAY_MS}, $3) as day,
       case when t.event like '%"historical":true}' then 'import'
         else case when t.event like '%"trusted":true}' then 'server' else 'browser' end || coalesce(' ' || substring(t.context from '"library":\\{"name":"([^"\\\\]{1,60})"'), '') end as source
     from (
       select e.name, e.received_at_ms, split_part(convert_from(e.body, 'UTF8'), E'\\n', 1) as event, split_part(convert_from(e.body, 'UTF8'), E'\\n', 2) as context
       from event_log e where e.shard = $1 and e.workspace_id = $2 and e.kind = ${LOG_KIND.event}
     ) t
   ) q group by q.source, q.name, q.day order by events desc limit $4`,
);

/** What came from where on which day, in one shard; the commonest first. */
export async function readSourceDays(db: Queryable, shard: number, workspaceId: number, fromDay: number, limit: number): Promise<SourceDay[]> {
  const { rows } = await db.query<{ source: string; name: string; day: number; events: number; last_at_ms: Millis }>(read, [shard, workspaceId, fromDay, limit]);
  return rows.map((row) => ({ source: row.source, name: row.name, day: row.day, events: row.events, lastAt: row.last_at_ms }));
}

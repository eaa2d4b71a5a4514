import { textArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { allShards, pageByShard } from './by-shard.ts';
import type { ShardPlace } from './by-shard.ts';
import { ENROLLMENT_COLUMNS, enrollmentOf } from './contacts.ts';
import type { EnrollmentRow, RawEnrollment } from './contacts.ts';

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

const listEnrollments = statement(
  'read_list_enrollments',
  `select ${ENROLLMENT_COLUMNS} from enrollments e
   where e.shard = $1 and e.workspace_id = $2 and e.journey = $3 and ($4::text is null or e.status = $4) and ($5::text is null or e.step = $5) and e.enrollment_id > $6
   order by e.enrollment_id limit $7`,
);

export interface EnrollmentFilter {
  journey: string;
  status: EnrollmentRow['status'] | null;
  /** The step at which they wait. */
  step: string | null;
}

/** Passages through a journey in the order of their ids. */
export async function listJourneyEnrollments(db: Queryable, workspaceId: number, filter: EnrollmentFilter, after: ShardPlace, limit: number, shardCount: number): Promise<(EnrollmentRow & { shard: number })[]> {
  return pageByShard(after, shardCount, limit, async (shard, afterKey, rest) => {
    const { rows } = await db.query<RawEnrollment>(listEnrollments, [shard, workspaceId, filter.journey, filter.status, filter.step, afterKey ?? FIRST_UUID, rest]);
    return rows.map((row) => ({ shard: row.shard, ...enrollmentOf(row) }));
  });
}

/** How much a metric of a thing came to in a day (days since 1970-01-01), or in all. */
export interface CounterSum {
  thing: string;
  metric: string;
  day: number | null;
  value: number;
}

const sumCounters = statement(
  'read_sum_counters',
  `select c.thing, c.metric, sum(c.value)::int8 as value from counters c
   where c.shard = any($1::smallint[]) and c.workspace_id = $2 and c.thing = any($3::text[]) and c.hour >= $4 and c.hour < $5 group by c.thing, c.metric`,
);
const sumCountersByDay = statement(
  'read_sum_counters_by_day',
  `select c.thing, c.metric, c.hour / 24 as day, sum(c.value)::int8 as value from counters c
   where c.shard = any($1::smallint[]) and c.workspace_id = $2 and c.thing = any($3::text[]) and c.hour >= $4 and c.hour < $5 group by c.thing, c.metric, c.hour / 24`,
);

export interface CounterRange {
  /** Hours since 1970-01-01T00:00Z; `to` is left out. */
  fromHour: number;
  toHour: number;
}

/** All hours there ever were or will be. */
export const ALL_HOURS: CounterRange = { fromHour: 0, toHour: 0x7fff_ffff };

/** Sums of the counters of some things, over a time or for each of its days. */
export async function readCounters(db: Queryable, workspaceId: number, things: readonly string[], range: CounterRange, by: 'total' | 'day', shardCount: number): Promise<CounterSum[]> {
  if (things.length === 0) return [];
  const parameters = [allShards(shardCount), workspaceId, textArray(things), range.fromHour, range.toHour];
  const { rows } = await db.query<{ thing: string; metric: string; day?: number; value: number }>(by === 'day' ? sumCountersByDay : sumCounters, parameters);
  return rows.map(({ thing, metric, day, value }) => ({ thing, metric, day: day ?? null, value }));
}

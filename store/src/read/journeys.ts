import { int2Array, textArray } from '../binary-arrays.ts';
import { counterShard } from '../counters/roll-up.ts';
import { statement } from '../statement.ts';
import type { Statement } from '../statement.ts';
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

/** One statement, so that hours which become part of their day meanwhile are seen once. */
function sumStatement(name: string, columns: string): Statement {
  return statement(
    name,
    `select ${columns}, sum(c.value)::int8 as value from (
       select h.thing, h.metric, h.hour / 24 as day, h.value from counters h
       where h.shard = any($1::smallint[]) and h.workspace_id = $2 and h.thing = any($3::text[]) and h.hour >= $4::int and h.hour < $5::int
       union all
       select d.thing, d.metric, d.day, d.value from counters_by_day d
       where d.shard = any($6::smallint[]) and d.workspace_id = $2 and d.thing = any($3::text[]) and d.day >= $4::int / 24 and d.day < $5::int / 24
     ) c group by ${columns}`,
  );
}

const sumCounters = sumStatement('read_sum_counters', 'c.thing, c.metric');
const sumCountersByDay = sumStatement('read_sum_counters_by_day', 'c.thing, c.metric, c.day');

/** Whole days: past hours are only known by their day. */
export interface CounterRange {
  /** Days since 1970-01-01; `toDay` is left out. */
  fromDay: number;
  toDay: number;
}

/** All days there ever were or will be. */
export const ALL_DAYS: CounterRange = { fromDay: 0, toDay: 1_000_000 };

/** Sums of the counters of some things, over a time or for each of its days. */
export async function readCounters(db: Queryable, workspaceId: number, things: readonly string[], range: CounterRange, by: 'total' | 'day', shardCount: number): Promise<CounterSum[]> {
  if (things.length === 0) return [];
  const ofThings = int2Array([...new Set(things.map((thing) => counterShard(workspaceId, thing, shardCount)))]);
  const parameters = [allShards(shardCount), workspaceId, textArray(things), range.fromDay * 24, range.toDay * 24, ofThings];
  const { rows } = await db.query<{ thing: string; metric: string; day?: number; value: number }>(by === 'day' ? sumCountersByDay : sumCounters, parameters);
  return rows.map(({ thing, metric, day, value }) => ({ thing, metric, day: day ?? null, value }));
}

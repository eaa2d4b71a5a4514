import type { Millis } from '@samovar/core';
import { statement } from './statement.ts';
import type { Queryable } from './transaction.ts';

/** `system`: the computer's time; `manual`: time stands still until somebody moves it. */
export type ClockMode = 'system' | 'manual';

const read = statement('clock_read', 'select c.mode, c.now_ms from clock c where c.id = 1');
const start = statement('clock_start', 'insert into clock as c (id, mode, now_ms) values (1, $1, $2) on conflict (id) do nothing');
const move = statement('clock_move', `update clock c set now_ms = $1 where c.id = 1 and c.mode = 'manual' and c.now_ms <= $1`);

/** The database's clock; the first caller decides of which kind it is, for the life of the database. */
export async function openClock(db: Queryable, mode: ClockMode, startAt: Millis): Promise<{ mode: ClockMode; now: Millis }> {
  await db.query(start, [mode, startAt]);
  const row = (await db.query<{ mode: ClockMode; now_ms: Millis }>(read)).rows[0];
  return row === undefined ? { mode, now: startAt } : { mode: row.mode, now: row.now_ms };
}

/** The database's clock; null: no server has decided yet of which kind it is. */
export async function readClock(db: Queryable): Promise<{ mode: ClockMode; now: Millis } | null> {
  const row = (await db.query<{ mode: ClockMode; now_ms: Millis }>(read)).rows[0];
  return row === undefined ? null : { mode: row.mode, now: row.now_ms };
}

/** Moves a manual clock forward; false: it is ahead already, or not manual. */
export async function moveClock(db: Queryable, to: Millis): Promise<boolean> {
  return (await db.query(move, [to])).rowCount === 1;
}

import { World, compileProgram, type Logged } from '@samovar/core';
import { parseDirectory } from '@samovar/contract';
import type { Database } from '@samovar/store';
import { readLog } from '../read-log.ts';
import { CRASH_FILES } from './definitions.ts';
import type { Books } from './load.ts';

/** What the sink of mails saw: how often each Message-ID arrived. */
export type Deliveries = ReadonlyMap<string, number>;

/** Everything that must hold once the dust has settled; answers with what does not. */
export async function verify(db: Database, books: Books, deliveries: Deliveries): Promise<string[]> {
  const faults: string[] = [];
  const check = (name: string, found: unknown, wanted: unknown): void => {
    if (JSON.stringify(found) !== JSON.stringify(wanted)) faults.push(`${name}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
  };
  const log = (await readLog(db)).sort((a, b) => a.record.receivedAt - b.record.receivedAt || a.seq - b.seq);
  const ids = log.flatMap(({ record }) => (record.kind === 'event' ? [record.messageId] : []));
  check('events in history', ids.length, books.messageIds.size);
  check('events in history twice', ids.length - new Set(ids).size, 0);
  check('acknowledged events that are lost', [...books.messageIds].filter((id) => !new Set(ids).has(id)).length, 0);

  const messages = await db.query<{ message_id: string; journey: string; class: string; status: string; attempts: number }>(
    'select m.message_id, m.journey, m.class, m.status, m.attempts from messages m');
  check('confirmations decided', messages.rows.filter((row) => row.journey === 'confirm').length, books.orders.size);
  check('cart reminders decided', messages.rows.filter((row) => row.journey === 'cart').length, books.carts.size);
  check('decisions to send', await one(db, `select count(*) as n from decisions d where d.code = 'message_decided'`), books.orders.size + books.carts.size);
  check('messages without an end', messages.rows.filter((row) => !['sent', 'unknown'].includes(row.status)).length, 0);
  for (const row of messages.rows) {
    const arrived = deliveries.get(row.message_id) ?? 0;
    if (row.class === 'marketing' && arrived > 1) faults.push(`marketing message ${row.message_id} arrived ${arrived} times`);
    if (row.class === 'transactional' && arrived < 1) faults.push(`transactional message ${row.message_id} (${row.status}) never arrived`);
    if (row.status === 'sent' && arrived < 1) faults.push(`message ${row.message_id} is marked sent and never arrived`);
    if (arrived > row.attempts) faults.push(`message ${row.message_id} arrived ${arrived} times in ${row.attempts} attempts`);
  }

  const revenue = [...books.orders.values()].reduce((sum, cents) => sum + cents, 0);
  check('orders counted', await counter(db, 'workspace', 'orders'), books.orders.size);
  check('revenue counted', await counter(db, 'workspace', 'revenue:EUR'), revenue);
  check('orders kept', await one(db, 'select count(*) as n from orders o'), books.orders.size);
  check('inbox left over', await one(db, 'select count(*) as n from inbox i'), 0);
  const recount = recountOf(log);
  for (const [name, wanted] of recount) {
    const [thing = '', metric = ''] = name.split(' ');
    check(`counter ${name}`, await counter(db, thing, metric), wanted);
  }
  check('buyers', await one(db, `select count(*) as n from memberships m where m.segment = 'buyers' and m.left_at_ms is null`), recount.get('segment:buyers entered') ?? 0);
  return faults;
}

/** Decides the whole history again, in memory, and counts what follows from it. */
function recountOf(log: readonly Logged[]): Map<string, number> {
  const [first] = log;
  if (first === undefined) return new Map();
  const live = parseDirectory(CRASH_FILES).definitions.map(({ definition }) => ({ definition, version: 1 }));
  const program = compileProgram({ workspaceId: first.workspaceId, version: 1, live, pinned: [], enterExisting: {}, keptSince: {} });
  const counts = new Map<string, number>();
  const wanted = new Set(['entered', 'completed', 'exited', 'decided', 'orders']);
  const world = new World(program, ({ effect }) => {
    if (effect.kind !== 'count' || !wanted.has(effect.metric)) return;
    const name = `${effect.thing} ${effect.metric}`;
    counts.set(name, (counts.get(name) ?? 0) + effect.value);
  });
  for (const { contactId, record } of log) if (record.kind === 'event') world.feedTo(contactId, record);
  world.runTo((log.at(-1)?.record.receivedAt ?? 0) + 3_600_000);
  return counts;
}

async function one(db: Database, text: string): Promise<number> {
  return (await db.query<{ n: number }>(text)).rows[0]?.n ?? 0;
}

async function counter(db: Database, thing: string, metric: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>('select coalesce(sum(c.value), 0)::int8 as n from counters c where c.thing = $1 and c.metric = $2', [thing, metric]);
  return rows[0]?.n ?? 0;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, contactIdOf, type ContactId, type Identifier, type TrackedEvent } from '@samovar/core';
import { ERASED_TABLES, appendErasures, appendRecords, ensureSigningKey, keepRejected, listSigningKeys, readErasure, readRecords, suppress, writeNote } from '@samovar/store';
import { applyErasures, writeErasures } from './erasure-file.ts';
import { findText } from '../testing/find-text.ts';
import { SendingBench, START, sendingFiles } from '../testing/sending.ts';

const MARK = 'zzmark';
const mark = (what: string): string => `${MARK}-${what}`;
const ADDRESS = `${mark('mail')}@example.com`;
const USER: Identifier = { kind: 'user', value: mark('user') };
const DEVICE: Identifier = { kind: 'anonymous', value: mark('device') };
const EMAIL: Identifier = { kind: 'email', value: ADDRESS };

const MORE_FILES = [
  { path: 'segments/buyers.yaml', text: 'segment: buyers\nname: Buyers\nmatch:\n  event: Order Completed\n' },
  { path: 'journeys/thanks.yaml', text: 'journey: thanks\nname: Thanks\ntrigger: { event: Order Completed, key: order_id }\nsteps:\n  - wait: 2 hours\n  - send: news\n' },
];

let bench: SendingBench;
let erasures = 0;

beforeAll(async () => {
  bench = await SendingBench.open();
  await bench.shop.publish([...sendingFiles(1_000), ...MORE_FILES]);
});
afterAll(() => bench.close());

const idOf = (identifier: Identifier): ContactId => contactIdOf(bench.shop.workspaceId, identifier);

function event(identifiers: Identifier[], name: string, more: Partial<TrackedEvent> = {}): { workspaceId: number; contactId: ContactId; record: TrackedEvent } {
  const { record } = bench.shop.event(name, {}, { user: 'x' });
  return { workspaceId: bench.shop.workspaceId, contactId: idOf(identifiers[0]!), record: { ...record, messageId: `${mark(name)}-${record.messageId}`, identifiers, ...more } };
}

async function tell(...events: ReturnType<typeof event>[]): Promise<void> {
  await appendRecords(bench.db, events, bench.shop.clock.now(), bench.shop.shardCount);
}

async function erase(contactId: ContactId): Promise<string> {
  erasures += 1;
  const erasure = `00000000-0000-4000-8000-${String(erasures).padStart(12, '0')}`;
  const { db, shop } = bench;
  await appendErasures(db, [{ workspaceId: shop.workspaceId, erasure, contactId, at: shop.clock.now(), reason: 'asked by letter', by: 'Mina' }], shop.clock.now(), shop.shardCount);
  return erasure;
}

/** A person who has left something everywhere. */
async function live(): Promise<void> {
  const { db, shop } = bench;
  const context = { ip: mark('ip'), userAgent: mark('agent') };
  await tell(event([DEVICE], 'Seen', { properties: { page: mark('page') }, trusted: false, context }));
  await shop.decide();
  await tell(event([USER, DEVICE], 'Identify', {
    type: 'identify', traits: { email: ADDRESS, first_name: mark('name'), nested: { deep: [mark('deep')] }, consent: { email: true, source: mark('source'), wording: mark('wording'), ip: mark('ip') } }, context,
  }));
  await tell(event([EMAIL], 'Seen', { properties: { note: mark('note') } }));
  await shop.decide();
  await tell(event([USER], 'News', { properties: { order_id: mark('url') } }), event([USER], 'Order Completed', { properties: { order_id: mark('order'), total: 12.5, currency: 'EUR', cart: mark('cart') } }));
  await shop.decide();
  await bench.sender().drain();
  await shop.decide();
  await db.query(`update attempts a set detail = '550 ${mark('answer')}'`);
  await writeNote(db, shop.workspaceId, { contactId: idOf(USER), noteId: '00000000-0000-4000-8000-0000000000aa', at: START, by: mark('author'), text: mark('text') }, shop.shardCount);
  // One waits in a journey, one waits to be sent.
  await tell(event([USER], 'News', { properties: { order_id: mark('late') } }));
  await shop.decide();
  await keepRejected(db, [{ workspaceId: shop.workspaceId, receivedAt: START, code: 'x', message: mark('refused'), pointer: '/a', payload: { userId: USER.value.toUpperCase(), email: ADDRESS, secret: mark('secret') } }], shop.shardCount);
  await suppress(db, { workspaceId: shop.workspaceId, channel: 'email', address: ADDRESS, reason: 'asked by phone', at: START }, shop.shardCount);
}

describe('an erasure', () => {
  it('knows every table in which something of a contact is written', async () => {
    const { rows } = await bench.db.query<{ name: string }>(`select distinct c.table_name as name from information_schema.columns c
      where c.table_schema = current_schema() and c.column_name = 'contact_id' and c.table_name not like 'event\\_log\\_%' order by 1`);
    expect(rows.map((row) => row.name).filter((name) => !ERASED_TABLES.includes(name))).toEqual([]);
  });

  it('leaves no word of the person in any table, and says what it did', async () => {
    const { db, shop } = bench;
    await live();
    expect(await findText(db, MARK)).toEqual(expect.arrayContaining([
      'attempts.detail', 'consents.address', 'consents.proof', 'contacts.email', 'contacts.state', 'contacts.user_id', 'decisions.detail',
      'messages.address', 'messages.body', 'notes.body', 'notes.written_by', 'trait_changes.after', 'orders.order_id', 'rejected_events.payload',
    ]));
    const { rows: [{ n: eventsBefore } = { n: 0 }] } = await db.query<{ n: number }>('select count(*) as n from event_log where kind <> 3');
    const erasure = await erase(idOf(USER));
    // Nothing leaves any more, before any worker has come to it.
    await bench.sender().drain();
    expect(await bench.states()).toEqual({ sent: 2, 'cancelled: erased': 1 });
    await shop.decide();
    expect(await findText(db, MARK)).toEqual([]);
    const { rows: [{ n: eventsAfter } = { n: 0 }] } = await db.query<{ n: number }>('select count(*) as n from event_log where kind not in (3, 8)');
    expect(eventsAfter).toBe(eventsBefore);
    const receipt = await readErasure(db, shop.workspaceId, erasure);
    expect(receipt).toMatchObject({
      reason: 'asked by letter', by: 'Mina', done: true,
      // The user, the device, the address, the order.
      removed: { contacts: 4, messages: 3, attempts: 2, orders: 1, consents: 1, rejected_events: 1, enrollments: 4 },
    });
    expect(receipt?.removed.event_log).toBeGreaterThan(6);
    expect(await bench.states()).toEqual({ sent: 2, 'cancelled: erased': 1 });
    const { rows: totals } = await db.query<{ value: number }>(`select sum(value)::int8 as value from counters where thing = 'workspace' and metric = 'erased'`);
    expect(totals).toEqual([{ value: 1 }]);
  });

  it('keeps quiet about what is told again, and about what is still under way', async () => {
    const { db, shop } = bench;
    shop.clock.moveTo(START + HOUR_MS);
    await tell(
      event([USER, DEVICE], 'Seen', { occurredAt: START - 5, properties: { page: mark('again') } }),
      event([EMAIL], 'Seen', { occurredAt: START, historical: true, traits: { name: mark('again') } }),
      event([DEVICE], 'Seen', { occurredAt: START, trusted: false, context: { ip: mark('again') } }),
    );
    await shop.decide();
    await bench.sender().drain();
    await shop.decide();
    expect(await findText(db, MARK)).toEqual([]);
    expect((await db.query('select from contacts c where c.redirect_to is null')).rowCount).toBe(0);
  });

  it('lets the person come back, and can be asked for once more', async () => {
    const { db, shop } = bench;
    await tell(event([USER, DEVICE], 'Identify', { type: 'identify', traits: { email: ADDRESS, first_name: mark('new') } }), event([DEVICE], 'Seen', { properties: { page: mark('new') } }));
    await shop.decide();
    const { rows } = await db.query<{ user_id: string; email: string }>('select c.user_id, c.email from contacts c where c.redirect_to is null');
    expect(rows).toEqual([{ user_id: USER.value, email: ADDRESS }]);
    // Events, the erasure and more events of one batch: each is before or after.
    await tell(event([USER], 'News', { properties: { page: mark('before') } }));
    const erasure = await erase(idOf(USER));
    await shop.decide();
    expect(await findText(db, MARK)).toEqual([]);
    expect((await readErasure(db, shop.workspaceId, erasure))?.done).toBe(true);
    shop.clock.moveTo(START + 2 * HOUR_MS);
    await tell(event([USER], 'News', { properties: { page: mark('third') } }));
    await shop.decide();
    expect(await findText(db, mark('third'))).toEqual(expect.arrayContaining([expect.stringMatching(/^event_log/)]));
    await erase(idOf(USER));
    await shop.decide();
    expect(await findText(db, MARK)).toEqual([]);
  });

  it('leaves a log that can be read from its beginning', async () => {
    for (let shard = 0; shard < bench.shop.shardCount; shard += 1) {
      const records = await readRecords(bench.db, shard, 0, 1_000);
      expect(JSON.stringify(records)).not.toContain(MARK);
    }
  });
});

describe('a restored backup', () => {
  it('forgets again who was erased since, and ignores what is imported again', async () => {
    const { db, shop } = bench;
    await ensureSigningKey(db, START);
    shop.clock.moveTo(START + 3 * HOUR_MS);
    await tell(event([USER, DEVICE], 'Identify', { type: 'identify', traits: { email: ADDRESS } }));
    await shop.decide();
    const erasure = await erase(idOf(USER));
    await shop.decide();
    const { text, count } = await writeErasures(db);
    expect([count, text.includes(MARK), text.includes(idOf(USER))]).toEqual([4, false, false]);

    const restored = await SendingBench.open();
    try {
      const { shop: old } = restored;
      await ensureSigningKey(restored.db, START);
      expect(await applyErasures({ db: restored.db, shardCount: old.shardCount, now: START }, text)).toMatchObject({ kind: 'refused', why: expect.stringContaining('another installation') });
      await restored.db.query('delete from signing_keys');
      for (const { keyId, secret, createdAt } of await listSigningKeys(db)) {
        await restored.db.query('insert into signing_keys (key_id, secret, created_at_ms) values ($1, $2, $3)', [keyId, secret, createdAt]);
      }
      // The backup is from before: the device had not been joined yet.
      await appendRecords(restored.db, [event([USER], 'Identify', { type: 'identify', traits: { email: ADDRESS } }), event([DEVICE], 'Seen')], START, old.shardCount);
      await old.decide();
      expect(await applyErasures({ db: restored.db, shardCount: old.shardCount, now: START + 4 * HOUR_MS }, text)).toEqual({ kind: 'applied', applied: 4, known: 0 });
      await old.decide();
      expect(await findText(restored.db, MARK)).toEqual([]);
      expect(await readErasure(restored.db, old.workspaceId, erasure)).toMatchObject({ done: true, reason: 'asked by letter' });
      expect(await applyErasures({ db: restored.db, shardCount: old.shardCount, now: START + 4 * HOUR_MS }, text)).toEqual({ kind: 'applied', applied: 0, known: 4 });
      await appendRecords(restored.db, [event([EMAIL], 'Seen', { occurredAt: START + HOUR_MS })], START + 5 * HOUR_MS, old.shardCount);
      await old.decide();
      expect(await findText(restored.db, MARK)).toEqual([]);
    } finally {
      await restored.close();
    }
    expect(await applyErasures({ db, shardCount: shop.shardCount, now: START }, 'nonsense')).toMatchObject({ kind: 'refused' });
  });
});

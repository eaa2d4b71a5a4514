import { contactIdOf, shardOf } from '@samovar/core';
import type { JsonObject, TrackedEvent } from '@samovar/core';
import { createTrackingKey, type EmailProvider } from '@samovar/channels';
import { appendRecords, createWorkspace, type NewRecord } from '@samovar/store';
import { createSender, DEFAULT_SENDER_CONFIG, ProgramCache, systemClock, Worker, type Sender } from '@samovar/server';
import type { BenchDatabase, BenchServer } from '../bench-server.ts';
import { publish } from '../shop/running-shop.ts';

export const SHARDS = 64;
const APPEND_BATCH = 1_000;
const WORKER_LANES = 3;

const card = (n: number): string => `
      <mj-section padding="12px 0">
        <mj-column width="40%"><mj-image src="https://cdn.shop.example/products/${n}.jpg" alt="Product ${n}" href="https://shop.example/products/${n}?utm_source=mail" /></mj-column>
        <mj-column width="60%">
          <mj-text font-size="18px">Product number ${n}</mj-text>
          <mj-text color="#555">Made by hand, sent within two days, and taken back for thirty. {{ contact.first_name }} may like it as much as the others did.</mj-text>
          <mj-button href="https://shop.example/cart/add/${n}?for={{ contact.id }}">Put it into the cart</mj-button>
        </mj-column>
      </mj-section>`;

/** A journey that mails 11 kB to whoever sets it off, as often as it is set off. */
const FILES = [
  { path: 'workspace.yaml', text: 'workspace: Bench\nfrom: "Shop <shop@shop.example>"\n' },
  { path: 'journeys/mail.yaml', text: 'journey: mail\nname: Mail\ntrigger: { event: Mail Wanted }\nre-entry: always\nceiling: 10000000 per hour\nsteps:\n  - send: mail\n' },
  {
    path: 'templates/mail.yaml',
    text: `template: mail\nname: Mail\nclass: marketing\ntopic: news\nlanguages:\n  en:\n    subject: For you, {{ contact.first_name }}\n    preheader: Three things\n    body: |
      <mj-section><mj-column><mj-text>Hello {{ contact.first_name }}, here is what is new.</mj-text></mj-column></mj-section>${[1, 2].map(card).join('')}
      <mj-section><mj-column><mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text></mj-column></mj-section>\n`,
  },
];

/** A workspace that mails, with its worker and its sender. */
export interface MailingShop {
  database: BenchDatabase;
  workspaceId: number;
  worker: Worker;
  sender: Sender;
  stop(): Promise<void>;
}

export async function openMailingShop(server: BenchServer, { provider }: { provider: EmailProvider }): Promise<MailingShop> {
  const database = await server.fresh({ shardCount: SHARDS });
  const { db } = database;
  const { workspaceId } = await createWorkspace(db, 'bench', Date.now());
  await publish(db, workspaceId, FILES);
  const onTrouble = (message: string, error: unknown): void => {
    process.stderr.write(`${message}: ${String(error)}\n`);
  };
  const sender = createSender({
    db, clock: systemClock, shardCount: SHARDS, provider, signingKeys: [createTrackingKey(1, Buffer.alloc(32, 1))], onTrouble,
    onAppended: (shards) => worker.wake(shards),
  }, { ...DEFAULT_SENDER_CONFIG, publicUrl: 'https://mail.shop.example', hostname: 'shop.example' });
  const worker = new Worker({
    db, clock: systemClock, programs: new ProgramCache(), shardCount: SHARDS, concurrency: WORKER_LANES,
    onTurn: (result, shard) => {
      if (result.messages > 0) sender.wake([shard]);
    },
    onError: (error) => onTrouble('a turn failed', error),
  });
  return {
    database, workspaceId, worker, sender,
    stop: async () => {
      await sender.stop();
      await worker.stop();
      await database.drop();
    },
  };
}

let events = 0;

export function eventOf(workspaceId: number, user: string, name: string, more: Partial<TrackedEvent> = {}): NewRecord {
  const now = Date.now();
  events += 1;
  const identifier = { kind: 'user', value: user } as const;
  return {
    workspaceId, contactId: contactIdOf(workspaceId, identifier),
    record: {
      kind: 'event', type: 'track', name, messageId: `b${events}-${now}`, receivedAt: now, occurredAt: now, identifiers: [identifier], properties: {}, traits: {}, context: {},
      trusted: true, historical: false, ...more,
    },
  };
}

/** Appends one event for each user, without waking anybody. */
export async function appendForAll({ database, workspaceId }: MailingShop, users: readonly string[], name: string, more: (user: string) => Partial<TrackedEvent> = () => ({})): Promise<void> {
  for (let from = 0; from < users.length; from += APPEND_BATCH) {
    const records = users.slice(from, from + APPEND_BATCH).map((user) => eventOf(workspaceId, user, name, more(user)));
    await appendRecords(database.db, records, Date.now(), SHARDS);
  }
}

/** Makes contacts that agreed to marketing, and lets the worker take them in. */
export async function subscribe(shop: MailingShop, users: readonly string[]): Promise<void> {
  await appendForAll(shop, users, 'Identify', (user) => ({ type: 'identify', traits: { email: `${user}@example.com`, first_name: user, consent: true } satisfies JsonObject }));
  shop.worker.start();
  await shop.worker.look();
  while (!(await isTakenIn(shop))) await new Promise((resolve) => setTimeout(resolve, 20));
  await shop.worker.stop();
}

async function isTakenIn({ database: { db }, worker }: MailingShop): Promise<boolean> {
  if (!worker.idle) return false;
  const behind = await db.query('select s.shard from shards s join log_head h on h.shard = s.shard where h.head > s.log_offset limit 1');
  const waiting = await db.query('select i.shard from inbox i limit 1');
  return behind.rowCount + waiting.rowCount === 0;
}

export function shardOfUser(workspaceId: number, user: string): number {
  return shardOf(contactIdOf(workspaceId, { kind: 'user', value: user }), SHARDS);
}

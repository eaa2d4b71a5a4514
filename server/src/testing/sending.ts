import { createEmailProvider } from '@samovar/channels';
import type { EmailProvider } from '@samovar/channels';
import { startSink } from '@samovar/channels/testing';
import type { Sink, SinkAction, SinkStep } from '@samovar/channels/testing';
import { testDatabase, type TestDatabase } from '@samovar/store/testing';
import type { MailProvider } from '../sender/mail-provider.ts';
import { createSender, DEFAULT_SENDER_CONFIG } from '../sender/sender.ts';
import type { Sender, SenderConfig } from '../sender/sender.ts';
import { TestShop } from './outbox.ts';

export const START = Date.UTC(2026, 2, 1, 12);

const body = `
      <mj-section><mj-column><mj-text>Hi {{ contact.first_name }}, <a href="https://shop.example/{{ event.order_id }}">look</a>
      or <a href="{{ unsubscribe_url }}">stop</a></mj-text></mj-column></mj-section>`;

/** A newsletter to at most `ceiling` an hour, and a receipt. */
export function sendingFiles(ceiling: number): { path: string; text: string }[] {
  return [
    { path: 'workspace.yaml', text: 'workspace: Shop\nfrom: "Shop <shop@shop.example>"\n' },
    { path: 'journeys/news.yaml', text: `journey: news\nname: News\ntrigger: { event: News }\nre-entry: always\nceiling: ${ceiling} per hour\nsteps:\n  - send: news\n` },
    { path: 'journeys/receipt.yaml', text: 'journey: receipt\nname: Receipt\ntrigger: { event: Order Completed, key: order_id }\nre-entry: always\nsteps:\n  - send: receipt\n' },
    { path: 'templates/news.yaml', text: `template: news\nname: News\nclass: marketing\ntopic: weekly\nlanguages:\n  en:\n    subject: News for {{ contact.first_name }}\n    body: |${body}\n  fa:\n    subject: خبر\n    body: |${body}\n` },
    { path: 'templates/receipt.yaml', text: `template: receipt\nname: Receipt\nclass: transactional\nlanguages:\n  en:\n    subject: Order {{ event.order_id }}\n    body: |${body}\n` },
  ];
}

export interface MessageRow {
  address: string;
  status: string;
  reason: string | null;
  attempts: number;
  send_after_ms: number;
  message_id: string;
}

/** A shop, a mail server that can misbehave, and senders between them. */
export class SendingBench {
  readonly mails: { to: string; raw: string }[] = [];
  /** How the mail server behaves; null: well. */
  behave: (step: SinkStep) => SinkAction | null = () => null;
  readonly db: TestDatabase;
  readonly shop: TestShop;
  #sink: Sink | null = null;
  #provider: EmailProvider | null = null;
  readonly #senders: Sender[] = [];

  constructor(db: TestDatabase, shop: TestShop) {
    this.db = db;
    this.shop = shop;
  }

  static async open({ ceiling = 1_000 }: { ceiling?: number } = {}): Promise<SendingBench> {
    const db = await testDatabase();
    const bench = new SendingBench(db, await TestShop.open(db, { now: START }));
    bench.#sink = await startSink({
      onMessage: (envelope, raw) => void bench.mails.push({ to: envelope.to[0] ?? '', raw: raw.toString('utf8') }),
      behaviour: (step) => bench.behave(step),
    });
    bench.#provider = createEmailProvider(`${bench.#sink.url}?pool=3`);
    await bench.shop.publish(sendingFiles(ceiling));
    return bench;
  }

  async close(): Promise<void> {
    for (const sender of this.#senders.splice(0)) await sender.stop();
    await this.#provider?.close();
    await this.#sink?.stop();
    await this.db.close();
  }

  sender(more: Partial<SenderConfig> = {}, provider: MailProvider | null = this.#provider): Sender {
    const { db, shop } = this;
    const onTrouble = (message: string, error: unknown): never => {
      throw new Error(message, { cause: error });
    };
    const sender = createSender(
      { db, clock: shop.clock, shardCount: shop.shardCount, provider, signingKeys: shop.signingKeys, onTrouble },
      { ...DEFAULT_SENDER_CONFIG, publicUrl: 'https://mail.shop.example', hostname: 'shop.example', ...more },
    );
    this.#senders.push(sender);
    return sender;
  }

  /** People `u0`, `u1`, … who consented. */
  async subscribers(count: number): Promise<string[]> {
    const names = Array.from({ length: count }, (_, n) => `u${n}`);
    await this.shop.append(...names.map((user) => this.shop.event('Identify', {}, {
      user, type: 'identify', traits: { email: `${user}@example.com`, first_name: user, consent: true },
    })));
    await this.shop.decide();
    return names;
  }

  async news(...names: string[]): Promise<void> {
    await this.shop.append(...names.map((user) => this.shop.event('News', { order_id: 'n1' }, { user })));
    await this.shop.decide();
  }

  async messages(): Promise<MessageRow[]> {
    const text = 'select m.address, m.status, m.reason, m.attempts, m.send_after_ms, m.message_id from messages m order by m.address, m.message_id';
    return (await this.db.query<MessageRow & Record<string, unknown>>(text)).rows;
  }

  /** How many messages are in each state, with its reason. */
  async states(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { status, reason } of await this.messages()) {
      const name = reason === null ? status : `${status}: ${reason}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** The outcomes that the log tells. */
  async outcomes(): Promise<string[]> {
    return (await this.db.query<{ name: string }>('select e.name from event_log e where e.kind = 2 order by e.name')).rows.map((row) => row.name);
  }
}

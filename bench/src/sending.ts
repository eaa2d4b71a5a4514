import { generateKeyPairSync, sign } from 'node:crypto';
import { createDkimSigner, createTrackingKey, type DkimSigner } from '@samovar/channels';
import { parseSmtpUrl, SmtpProvider } from '@samovar/channels/testing';
import { appendRecords } from '@samovar/store';
import { percentile, resultOf, type Bench, type BenchOptions, type BenchResult } from './result.ts';
import { redirectRates } from './sending/redirects.ts';
import { appendForAll, eventOf, openMailingShop, shardOfUser, SHARDS, subscribe, type MailingShop } from './sending/mailing-shop.ts';
import { startBenchSink, type BenchSink } from './sending/sink.ts';

const POOL = 8;
const MIME_BYTES = 11_000;
const LINE = 'A line of some text that is there to be sent.\r\n';
const STEADY_PER_SECOND = 5;

/** What sending costs, beside handing ready-made mails over the same connections to the same mail server. */
export const run: Bench = async (options) => {
  const results: BenchResult[] = [];
  const sink = await startBenchSink();
  try {
    if (options.wants('B8')) results.push(...(await steadyLatency(options, sink)));
    const limit = ['B9', 'B10', 'B11'].some((id) => options.wants(id)) ? await readyMadeRate(options, sink) : 0;
    const unsigned = ['B9', 'B10', 'B11'].some((id) => options.wants(id)) ? await campaignRate(options, sink, []) : 0;
    if (options.wants('B10')) {
      results.push(resultOf({ id: 'B10', what: 'campaign: decided, rendered, tracked, sent', value: unsigned, unit: 'messages/s', limit }, { ratioAtLeast: 0.6 }));
    }
    if (options.wants('B9')) {
      const burst = await burstRate(options, sink);
      results.push(resultOf({ id: 'B9', what: 'burst of 10,000 that trigger a mail, from their events on', value: burst, unit: 'messages/s', limit: unsigned }, { ratioAtLeast: 0.6 }));
    }
    if (options.wants('B11')) {
      const { signer, secondsEach } = signerAndCost();
      const signed = await campaignRate(options, sink, [signer]);
      // Every mail takes the limit's time and that of one signature more.
      results.push(resultOf({ id: 'B11', what: 'the campaign, DKIM-signed', value: signed, unit: 'messages/s', limit: 1 / (1 / unsigned + secondsEach) }, { ratioAtLeast: 0.8 }));
    }
  } finally {
    sink.stop();
  }
  if (options.wants('B12')) results.push(...(await redirects(options)));
  return results;
};

const providerOf = (sink: BenchSink, dkim: readonly DkimSigner[] = []): SmtpProvider =>
  new SmtpProvider(parseSmtpUrl(`${sink.url}?pool=${POOL}&tls=off`), { dkim });

async function readyMadeRate({ quick }: BenchOptions, sink: BenchSink): Promise<number> {
  const provider = providerOf(sink);
  const content = Buffer.from(`Subject: Ready\r\n\r\n${LINE.repeat(MIME_BYTES / LINE.length)}`);
  const count = quick ? 3_000 : 30_000;
  const send = async (n: number): Promise<void> => {
    const outcome = await provider.sendRaw({ from: 'shop@shop.example', to: `u${n}@example.com` }, content);
    if (outcome.kind !== 'accepted') throw new Error(`the sink did not take a mail: ${JSON.stringify(outcome)}`);
  };
  await Promise.all(Array.from({ length: 200 }, (_, n) => send(n)));
  const start = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: POOL * 2 }, async () => {
    while (next < count) await send(next++);
  }));
  const rate = count / ((performance.now() - start) / 1_000);
  await provider.close();
  return rate;
}

async function campaignRate({ quick, server, note }: BenchOptions, sink: BenchSink, dkim: readonly DkimSigner[]): Promise<number> {
  const provider = providerOf(sink, dkim);
  const shop = await openMailingShop(server, { provider });
  const users = Array.from({ length: quick ? 3_000 : 100_000 }, (_, n) => `c${n}`);
  note(`sending: ${users.length} contacts …`);
  await subscribe(shop, users);
  await appendForAll(shop, users, 'Mail Wanted');
  const rate = await sendAll(shop, users.length);
  await shop.stop();
  await provider.close();
  return rate;
}

async function burstRate({ server }: BenchOptions, sink: BenchSink): Promise<number> {
  const provider = providerOf(sink);
  const shop = await openMailingShop(server, { provider });
  const users = Array.from({ length: 10_000 }, (_, n) => `b${n}`);
  await subscribe(shop, users);
  const start = performance.now();
  shop.worker.start();
  shop.sender.start();
  await appendForAll(shop, users, 'Mail Wanted');
  await shop.worker.look();
  await sent(shop, users.length);
  const rate = users.length / ((performance.now() - start) / 1_000);
  await shop.stop();
  await provider.close();
  return rate;
}

/** Decides and sends what is in the log, and measures it. */
async function sendAll(shop: MailingShop, count: number): Promise<number> {
  const start = performance.now();
  shop.worker.start();
  shop.sender.start();
  await shop.worker.look();
  await sent(shop, count);
  return count / ((performance.now() - start) / 1_000);
}

async function sent({ sender }: MailingShop, count: number): Promise<void> {
  while (sender.counts.accepted < count) {
    if (sender.counts.rejected + sender.counts.unknown + sender.counts.cancelled > 0) throw new Error(`some mails did not leave: ${JSON.stringify(sender.counts)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** From the event being taken in to the mail server having the mail, at a few events a second. */
async function steadyLatency({ quick, server }: BenchOptions, sink: BenchSink): Promise<BenchResult[]> {
  const provider = providerOf(sink);
  const shop = await openMailingShop(server, { provider });
  const count = quick ? 20 : 150;
  const users = Array.from({ length: count }, (_, n) => `watched-${n}`);
  await subscribe(shop, users);
  shop.worker.start();
  shop.sender.start();
  const begun = new Map<string, number>();
  const next = performance.now();
  for (const [n, user] of users.entries()) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next + (n * 1_000) / STEADY_PER_SECOND - performance.now())));
    begun.set(`${user}@example.com`, Date.now());
    await appendRecords(shop.database.db, [eventOf(shop.workspaceId, user, 'Mail Wanted')], Date.now(), SHARDS);
    shop.worker.wake([shardOfUser(shop.workspaceId, user)]);
  }
  await sent(shop, count);
  const arrived = await sink.watched();
  await shop.stop();
  await provider.close();
  const latencies = [...begun].map(([address, at]) => (arrived.get(address) ?? Infinity) - at);
  return [
    resultOf({ id: 'B8 p50', what: 'event to mail server, 5/s', value: percentile(latencies, 0.5), unit: 'ms' }, { atMost: 30 }),
    resultOf({ id: 'B8 p99', what: 'event to mail server, 5/s', value: percentile(latencies, 0.99), unit: 'ms' }, { atMost: 100 }),
  ];
}

function signerAndCost(): { signer: DkimSigner; secondsEach: number } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const signer = createDkimSigner({ domain: 'shop.example', selector: 's', privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  const data = Buffer.alloc(600, 'x');
  const start = performance.now();
  for (let n = 0; n < 500; n += 1) sign('sha256', data, privateKey);
  return { signer, secondsEach: (performance.now() - start) / 500 / 1_000 };
}

async function redirects({ quick, server }: BenchOptions): Promise<BenchResult[]> {
  const database = await server.fresh({ shardCount: SHARDS });
  const { bare, ours, p99Ms } = await redirectRates({ db: database.db, shardCount: SHARDS, requests: quick ? 5_000 : 40_000, key: createTrackingKey(1, Buffer.alloc(32, 1)) });
  await database.drop();
  return [
    resultOf({ id: 'B12', what: 'clicks redirected', value: ours, unit: 'requests/s', limit: bare }, { ratioAtLeast: 0.5 }),
    resultOf({ id: 'B12 p99', what: 'a click at 1,000/s', value: p99Ms, unit: 'ms' }, { atMost: 10 }),
  ];
}

import type { TrackedEvent } from '@samovar/core';
import { percentile } from '../result.ts';
import { Shop } from '../shop/events.ts';
import { Connection } from './connection.ts';
import type { LoadOrder, LoadReport } from './load.ts';

/** Sends a fixed amount of requests, in a process of its own so that it does not share the server's event loop. */

function itemOf({ type, name, messageId, identifiers, properties, traits, context, occurredAt }: TrackedEvent): object {
  const value = (kind: string): string | undefined => identifiers.find((one) => one.kind === kind)?.value;
  return {
    type, ...(type === 'track' ? { event: name } : {}), messageId, userId: value('user'), anonymousId: value('anonymous'),
    ...(type === 'identify' ? { traits } : { properties }), context, timestamp: new Date(occurredAt).toISOString(),
  };
}

function requestOf(order: LoadOrder, items: object[]): Buffer {
  const sentAt = new Date().toISOString();
  const body = Buffer.from(JSON.stringify(order.eventsPerRequest === 1 ? { ...items[0], sentAt } : { batch: items, sentAt }));
  const path = order.eventsPerRequest === 1 ? '/v1/track' : '/v1/batch';
  const authorization = Buffer.from(`${order.key}:`).toString('base64');
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: Basic ${authorization}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function requestsOf(order: LoadOrder): Buffer[] {
  const shop = new Shop({ workspaceId: 1, visitors: order.visitors, seed: order.seed, prefix: '' });
  const now = Date.now();
  return Array.from({ length: order.requests }, (_, n) => {
    const events = shop.events(order.eventsPerRequest, now).map(({ record }) => record as TrackedEvent);
    // Every event with an id that no other run uses: what was seen before would not be stored.
    return requestOf(order, events.map((event, i) => itemOf({ ...event, type: order.eventsPerRequest === 1 ? 'track' : event.type, messageId: `load-${order.seed}-${n}-${i}-${now}` })));
  });
}

async function run(order: LoadOrder, requests: Buffer[]): Promise<LoadReport> {
  const connections = await Promise.all(Array.from({ length: order.connections }, () => Connection.open(order.port)));
  const latencies: number[] = [];
  let at = 0;
  let failed = 0;
  const start = performance.now();
  await Promise.all(connections.map(async (connection) => {
    for (let request = requests[at++]; request !== undefined; request = requests[at++]) {
      const sent = performance.now();
      if (await connection.send(request) !== 200) failed += 1;
      latencies.push(performance.now() - sent);
    }
  }));
  const seconds = (performance.now() - start) / 1_000;
  for (const connection of connections) connection.close();
  return { seconds, failed, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) };
}

process.on('message', (order: LoadOrder) => {
  const requests = requestsOf(order);
  run(order, requests).then((report) => process.send?.(report), (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});

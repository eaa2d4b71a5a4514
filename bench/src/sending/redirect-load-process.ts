import { Connection } from '../ingest/connection.ts';
import { percentile } from '../result.ts';

/** Follows links as fast as they are answered, or so many a second, in a process of its own. */
export interface RedirectOrder {
  port: number;
  path: string;
  requests: number;
  connections: number;
  /** null: as fast as it goes. */
  perSecond: number | null;
}

export interface RedirectReport {
  perSecond: number;
  p99Ms: number;
}

async function run({ port, path, requests, connections, perSecond }: RedirectOrder): Promise<RedirectReport> {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\r\n`);
  const lanes = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const latencies: number[] = [];
  const start = performance.now();
  let next = 0;
  await Promise.all(lanes.map(async (lane) => {
    for (let n = next++; n < requests; n = next++) {
      const due = perSecond === null ? 0 : start + (n / perSecond) * 1_000 - performance.now();
      if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
      const begun = performance.now();
      const status = await lane.send(request);
      latencies.push(performance.now() - begun);
      if (status !== 302) throw new Error(`answered with ${status}`);
    }
  }));
  const seconds = (performance.now() - start) / 1_000;
  for (const lane of lanes) lane.close();
  return { perSecond: requests / seconds, p99Ms: percentile(latencies, 0.99) };
}

process.once('message', (order) => {
  void run(order as RedirectOrder).then((report) => process.send?.(report), (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});

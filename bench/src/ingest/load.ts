import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface LoadOrder {
  port: number;
  key: string;
  connections: number;
  requests: number;
  /** 1: single calls; more: batches. */
  eventsPerRequest: number;
  visitors: number;
  seed: number;
}

export interface LoadReport {
  seconds: number;
  failed: number;
  p50Ms: number;
  p99Ms: number;
}

const PROCESS = fileURLToPath(new URL('load-process.ts', import.meta.url));

/** Runs a load in a process of its own and waits for its report. Preparing the requests is not measured. */
export async function load(order: LoadOrder): Promise<LoadReport> {
  const child = fork(PROCESS, { execArgv: ['--import', 'tsx'] });
  try {
    child.send(order);
    const [report] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => { throw new Error('the load process ended early'); })])) as [LoadReport];
    if (report.failed > 0) throw new Error(`${report.failed} requests were not answered with 200`);
    return report;
  } finally {
    child.kill();
  }
}

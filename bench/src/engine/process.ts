import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_SHARD_COUNT, findWork } from '@samovar/store';
import { resultOf, type BenchOptions, type BenchResult } from '../result.ts';
import { append, openShop } from '../shop/running-shop.ts';

const PROGRAM = fileURLToPath(new URL('../../../server/bin/samovar.mjs', import.meta.url));
const IDLE_MS = 5_000;

interface Started {
  seconds: number;
  /** Resident memory in MB; null where the system does not tell. */
  memory(): Promise<number | null>;
  stop(): Promise<void>;
}

/** B19: from the command to the line that says it is ready, first without and then with a database. */
export async function start(): Promise<BenchResult[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'samovar-bench-start-'));
  try {
    const first = await startProgram(['--data', join(dataDir, 'data')]);
    await first.stop();
    const again: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const next = await startProgram(['--data', join(dataDir, 'data')]);
      again.push(next.seconds);
      await next.stop();
    }
    return [
      resultOf({ id: 'B19 first', what: 'very first start, making the database', value: first.seconds, unit: 's' }, { atMost: 6 }),
      resultOf({ id: 'B19', what: 'start with an existing database, the best of three', value: Math.min(...again), unit: 's' }, { atMost: 2 }),
    ];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** B18: the server's own process, with nothing to do and while it decides what a shop's visitors do. */
export async function useMemory(options: BenchOptions): Promise<BenchResult[]> {
  const shop = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, visitors: 50_000 });
  const dataDir = await mkdtemp(join(tmpdir(), 'samovar-bench-memory-'));
  const started = await startProgram(['--data', dataDir, '--database', options.server.urlOf(shop.database)]);
  try {
    await sleep(IDLE_MS);
    const idle = await started.memory();
    let busy = idle;
    for (let done = 0; done < (options.quick ? 60_000 : 400_000); done += 20_000) {
      await append(shop, 20_000);
      while ((await findWork(shop.database.db)).some((work) => work.behind || work.inbox)) {
        busy = Math.max(busy ?? 0, (await started.memory()) ?? 0);
        await sleep(100);
      }
    }
    if (idle === null || busy === null) return [];
    return [
      resultOf({ id: 'B18 idle', what: 'resident memory of the server, nothing to do', value: idle, unit: 'MB' }, { atMost: 150 }),
      resultOf({ id: 'B18 busy', what: 'the same while deciding what waits', value: busy, unit: 'MB' }, { atMost: 350 }),
    ];
  } finally {
    await started.stop();
    await shop.database.drop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startProgram(args: string[]): Promise<Started> {
  const from = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'start', '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = await untilReady(child);
  if (!said.ready) throw new Error(`the server did not start:\n${said.output}`);
  return {
    seconds: (performance.now() - from) / 1_000,
    memory: () => residentMb(child.pid ?? 0),
    stop: () => new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    }),
  };
}

function untilReady(child: ChildProcess): Promise<{ ready: boolean; output: string }> {
  return new Promise((resolve) => {
    let output = '';
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes('is ready at')) resolve({ ready: true, output });
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', () => resolve({ ready: false, output }));
  });
}

async function residentMb(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = /VmRSS:\s+(\d+) kB/.exec(status);
  return found === null ? null : Number(found[1]) / 1_000;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

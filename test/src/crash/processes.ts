import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pause } from './load.ts';

const COMMAND = join(import.meta.dirname, '../../../server/bin/samovar.mjs');
const READY_LIMIT_MS = 60_000;

export type Role = 'all' | 'web' | 'worker' | 'sender';

/** One process of the product, started as a user would start it, and killed as only bad luck does. */
export class ServerProcess {
  readonly #role: Role;
  readonly #args: string[];
  readonly #log: (line: string) => void;
  #child: ChildProcess | null = null;

  constructor(role: Role, args: readonly string[], log: (line: string) => void) {
    this.#role = role;
    this.#args = ['start', '--role', role, ...args];
    this.#log = log;
  }

  start(): void {
    const child = spawn(process.execPath, [COMMAND, ...this.#args], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => { for (const line of text.trimEnd().split('\n')) this.#log(`${this.#role}: ${line}`); });
    }
    this.#child = child;
  }

  get running(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** null: it runs, or was ended by a signal. */
  get exitCode(): number | null {
    return this.#child?.exitCode ?? null;
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL', Infinity);
  }

  /** Asks it to end; false: it had to be killed. */
  async stop(limitMs: number): Promise<boolean> {
    if (await this.#end('SIGTERM', limitMs)) return true;
    await this.kill();
    return false;
  }

  async #end(signal: NodeJS.Signals, limitMs: number): Promise<boolean> {
    const child = this.#child;
    if (child === null || !this.running) return true;
    const ended = new Promise<true>((resolve) => child.once('exit', () => resolve(true)));
    child.kill(signal);
    return limitMs === Infinity ? ended : Promise.race([ended, pause(limitMs).then(() => false)]);
  }
}

export async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then((response) => response.ok, () => false);
}

/** Waits until the server says that it is ready. `supervise`: starts again what has ended. */
export async function waitUntilReady(url: string, supervise: () => void = () => {}): Promise<void> {
  const deadline = performance.now() + READY_LIMIT_MS;
  while (performance.now() < deadline) {
    if (await isReady(url)) return;
    supervise();
    await pause(50);
  }
  throw new Error(`${url} was not ready after ${READY_LIMIT_MS} ms`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Account } from './run.ts';
import type { EmbeddedOptions, EmbeddedPostgres } from './start.ts';

/** What the child says of itself: a running Postgres, or its failure. */
export type ChildReport = {
  readonly pid?: number;
  readonly encoding?: string;
  readonly connection?: EmbeddedPostgres['connection'];
  readonly code?: string;
  readonly message?: string;
};

export type ChildOptions = {
  readonly mode: 'wait' | 'once' | 'exit';
  readonly account?: Account;
  readonly env?: Readonly<Record<string, string>>;
};

/** Runs `child-main.ts` and reads its report. For tests. */
export async function startInChild(options: EmbeddedOptions, { mode, account, env }: ChildOptions): Promise<{ child: ChildProcess; report: ChildReport; ended: Promise<void> }> {
  const main = fileURLToPath(new URL('./child-main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), main, JSON.stringify(options), mode], {
    ...account,
    env: env ?? { PATH: process.env['PATH'] ?? '' },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for await (const line of createInterface({ input: child.stdout })) return { child, ended, report: JSON.parse(line) as ChildReport };
  throw new Error('the child ended without a report');
}

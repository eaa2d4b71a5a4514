import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
/** The demo's own temporary directory is made in here, so that what it leaves behind can be seen. */
const directory = await mkdtemp(join(tmpdir(), 'demo-test-'));
afterAll(() => rm(directory, { recursive: true }));

/** The loader of TypeScript on older Nodes keeps what it made. */
const left = async (): Promise<string[]> => (await readdir(directory)).filter((name) => !name.startsWith('tsx-'));

interface Told {
  code: number | null;
  output: string;
}

/** Runs the demo; `on` may end it when it has said something. */
function run(args: readonly string[], on: (output: string, end: (signal: 'SIGINT' | 'SIGTERM') => void) => void = () => {}): Promise<Told> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { env: { ...process.env, TMPDIR: directory }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        output += text.toString('utf8');
        on(output, (signal) => void child.kill(signal));
      });
    }
    child.on('close', (code) => resolve({ code, output }));
  });
}

test('what Samovar did agrees with what the shop knows by itself', async () => {
  const { code, output } = await run(['--once', '--days', '7', '--people', '50', '--seed', 'cardamom']);
  expect(output).toContain('Everything agrees with the shop\'s own books.');
  expect(code).toBe(0);
  expect(Number(/letters sent +(\d+)/.exec(output)?.[1])).toBeGreaterThan(20);
  expect(Number(/orders +(\d+)/.exec(output)?.[1])).toBeGreaterThan(3);
  expect(await left()).toEqual([]);
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it, and nothing is left behind', async (signal) => {
  const pages: string[] = [];
  const { code, output } = await run(['--port', '0', '--people', '20', '--speed', '6'], (said, end) => {
    const page = /Watch it +(\S+)/.exec(said)?.[1];
    if (page === undefined || pages.includes(page)) return;
    pages.push(page);
    end(signal);
  });
  expect(output).toContain('nothing is left behind');
  expect(code).toBe(0);
  expect(await left()).toEqual([]);
  await expect(fetch(pages[0] ?? '')).rejects.toThrow('fetch failed');
});

test('what cannot be understood is said, with what could be', async () => {
  const { code, output } = await run(['--people', 'many']);
  expect(code).toBe(2);
  expect(output).toContain('--people is a whole number from 1 to 5000');
  expect(output).toContain('npm run demo');
});

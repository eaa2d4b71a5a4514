import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer } from '@samovar/server';
import { afterAll, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const directory = await mkdtemp(join(tmpdir(), 'samovar-readme-'));
afterAll(() => rm(directory, { recursive: true }));

/** The files that the README tells its reader to write, by the path in their first line. */
async function readmeFiles(): Promise<Map<string, string>> {
  const text = await readFile(join(ROOT, 'README.md'), 'utf8');
  return new Map([...text.matchAll(/^```yaml\n# my-shop\/(\S+)\n([\s\S]*?)^```$/gm)].map(([, path = '', body = '']) => [path, body]));
}

async function writeReadmeFiles(): Promise<void> {
  const files = await readmeFiles();
  expect([...files.keys()]).toEqual(['journeys/cart-rescue.yaml', 'templates/cart-reminder.yaml', 'journeys/cart-rescue.scenarios.yaml']);
  for (const [path, body] of files) {
    await mkdir(join(directory, dirname(path)), { recursive: true });
    await writeFile(join(directory, path), body);
  }
}

/** Runs the command as the README has it, in the folder that the README's reader made. */
async function samovar(...argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'server/bin/samovar.mjs'), ...argv], { cwd: directory });
  return stdout;
}

test('the first journey of the README does what its scenarios say', async () => {
  await writeReadmeFiles();
  const stdout = await samovar('test', '.');
  expect(stdout).toContain('Reminded after an hour');
  expect(stdout).toContain('Bought in time, left in peace');
});

test('the first journey of the README is published and entered by the events of the README', async () => {
  await writeReadmeFiles();
  const server = await startServer({
    dataDir: join(directory, 'samovar-data'), databaseUrl: null, host: '127.0.0.1', port: 0, clock: { kind: 'system' }, role: 'all', smtpUrl: null, publicUrl: null,
    temporary: true, log: () => {},
  });
  try {
    expect(await samovar('apply', '.')).toContain('journey cart-rescue added');
    const calls = [...(await readFile(join(ROOT, 'README.md'), 'utf8')).matchAll(/127\.0\.0\.1:8080(\/v1\/\w+) \\\n {2}-d '([^']+)'/gm)];
    expect(calls).toHaveLength(2);
    for (const [, path = '', body = ''] of calls) {
      const authorization = `Basic ${Buffer.from(`${server.credentials!.serverKey}:`).toString('base64')}`;
      expect((await fetch(`${server.url}${path}`, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body })).status).toBe(200);
    }
    const journey = async (): Promise<string> =>
      (await fetch(`${server.url}/api/journeys/cart-rescue`, { headers: { authorization: `Bearer ${server.credentials!.adminKey}` } })).text();
    await expect.poll(journey, { timeout: 20_000 }).toContain('"waiting":1');
  } finally {
    await server.stop();
  }
});

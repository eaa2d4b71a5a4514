import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const directory = await mkdtemp(join(tmpdir(), 'samovar-readme-'));
afterAll(() => rm(directory, { recursive: true }));

/** The files that the README tells its reader to write, by the path in their first line. */
async function readmeFiles(): Promise<Map<string, string>> {
  const text = await readFile(join(ROOT, 'README.md'), 'utf8');
  return new Map([...text.matchAll(/^```yaml\n# my-shop\/(\S+)\n([\s\S]*?)^```$/gm)].map(([, path = '', body = '']) => [path, body]));
}

test('the first journey of the README does what its scenarios say', async () => {
  const files = await readmeFiles();
  expect([...files.keys()]).toEqual(['journeys/cart-rescue.yaml', 'templates/cart-reminder.yaml', 'journeys/cart-rescue.scenarios.yaml']);
  for (const [path, body] of files) {
    await mkdir(join(directory, dirname(path)), { recursive: true });
    await writeFile(join(directory, path), body);
  }
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'server/bin/samovar.mjs'), 'test', directory]);
  expect(stdout).toContain('Reminded after an hour');
  expect(stdout).toContain('Bought in time, left in peace');
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openText } from './text-source.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samovar-text-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

async function readAll(path: string): Promise<string> {
  let text = '';
  for await (const chunk of (await openText(path, 'utf-8')).chunks) text += chunk;
  return text;
}

const LINES = Array.from({ length: 5_000 }, (_, n) => `${n},سماور,${Math.imul(n, 2_654_435_761)}\n`).join('');

describe('text of a file', () => {
  it('is the same packed and not', async () => {
    expect(await readAll(await write('plain.csv', Buffer.from(LINES)))).toBe(LINES);
    expect(await readAll(await write('packed.csv.gz', gzipSync(LINES)))).toBe(LINES);
  });

  it('that was cut off is told to its reader, also to one who comes late', async () => {
    const packed = gzipSync(LINES);
    const path = await write('cut.csv.gz', packed.subarray(0, packed.length / 2));
    const late = await openText(path, 'utf-8');
    await expect(readAll(path)).rejects.toMatchObject({ code: 'import_file_unreadable' });
    await expect((async () => { for await (const _ of late.chunks) { /* read on */ } })()).rejects.toMatchObject({ code: 'import_file_unreadable' });
  });

  it('may be left half-read', async () => {
    for await (const chunk of (await openText(await write('left.csv.gz', gzipSync(LINES)), 'utf-8')).chunks) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });
});

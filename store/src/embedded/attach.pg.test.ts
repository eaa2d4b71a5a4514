import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attachEmbedded, openDatabase, startEmbedded } from '../index.ts';

let parent = '';
beforeEach(async () => { parent = await mkdtemp(join(await realpath(tmpdir()), 'samovar-attach-')); });
afterEach(async () => rm(parent, { recursive: true, force: true }));

it('reaches a database that another process runs, and none where none runs', async () => {
  const dataDir = join(parent, 'data');
  expect(await attachEmbedded(dataDir)).toBeNull();
  const embedded = await startEmbedded({ dataDir, durability: 'volatile' });
  try {
    const connection = await attachEmbedded(dataDir);
    const db = await openDatabase({ connection: connection!, maxConnections: 1 });
    expect((await db.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await db.close();
  } finally {
    await embedded.stop();
  }
  expect(await attachEmbedded(dataDir)).toBeNull();
  // What a crash leaves behind is no running server.
  await writeFile(join(dataDir, 'samovar.lock'), '999999\nlong gone\n');
  expect(await attachEmbedded(dataDir)).toBeNull();
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, openDatabase } from './index.ts';
import { testDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let directory: string;
let database: TestDatabase;

const write = (name: string, sql: string): Promise<void> => writeFile(join(directory, name), sql);
const tables = async (): Promise<string[]> => (await database.query<{ name: string }>(`select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`)).rows.map((row) => row.name);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samovar-migrations-'));
  database = await testDatabase({ empty: true });
  await write('000001-init.sql', '-- breaking\ncreate table a (id int);\ninsert into a values (1);\n');
  await write('000002-more.sql', '-- compatible\nalter table a add column b int;\ncreate table c (id int);\n');
});

afterEach(async () => {
  await database.close();
  await rm(directory, { recursive: true });
});

describe('migrate', () => {
  it('applies what is missing, in order, once', async () => {
    const told: string[] = [];
    expect(await migrate(database, { directory, log: (message) => told.push(message) })).toEqual(['000001-init', '000002-more']);
    expect(told).toEqual(['applied migration 000001-init', 'applied migration 000002-more']);
    expect(await migrate(database, { directory })).toEqual([]);
    await write('000003-last.sql', '-- compatible\ncreate table d (id int);\n');
    expect(await migrate(database, { directory })).toEqual(['000003-last']);
    expect(await tables()).toEqual(['a', 'c', 'd', 'schema_migrations']);
  });

  it('works with many starters at once', async () => {
    const starters = await Promise.all(Array.from({ length: 8 }, () => openDatabase({ connection: database.connection, maxConnections: 2 })));
    const applied = (await Promise.all(starters.map((starter) => migrate(starter, { directory })))).flat();
    await Promise.all(starters.map((starter) => starter.close()));
    expect(applied.sort()).toEqual(['000001-init', '000002-more']);
    expect((await database.query('select from a')).rowCount).toBe(1);
  });

  it('undoes a migration that fails half-way, says where, and goes on when it is mended', async () => {
    await write('000003-broken.sql', '-- compatible\ncreate table half (id int);\ncreate table half_two (id no_such_type);\n');
    await expect(migrate(database, { directory })).rejects.toMatchObject({ code: 'migration_failed', message: expect.stringContaining('«000003-broken» failed and was undone (line 3)') });
    expect(await tables()).toEqual(['a', 'c', 'schema_migrations']);
    await write('000003-broken.sql', '-- compatible\ncreate table half (id int);\n');
    expect(await migrate(database, { directory })).toEqual(['000003-broken']);
  });

  it('refuses a database of a newer version and changes nothing', async () => {
    await write('000003-later.sql', '-- compatible\ncreate table later (id int);\n');
    await migrate(database, { directory });
    await rm(join(directory, '000003-later.sql'));
    await expect(migrate(database, { directory })).rejects.toMatchObject({ code: 'database_newer', message: expect.stringContaining('«000003-later»') });
    expect(await tables()).toEqual(['a', 'c', 'later', 'schema_migrations']);
  });

  it('refuses an applied migration whose content has changed, but not other line ends', async () => {
    await migrate(database, { directory });
    await write('000002-more.sql', '-- compatible\r\nalter table a add column b int;\r\ncreate table c (id int);\r\n');
    expect(await migrate(database, { directory })).toEqual([]);
    await write('000002-more.sql', '-- compatible\ncreate table e (id int);\n');
    await expect(migrate(database, { directory })).rejects.toMatchObject({ code: 'migration_changed' });
  });

  it('refuses a migration that ends its own transaction', async () => {
    await write('000003-commits.sql', '-- compatible\ncommit;\n');
    await expect(migrate(database, { directory })).rejects.toMatchObject({ code: 'migration_failed', message: expect.stringContaining('ends its transaction') });
  });

  it.each([
    ['a name without number', 'init.sql', '-- breaking\n', 'must be named like'],
    ['no first line that says its kind', '000003-x.sql', 'create table x (id int);\n', 'first line'],
    ['a gap in the numbers', '000005-x.sql', '-- breaking\n', 'should have the number 000003'],
  ])('refuses %s', async (_, name, sql, message) => {
    await write(name, sql);
    await expect(migrate(database, { directory })).rejects.toMatchObject({ code: 'migration_file_invalid', message: expect.stringContaining(message) });
  });

  it('needs no migration at all', async () => {
    const empty = join(directory, 'empty');
    await mkdir(empty);
    expect(await migrate(database, { directory: empty })).toEqual([]);
  });
});

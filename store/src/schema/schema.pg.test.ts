import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { dumpSchema } from './dump.ts';
import { SCHEMA_FILE, schemaFileText } from './file.ts';

describe('schema.sql', () => {
  it('equals a fresh installation (else: npm run schema)', async () => {
    const database = await testDatabase();
    try {
      expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(await schemaFileText(database));
    } finally {
      await database.close();
    }
  });
});

describe('dumpSchema', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase({ empty: true });
    await database.query(`
      create type colour as enum ('red', 'green');
      create function twice(n int) returns int language sql immutable as 'select n * 2';
      create table log (shard smallint not null, seq bigint not null, payload bytea, primary key (shard, seq)) partition by range (seq);
      alter table log alter column payload set storage external;
      create table log_first partition of log for values from (0) to (1000) with (fillfactor = 70);
      create table thing (
        id uuid primary key, shard smallint not null, name text collate "C" default 'x', size int check (size > 0), colour colour,
        doubled int generated always as (size * 2) stored, seq bigint, unique (name),
        foreign key (shard, seq) references log (shard, seq) on delete cascade
      ) with (fillfactor = 50, toast.autovacuum_enabled = false);
      create index thing_by_size on thing (size desc) include (name) where size > 5;
      create view big_things as select id from thing where size > 100;
    `);
  });

  afterAll(() => database.close());

  it('shows every part of a table', async () => {
    const text = await dumpSchema(database);
    for (const part of [
      `create type colour as enum ('red', 'green');`,
      'function public.twice(n integer)',
      'payload bytea storage external',
      'partition by range (seq)',
      `create table log_first partition of log for values from ('0') to ('1000') with (fillfactor=70);`,
      `name text collate "C" default 'x'::text`,
      'doubled integer generated always as ((size * 2)) stored',
      'constraint thing_pkey primary key (id)',
      'constraint thing_size_check check ((size > 0))',
      'constraint thing_shard_seq_fkey foreign key (shard, seq) references log(shard, seq) on delete cascade',
      'with (fillfactor=50, toast.autovacuum_enabled=false)',
      'thing_by_size on public.thing using btree (size desc) include (name) where (size > 5);',
      'create view big_things as',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('log_first_pkey');
  });

  it('changes with any change', async () => {
    const before = await dumpSchema(database);
    expect(await dumpSchema(database)).toBe(before);
    await database.query('alter table thing alter column size set default 7');
    expect(await dumpSchema(database)).not.toBe(before);
  });
});

import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { looksLikeSql, sqlRule } from './sql.ts';

/** Put together here, so that this file passes the check that it tests. */
const breaking = (...words: string[]): string => `-- breaking\n${words.join(' ')}\n`;
const findings = (path: string, text: string): string[] => sqlRule.check([sourceFile(path, text)]).map((finding) => finding.message);

describe('files', () => {
  const path = 'store/migrations/000001-init.sql';

  test('a good migration', () => {
    expect(findings(path, "-- compatible\n-- Why: NOT because SELECT * is nice.\ncreate table \"ORDER\" (id bigint default 0 check (id <> 'SELECT'));\n")).toEqual([]);
  });

  test.each([
    [path, 'create table a (id bigint);\n', 'first line'],
    [path, '-- compatible, mostly\n', 'first line'],
    [path, breaking('CREATE', 'table a (id bigint);'), 'lower case: CREATE'],
    [path, breaking('create', 'table a (id BIGINT);'), 'lower case: BIGINT'],
    [path, breaking('create', 'view a as select * from b;'), 'name the columns'],
    [path, breaking('create', 'view a as select b.* from b;'), 'name the columns'],
    ['store/migrations/1-init.sql', '-- breaking\n', 'six digits'],
    ['store/migrations/000001_Init.sql', '-- breaking\n', 'six digits'],
  ])('%s %j', (at, text, message) => {
    expect(findings(at, text)).toEqual([expect.stringContaining(message)]);
  });

  test('the line of a finding is the line of the word', () => {
    expect(sqlRule.check([sourceFile('store/src/x.sql', '-- a\n/* b\n */\nselect a FROM b;\n')])).toEqual([expect.objectContaining({ line: 4 })]);
  });

  test('numbers without gaps or repeats', () => {
    const migration = (name: string) => sourceFile(`store/migrations/${name}.sql`, '-- compatible\n');
    expect(sqlRule.check(['000001-a', '000002-b'].map(migration))).toEqual([]);
    expect(sqlRule.check(['000001-a', '000001-b'].map(migration))).toHaveLength(1);
    expect(sqlRule.check(['000001-a', '000003-b'].map(migration))).toHaveLength(1);
  });
});

describe('strings in code', () => {
  test.each([
    "const q = 'select id, count(*) from contacts where id = $1';",
    'const q = `insert into a (id) values (${id}) returning id`;',
    '// SELECT * FROM a\nconst x = 1;',
    "const q = `select a from b where kind = 'SELECT'`;",
    'const q = `insert into a (b, c) select u.* from unnest($1::int[], $2::text[]) u on conflict do nothing`;',
    'const q = `insert into a (b, c) select s.shard, u.* from shards s, unnest($1::int[]) as u(c) where s.shard = $2`;',
  ])('%s is fine', (text) => {
    expect(findings('store/src/a.ts', text)).toEqual([]);
  });

  test.each([
    ["const q = 'SELECT id FROM contacts';", 'lower case: SELECT'],
    ['const q = sql`update a set b = 1 WHERE c = ${c}`;', 'lower case: WHERE'],
    ['const q = `\n  select *\n  from a`;', 'name the columns'],
    ["const q = 'select s.*, u.* from shards s, unnest($1::int[]) u';", 'name the columns'],
    ["const q = 'select s.shard, t.* from shards s, topics t';", 'name the columns'],
    ["const q = 'select * from a';", 'name the columns'],
    ["const q = 'insert into a (b) values (1) returning *';", 'name the columns'],
    ["const q = 'delete from a where b IN (1)';", 'lower case: IN'],
  ])('%s', (text, message) => {
    expect(findings('store/src/a.ts', text)).toEqual([expect.stringContaining(message)]);
  });

  test.each(['Select a topic', 'Update your profile and set a password', 'Delete from the list for good', 'With love as always', 'Create an account'])('"%s" is a sentence', (text) => {
    expect(looksLikeSql(text)).toBe(false);
  });
});

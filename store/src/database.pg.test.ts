import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, statement, StoreError } from './index.ts';
import { testDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ empty: true });
  await database.query('create table account (id int primary key, amount int8 not null check (amount >= 0))');
});

afterAll(() => database.close());

const total = async (): Promise<number> => (await database.query<{ total: number }>('select coalesce(sum(amount), 0)::int8 as total from account')).rows[0]!.total;

/** A promise and the function that resolves it. */
function gate(): { promise: Promise<void>; open: () => void } {
  let open = (): void => {};
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

describe('query', () => {
  it('reads int8 as a number, also in arrays, and refuses what would lose digits', async () => {
    const { rows } = await database.query('select 9007199254740991::int8 as n, array[1, null, 3]::int8[] as list');
    expect(rows).toEqual([{ n: 9007199254740991, list: [1, null, 3] }]);
    await expect(database.query('select 9007199254740992::int8 as n')).rejects.toMatchObject({ code: 'number_out_of_range' });
    expect((await database.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
  });

  it('runs named statements many times on many connections', async () => {
    const double = statement('test_double', 'select $1::int * 2 as n');
    const results = await Promise.all(Array.from({ length: 200 }, (_, n) => database.query<{ n: number }>(double, [n])));
    expect(results.map((result) => result.rows[0]!.n)).toEqual(Array.from({ length: 200 }, (_, n) => n * 2));
  });

  it('says which parameter cannot be sent', async () => {
    await expect(database.query('select $1', [{} as never])).rejects.toThrow('parameter $1 is object');
  });
});

describe('statement', () => {
  it('refuses a second text for a name, and a name that is none', () => {
    expect(statement('test_once', 'select 1')).toEqual(statement('test_once', 'select 1'));
    expect(() => statement('test_once', 'select 2')).toThrow('two different statements');
    expect(() => statement('Test Once', 'select 2')).toThrow('not a statement name');
  });
});

describe('transaction', () => {
  it('commits what was pipelined, awaited or not', async () => {
    await database.query('truncate account');
    const value = await database.transaction(async (tx) => {
      void tx.query('insert into account values (1, 10)');
      const [, count] = await Promise.all([tx.query('insert into account values (2, 20)'), tx.query<{ n: number }>('select count(*) as n from account')]);
      void tx.query('insert into account values (3, 30)');
      return count.rows[0]!.n;
    });
    expect(value).toBe(2);
    expect(await total()).toBe(60);
  });

  it('undoes everything and throws the first failure, not the ones that follow from it', async () => {
    await database.query('truncate account');
    const failing = database.transaction(async (tx) => {
      await Promise.all([
        tx.query('insert into account values (1, 10)'),
        tx.query('insert into account values (1, 20)'),
        tx.query('insert into account values (2, 20)'),
      ]);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    expect(await total()).toBe(0);
  });

  it('fails when a query that nobody awaited fails, sent before or after the function has ended', async () => {
    await database.query('truncate account');
    const failing = database.transaction(async (tx) => {
      void tx.query('insert into account values (1, 10)');
      void tx.query('insert into account values (2, -1)').catch(() => {});
    });
    await expect(failing).rejects.toMatchObject({ code: '23514' });
    const unsendable = database.transaction(async (tx) => {
      void tx.query('insert into account values (1, 10)');
      void tx.query('insert into account values (2, $1)', [undefined as never]).catch(() => {});
    });
    await expect(unsendable).rejects.toThrow('parameter $1 is undefined');
    expect(await total()).toBe(0);
  });

  it('undoes everything when the function throws, and keeps the connection usable', async () => {
    await database.query('truncate account');
    const failing = database.transaction(async (tx) => {
      await tx.query('insert into account values (1, 10)');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await total()).toBe(0);
  });

  it('refuses queries after its end', async () => {
    const leaked = await database.transaction(async (tx) => tx);
    await expect(leaked.query('select 1')).rejects.toThrow('transaction that is over');
  });

  it('runs again after a deadlock', async () => {
    await database.query('truncate account');
    await database.query('insert into account values (1, 100), (2, 100)');
    const firstHas = gate();
    const secondHas = gate();
    let runs = 0;
    const move = (from: number, to: number, mine: { open: () => void }, other: { promise: Promise<void> }): Promise<void> =>
      database.transaction(async (tx) => {
        runs++;
        await tx.query('update account set amount = amount - 10 where id = $1', [from]);
        mine.open();
        await other.promise;
        await tx.query('update account set amount = amount + 10 where id = $1', [to]);
      });
    await Promise.all([move(1, 2, firstHas, secondHas), move(2, 1, secondHas, firstHas)]);
    expect(runs).toBeGreaterThanOrEqual(3);
    expect(await total()).toBe(200);
  });

  it('runs again when its connection is ended, and survives idle connections being ended', async () => {
    await database.query('truncate account');
    let runs = 0;
    await database.transaction(async (tx) => {
      runs++;
      await tx.query('insert into account values (1, 10)');
      if (runs === 1) {
        const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await database.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
        await tx.query('select 1');
      }
    });
    expect(runs).toBe(2);
    expect(await total()).toBe(10);
    const other = await openDatabase({ connection: database.connection, maxConnections: 1 });
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`);
    await other.close();
    expect(await database.transaction(async (tx) => (await tx.query<{ n: number }>('select 1 as n')).rows[0]!.n)).toBe(1);
  });
});

describe('openDatabase', () => {
  it('says what is wrong when there is no server', async () => {
    const opening = openDatabase({ connection: { connectionString: 'postgresql://nobody@127.0.0.1:1/none' }, connectForMs: 50 });
    await expect(opening).rejects.toThrow(StoreError);
    await expect(opening).rejects.toMatchObject({ code: 'database_unreachable' });
  });
});

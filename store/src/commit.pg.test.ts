import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from './index.ts';
import type { ConnectionConfig, Database } from './index.ts';
import { testDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

/** Stands between client and server, and cuts the line at the next COMMITs: before it is forwarded, or before its answer comes back. */
const cuts = { before: 0, after: 0 };
let proxy: Server;
let direct: TestDatabase;
let database: Database;

function dialServer(connection: ConnectionConfig): Socket {
  if ('host' in connection) return connect(`${connection.host}/.s.PGSQL.${connection.port}`);
  const url = new URL(connection.connectionString);
  return connect(Number(url.port === '' ? 5432 : url.port), url.hostname);
}

function forward(client: Socket): void {
  const server = dialServer(direct.connection);
  let silent = false;
  server.on('data', (data) => silent || client.write(data));
  client.on('data', (data) => {
    const isCommit = data.includes('commit\0');
    if (isCommit && cuts.before > 0) {
      cuts.before--;
      client.destroy();
      server.destroy();
      return;
    }
    if (isCommit && cuts.after > 0) {
      cuts.after--;
      silent = true;
      // When the answer has come, it is committed; the client never hears of it.
      server.on('data', (answer) => answer.includes('COMMIT\0') && client.destroy());
    }
    server.write(data);
  });
  for (const [one, other] of [[client, server], [server, client]] as const) {
    one.on('error', () => {});
    one.on('close', () => other.end());
  }
}

beforeAll(async () => {
  direct = await testDatabase({ empty: true });
  await direct.query('create table entry (n int)');
  proxy = createServer(forward).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const port = (proxy.address() as AddressInfo).port;
  const connection = direct.connection;
  const through =
    'host' in connection
      ? { ...connection, host: '127.0.0.1', port }
      : { connectionString: Object.assign(new URL(connection.connectionString), { host: `127.0.0.1:${port}` }).href };
  database = await openDatabase({ connection: through, maxConnections: 1 });
});

afterAll(async () => {
  await database.close();
  proxy.close();
  await direct.close();
});

const count = async (): Promise<number> => (await direct.query('select from entry')).rowCount;

describe('a connection that breaks during COMMIT', () => {
  it.each(['awaits', 'does not await'] as const)('is reported as unknown when it was committed, and not run again (%s)', async (style) => {
    await direct.query('truncate entry');
    cuts.after = 1;
    let runs = 0;
    const running = database.transaction(async (tx) => {
      runs++;
      const insert = tx.query('insert into entry values (1)');
      if (style === 'awaits') await insert;
    });
    await expect(running).rejects.toMatchObject({ code: 'commit_unknown' });
    expect(runs).toBe(1);
    expect(await count()).toBe(1);
  });

  it('is run again when that does no harm', async () => {
    await direct.query('truncate entry');
    cuts.after = 1;
    let runs = 0;
    await database.transaction(
      async (tx) => {
        runs++;
        await tx.query('insert into entry select 1 where not exists (select from entry)');
      },
      { idempotent: true },
    );
    expect(runs).toBe(2);
    expect(await count()).toBe(1);
  });

  it('is run again until it is committed when nothing got through', async () => {
    await direct.query('truncate entry');
    cuts.before = 3;
    await database.transaction((tx) => tx.query('insert into entry values (1)'), { idempotent: true });
    expect(await count()).toBe(1);
  });
});

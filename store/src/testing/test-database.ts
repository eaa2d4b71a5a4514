import { createHash, randomBytes } from 'node:crypto';
import { openDatabase } from '../database.ts';
import type { ConnectionConfig, Database } from '../database.ts';
import { MIGRATIONS_DIRECTORY, migrate } from '../migrate.ts';
import { readMigrations } from '../migration-files.ts';
import { startTestServer } from './server.ts';

export type TestDatabaseOptions = {
  /** Other migrations than Samovar's. */
  readonly migrations?: string;
  readonly maxConnections?: number;
  /** An empty database, not even migrated. */
  readonly empty?: boolean;
};

/** A database that only the calling test file uses, migrated and otherwise empty. */
export type TestDatabase = Database & {
  /** For parts that open their own connections, a server in process for example. */
  readonly connection: ConnectionConfig;
  /** Closes and drops it. To be called in `afterAll`. */
  close(): Promise<void>;
};

/** Two workers may make the template at the same time; this only ever runs on the test server. */
const TEMPLATE_LOCK = 7_263_548;

function connectionTo(server: ConnectionConfig, database: string): ConnectionConfig {
  if (!('connectionString' in server)) return { ...server, database };
  const url = new URL(server.connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.href };
}

async function templateName(migrations: string): Promise<string> {
  const hash = createHash('sha256');
  for (const migration of await readMigrations(migrations)) hash.update(`${migration.name}\0${migration.checksum}\0`);
  return `samovar_template_${hash.digest('hex').slice(0, 16)}`;
}

async function exists(admin: Database, name: string): Promise<boolean> {
  return (await admin.query('select from pg_database where datname = $1', [name])).rowCount > 0;
}

/** Made under another name first, so that a template is whole when it can be seen. */
async function makeTemplate(admin: Database, server: ConnectionConfig, name: string, migrations: string): Promise<void> {
  if (await exists(admin, name)) return;
  const draft = `${name}_draft`;
  await admin.query(`drop database if exists ${draft}`);
  await admin.query(`create database ${draft} encoding 'UTF8' template template0`);
  const database = await openDatabase({ connection: connectionTo(server, draft), maxConnections: 1 });
  try {
    await migrate(database, { directory: migrations });
  } finally {
    await database.close();
  }
  await admin.query(`alter database ${draft} rename to ${name}`);
}

async function ensureTemplate(admin: Database, server: ConnectionConfig, migrations: string): Promise<string> {
  const name = await templateName(migrations);
  if (await exists(admin, name)) return name;
  const locker = await openDatabase({ connection: server, maxConnections: 1 });
  try {
    await locker.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await makeTemplate(admin, server, name, migrations);
  } finally {
    await locker.close();
  }
  return name;
}

/** A fresh database made from a migrated template in some tens of milliseconds, on the one test server of the run. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { connection: server } = await startTestServer();
  const admin = await openDatabase({ connection: server, maxConnections: 1 });
  const name = `samovar_test_${randomBytes(8).toString('hex')}`;
  try {
    const template = options.empty === true ? 'template0' : await ensureTemplate(admin, server, options.migrations ?? MIGRATIONS_DIRECTORY);
    await admin.query(`create database ${name} encoding 'UTF8' template ${template}`);
    const connection = connectionTo(server, name);
    const database = await openDatabase({ connection, maxConnections: options.maxConnections ?? 10 });
    return {
      connection,
      serverVersion: database.serverVersion,
      query: (statement, parameters) => database.query(statement, parameters),
      transaction: (fn, transactionOptions) => database.transaction(fn, transactionOptions),
      close: async () => {
        await database.close();
        await admin.query(`drop database if exists ${name} with (force)`);
        await admin.close();
      },
    };
  } catch (error) {
    await admin.close();
    throw error;
  }
}

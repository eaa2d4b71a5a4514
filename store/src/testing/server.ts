import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionConfig } from '../database.ts';
import { startEmbedded } from '../embedded/start.ts';

/** Set for a run on another server than the embedded one (Postgres 15, Citus): a URL whose user may create databases. */
const EXTERNAL_SERVER_VARIABLE = 'SAMOVAR_TEST_DATABASE_URL';
/** How the run's server reaches the worker processes. */
const SHARED_SERVER_VARIABLE = 'SAMOVAR_TEST_SERVER';
const MAX_CONNECTIONS = 200;

export type TestServer = { readonly connection: ConnectionConfig; stop(): Promise<void> };

/** The connection that the run's global set-up (or the caller's environment) has prepared, if any. */
export function preparedServer(): ConnectionConfig | undefined {
  const shared = process.env[SHARED_SERVER_VARIABLE];
  if (shared !== undefined && shared !== '') return JSON.parse(shared) as ConnectionConfig;
  const external = process.env[EXTERNAL_SERVER_VARIABLE];
  return external === undefined || external === '' ? undefined : { connectionString: external };
}

/**
 * A Postgres in a temporary directory, for tests: nothing of it survives a crash (fsync is off) or the end of this process.
 * Does nothing but hand out the connection when one is prepared already.
 */
export async function startTestServer(): Promise<TestServer> {
  const prepared = preparedServer();
  if (prepared !== undefined) return { connection: prepared, stop: async () => {} };
  const dataDir = await mkdtemp(join(await realpath(tmpdir()), 'samovar-test-'));
  const embedded = await startEmbedded({ dataDir, durability: 'volatile', temporary: true, maxConnections: MAX_CONNECTIONS });
  process.env[SHARED_SERVER_VARIABLE] = JSON.stringify(embedded.connection);
  return {
    connection: embedded.connection,
    stop: async () => {
      delete process.env[SHARED_SERVER_VARIABLE];
      await embedded.stop();
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShards, ensurePartitions, migrate, openDatabase, startEmbedded, type ConnectionConfig, type Database } from '@samovar/store';
import { cpuSeconds } from './cpu-time.ts';

/** A database of one bench. */
export interface BenchDatabase {
  db: Database;
  connection: ConnectionConfig;
  name: string;
  /** Processor time spent so far by this process and by the server, all databases together. */
  cpuSeconds(): number;
  /** Closes and drops it. */
  drop(): Promise<void>;
}

export interface BenchServer {
  /** A migrated database with shards and partitions. */
  fresh(options: { shardCount: number; maxConnections?: number }): Promise<BenchDatabase>;
  /** A copy of a database to which nobody is connected at the moment; the original is closed, and opened again. */
  copy(original: BenchDatabase): Promise<{ original: BenchDatabase; copy: BenchDatabase }>;
  /** For programs of their own. */
  urlOf(database: BenchDatabase): string;
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 12;

/** Starts a Postgres with everything on that keeps data safe, in a directory that is deleted afterwards. */
export async function startBenchServer(): Promise<BenchServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'samovar-bench-'));
  const embedded = await startEmbedded({ dataDir, durability: 'durable', temporary: true });
  const admin = await openDatabase({ connection: embedded.connection, maxConnections: 1 });
  let made = 0;

  const open = async (name: string, maxConnections = MAX_CONNECTIONS): Promise<BenchDatabase> => {
    const connection = { ...embedded.connection, database: name };
    const db = await openDatabase({ connection, maxConnections });
    return {
      db, connection, name,
      cpuSeconds: () => cpuSeconds(embedded.pid),
      drop: async () => {
        await db.close();
        await admin.query(`drop database ${name} with (force)`);
      },
    };
  };
  return {
    urlOf({ name }) {
      // A URL without a host, which is what a socket has, is none for the URL class.
      return embedded.connectionString.replace('@/postgres?', `@/${name}?`);
    },
    async fresh({ shardCount, maxConnections }) {
      const name = `bench_${(made += 1)}`;
      await admin.query(`create database ${name} encoding 'UTF8' template template0`);
      const database = await open(name, maxConnections);
      await migrate(database.db);
      await createShards(database.db, shardCount);
      await ensurePartitions(database.db, Date.now());
      return database;
    },
    async copy(original) {
      await original.db.close();
      const name = `bench_${(made += 1)}`;
      await admin.query(`create database ${name} template ${original.name} strategy file_copy`);
      return { original: await open(original.name), copy: await open(name) };
    },
    async stop() {
      await admin.close();
      await embedded.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

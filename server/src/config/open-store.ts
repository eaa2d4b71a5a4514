import { DEFAULT_SHARD_COUNT, createShards, migrate, openDatabase, startEmbedded, type Database, type EmbeddedPostgres } from '@samovar/store';
import type { StartOptions } from './start-options.ts';

/** Connections that one process keeps; the embedded server allows several processes' worth. */
const MAX_CONNECTIONS = 12;

export interface OpenStore {
  db: Database;
  /** null: somebody else's server. */
  embedded: EmbeddedPostgres | null;
  shardCount: number;
  close(): Promise<void>;
}

/** Starts or reaches the database and brings its schema up to date. */
export async function openStore(options: StartOptions): Promise<OpenStore> {
  const { databaseUrl, log } = options;
  const embedded = databaseUrl === null ? await startEmbedded({ dataDir: options.dataDir, log, temporary: options.temporary ?? false, durability: options.temporary === true ? 'volatile' : 'durable' }) : null;
  try {
    const connection = embedded === null ? { connectionString: databaseUrl ?? '' } : embedded.connection;
    const db = await openDatabase({
      connection, maxConnections: MAX_CONNECTIONS,
      onTrouble: (message, error) => log(`database: ${message}: ${error instanceof Error ? error.message : String(error)}`),
    });
    const close = async (): Promise<void> => {
      await db.close();
      await embedded?.stop();
    };
    try {
      await migrate(db, { log });
      const shardCount = await shardCountOf(db);
      await createShards(db, shardCount);
      return { db, embedded, shardCount, close };
    } catch (error) {
      await db.close();
      throw error;
    }
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function shardCountOf(db: Database): Promise<number> {
  const { rows } = await db.query<{ count: number }>('select count(*) as count from log_head');
  const existing = rows[0]?.count ?? 0;
  return existing > 0 ? existing : DEFAULT_SHARD_COUNT;
}

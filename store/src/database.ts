import pg from 'pg';
import type { PoolClient } from 'pg';
import { StoreError, isStoreError } from './errors.ts';
import { RETRY_FOR_MS, isConnectionFailure, withRetry } from './retry.ts';
import { checkParameters } from './statement.ts';
import type { SqlParameter, Statement } from './statement.ts';
import { runTransaction, send } from './transaction.ts';
import type { Queryable, QueryResult, Transaction } from './transaction.ts';
import { typeParsers } from './type-parsers.ts';

/** Where a database is: a URL, or the fields of one (as the embedded Postgres gives them). */
export type ConnectionConfig =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly password: string; readonly database: string };

export type DatabaseOptions = {
  readonly connection: ConnectionConfig;
  /** Connections kept by this process at most. */
  readonly maxConnections?: number;
  /** How long to wait for a server that is not there yet. */
  readonly connectForMs?: number;
  /** Told of lost idle connections and of transactions that are run again. */
  readonly onTrouble?: (message: string, error: unknown) => void;
};

export type TransactionOptions = {
  /** Stop running it again after so long; 0 runs it once. */
  readonly retryForMs?: number;
  /** True when running it a second time after an unknown COMMIT does no harm (it checks for itself what is done). */
  readonly idempotent?: boolean;
};

/** A pool of pipelined connections. */
export type Database = Queryable & {
  /**
   * Runs `fn` in one transaction, again from the start after a deadlock, a serialisation failure or a lost connection;
   * so `fn` keeps nothing outside of itself. An unknown COMMIT is only run again when `idempotent`, else it throws `commit_unknown`.
   */
  transaction<T>(fn: (transaction: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Waits for running queries, then closes all connections. */
  close(): Promise<void>;
  /** As in `server_version_num`, for example 180004. */
  readonly serverVersion: number;
};

const MIN_SERVER_VERSION = 150_000;
const DEFAULT_MAX_CONNECTIONS = 10;
const DEFAULT_CONNECT_FOR_MS = 15_000;
const CONNECT_TIMEOUT_MS = 30_000;

/** For our own server, which no variable like PGSSLMODE or PGOPTIONS is about. */
const OWN_SERVER = { ssl: false, options: '-c client_encoding=UTF8' } as const;

function createPool(options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    ...('host' in options.connection ? OWN_SERVER : {}),
    ...options.connection,
    max: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'samovar',
    keepAlive: true,
    pipeline: true,
    types: typeParsers,
  });
  // Without these listeners a lost connection, idle or in use, ends the process.
  pool.on('error', (error) => options.onTrouble?.('an idle database connection was lost', error));
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

async function checkServer(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ version: string; server: string; client: string }>(
    `select current_setting('server_version_num') as version, current_setting('server_encoding') as server, current_setting('client_encoding') as client`,
  );
  const [row] = rows;
  const version = Number(row?.version);
  if (!(version >= MIN_SERVER_VERSION)) {
    throw new StoreError('database_too_old', `The database server is Postgres ${Math.floor(version / 10_000)}; Samovar needs 15 or newer. Upgrade it, or let Samovar run its own.`);
  }
  if (row?.server !== 'UTF8' || row.client !== 'UTF8') {
    throw new StoreError('database_encoding', `The database stores ${row?.server} and talks ${row?.client}; Samovar needs UTF8 for both. Create it with: create database samovar encoding 'UTF8' template template0`);
  }
  return version;
}

function reasonOf(error: unknown): string {
  // A host name with several addresses fails once for each, with an empty message of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

function unreachable(error: unknown): StoreError {
  return new StoreError('database_unreachable', `No connection to the database: ${reasonOf(error)}. Check that it runs, and its address and password.`, { cause: error });
}

class PooledDatabase implements Database {
  readonly serverVersion: number;
  readonly #pool: pg.Pool;
  readonly #onTrouble: NonNullable<DatabaseOptions['onTrouble']>;

  constructor(pool: pg.Pool, serverVersion: number, options: DatabaseOptions) {
    this.#pool = pool;
    this.serverVersion = serverVersion;
    this.#onTrouble = options.onTrouble ?? (() => {});
  }

  async query<R extends object>(statement: string | Statement, parameters?: readonly SqlParameter[]): Promise<QueryResult<R>> {
    if (parameters !== undefined) checkParameters(parameters);
    return this.#withClient((client) => send<R>(client, statement, parameters));
  }

  async transaction<T>(fn: (transaction: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const attempt = async (): Promise<T> => {
      try {
        return await this.#withClient((client) => runTransaction(client, fn));
      } catch (error) {
        // The cause is a lost connection, which is run again.
        throw options.idempotent === true && isStoreError(error, 'commit_unknown') ? error.cause : error;
      }
    };
    return withRetry(attempt, {
      retryForMs: options.retryForMs ?? RETRY_FOR_MS,
      onRetry: (error, count) => this.#onTrouble(`a transaction is run again (attempt ${count + 1})`, error),
    });
  }

  async #withClient<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      const result = await use(client);
      client.release();
      return result;
    } catch (error) {
      // Any doubt about the connection's state ends the connection, not the next user of it.
      const reusable = !isConnectionFailure(error) && client.getTransactionStatus() === 'I';
      client.release(!reusable);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Connects to a database, waiting for one that is starting, and checks that it can be used. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const pool = createPool(options);
  try {
    const version = await withRetry(() => checkServer(pool), { retryForMs: options.connectForMs ?? DEFAULT_CONNECT_FOR_MS });
    return new PooledDatabase(pool, version, options);
  } catch (error) {
    await pool.end();
    throw isStoreError(error) ? error : unreachable(error);
  }
}

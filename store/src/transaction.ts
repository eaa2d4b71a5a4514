import type { PoolClient } from 'pg';
import { StoreError } from './errors.ts';
import { isConnectionFailure } from './retry.ts';
import { checkParameters } from './statement.ts';
import type { SqlParameter, Statement } from './statement.ts';

/** Rows and their number; for a write without `returning` the number of rows written. */
export type QueryResult<R extends object> = { readonly rows: R[]; readonly rowCount: number };

/** Runs statements: the database itself, or a transaction. */
export type Queryable = {
  query<R extends object = Record<string, unknown>>(statement: string | Statement, parameters?: readonly SqlParameter[]): Promise<QueryResult<R>>;
};

/**
 * A running transaction. Queries are sent at once, without waiting for the ones before (pipelining): issue several,
 * await them together. When one fails, the whole transaction fails with the first failure, awaited or not.
 */
export type Transaction = Queryable;

/** Sends a statement on a connection; the one place where `pg`'s loose types are narrowed. */
export async function send<R extends object>(
  client: Pick<PoolClient, 'query'>,
  statement: string | Statement,
  parameters: readonly SqlParameter[] | undefined,
): Promise<QueryResult<R>> {
  const values = parameters === undefined ? [] : [...parameters];
  const result =
    typeof statement === 'string'
      ? await client.query<R>(statement, values)
      : await client.query<R>({ name: statement.name, text: statement.text, values });
  return { rows: result.rows, rowCount: result.rowCount ?? 0 };
}

class RunningTransaction implements Transaction {
  readonly #client: PoolClient;
  readonly #issued: Promise<unknown>[] = [];
  readonly #failures: unknown[] = [];
  #corked = false;
  #over = false;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  query<R extends object>(statement: string | Statement, parameters?: readonly SqlParameter[]): Promise<QueryResult<R>> {
    if (this.#over) return Promise.reject(new Error('a query was sent to a transaction that is over'));
    if (parameters !== undefined) {
      try {
        checkParameters(parameters);
      } catch (error) {
        this.#failures.push(error);
        return Promise.reject(error);
      }
    }
    this.#cork();
    const result = send<R>(this.#client, statement, parameters);
    // Counted even when nobody awaits it, so that a forgotten failure neither commits nor ends the process.
    this.#issued.push(result.catch((error: unknown) => this.#failures.push(error)));
    return result;
  }

  /** Gathers what is sent in one turn of the event loop into one write. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    const { stream } = this.#client.connection;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }

  get firstFailure(): unknown {
    return this.#failures[0];
  }

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  isFailureOfQuery(error: unknown): boolean {
    return this.#failures.includes(error);
  }

  /** Waits for everything that was issued, also by what `fn` left running. */
  async settle(): Promise<void> {
    for (let done = 0; done < this.#issued.length; ) {
      done = this.#issued.length;
      await Promise.all(this.#issued);
    }
  }

  end(): void {
    this.#over = true;
  }
}

/** Ends a failed transaction; a connection on which even that fails is not used again. */
async function rollBack(client: PoolClient, transaction: RunningTransaction): Promise<void> {
  await transaction.settle();
  transaction.end();
  await client.query('rollback').catch(() => {});
}

function commitUnknown(cause: unknown): StoreError {
  return new StoreError('commit_unknown', 'The connection to the database broke while a transaction was being committed; look up whether it happened before doing it again.', { cause });
}

async function commit(client: PoolClient): Promise<void> {
  try {
    await client.query('commit');
  } catch (error) {
    throw isConnectionFailure(error) ? commitUnknown(error) : error;
  }
}

/**
 * Runs `fn` in one transaction on `client`, once; the caller releases the client.
 * A connection that breaks while COMMIT is under way leaves the outcome open: `commit_unknown`.
 */
export async function runTransaction<T>(client: PoolClient, fn: (transaction: Transaction) => Promise<T>): Promise<T> {
  const transaction = new RunningTransaction(client);
  // Not awaited: it travels with the first queries.
  void transaction.query('begin').catch(() => {});
  let value: T;
  try {
    value = await fn(transaction);
    if (transaction.failed) throw transaction.firstFailure;
  } catch (error) {
    await rollBack(client, transaction);
    // Later queries of a failed transaction only say that it failed; the first one says why.
    throw transaction.isFailureOfQuery(error) ? transaction.firstFailure : error;
  }
  transaction.end();
  // Sent behind whatever `fn` left running: if any of that fails, the server answers COMMIT with ROLLBACK.
  const committing = commit(client);
  committing.catch(() => {});
  await transaction.settle();
  if (transaction.failed) {
    const failure = transaction.firstFailure;
    throw isConnectionFailure(failure) ? commitUnknown(failure) : failure;
  }
  await committing;
  return value;
}

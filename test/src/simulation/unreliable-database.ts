import { StoreError, openDatabase, type ConnectionConfig, type Database, type QueryResult, type SqlParameter, type Statement, type Transaction, type TransactionOptions } from '@samovar/store';

/** What goes wrong with one transaction. */
export type TransactionFault =
  /** Everything was written, and then the commit does not happen; it is run again, as after a deadlock. */
  | 'rolled-back'
  /** It is committed, and nobody is told. */
  | 'answer-lost';

class RolledBack extends Error {}

/** What a process that is gone does. */
function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}

/**
 * The database as one process of the simulation has it: its transactions fail now and then, and once the process is
 * dead nothing that it began goes on.
 */
export class UnreliableDatabase implements Database {
  readonly serverVersion: number;
  readonly #inner: Database;
  readonly #fault: () => TransactionFault | null;
  #dead = false;

  constructor(inner: Database, fault: () => TransactionFault | null) {
    this.#inner = inner;
    this.#fault = fault;
    this.serverVersion = inner.serverVersion;
  }

  static async open(connection: ConnectionConfig, fault: () => TransactionFault | null): Promise<UnreliableDatabase> {
    return new UnreliableDatabase(await openDatabase({ connection, maxConnections: 6 }), fault);
  }

  /** The process dies: what it has not committed is undone, and it never hears of what it has. Resolves when the server knows. */
  async die(): Promise<void> {
    this.#dead = true;
    await this.#inner.close();
  }

  async query<R extends object>(statement: string | Statement, parameters?: readonly SqlParameter[]): Promise<QueryResult<R>> {
    return this.#whileAlive(() => this.#inner.query<R>(statement, parameters));
  }

  async transaction<T>(fn: (transaction: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#whileAlive(() => this.#faulty(async (transaction) => {
      const result = await fn(transaction);
      if (this.#dead) throw new RolledBack('the process died before its commit');
      return result;
    }, options));
  }

  async close(): Promise<void> {
    if (!this.#dead) await this.#inner.close();
  }

  async #faulty<T>(fn: (transaction: Transaction) => Promise<T>, options: TransactionOptions): Promise<T> {
    const fault = this.#fault();
    if (fault === 'rolled-back') await this.#undone(fn);
    const result = await this.#inner.transaction(fn, options);
    if (fault !== 'answer-lost') return result;
    if (options.idempotent === true) return this.#inner.transaction(fn, options);
    throw new StoreError('commit_unknown', 'The answer to the commit was lost.');
  }

  async #undone(fn: (transaction: Transaction) => Promise<unknown>): Promise<void> {
    const undone = new RolledBack('the commit fails');
    await this.#inner.transaction(async (transaction) => {
      await fn(transaction);
      throw undone;
    }).catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  }

  async #whileAlive<T>(act: () => Promise<T>): Promise<T> {
    if (this.#dead) return never();
    try {
      const result = await act();
      return this.#dead ? await never<T>() : result;
    } catch (error) {
      if (this.#dead) return never();
      throw error;
    }
  }
}

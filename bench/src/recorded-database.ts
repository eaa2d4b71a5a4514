import type { Database, Queryable, SqlParameter, Statement } from '@samovar/store';

interface Issued {
  statement: string | Statement;
  parameters: readonly SqlParameter[];
}

/** The statements of one committed transaction, in order. */
export type RecordedTransaction = readonly Issued[];

export interface RecordedDatabase {
  db: Database;
  /** Committed so far. */
  transactions: RecordedTransaction[];
  /** By how much the timers of each committed transaction were late. */
  latenessMs: number[];
}

const READ_DUE = 'shard_read_due';

/** A database that notes what is done through it; `keep` says whether statements are kept, which takes memory. */
export function recordDatabase(inner: Database, keep: () => boolean): RecordedDatabase {
  const recorded: RecordedDatabase = { db: inner, transactions: [], latenessMs: [] };
  recorded.db = {
    ...pick(inner),
    async transaction(fn, options) {
      let issued: Issued[] = [];
      let due: number[] = [];
      const result = await inner.transaction((tx) => {
        issued = [];
        due = [];
        return fn(watched(tx, issued, due));
      }, options);
      const now = Date.now();
      for (const at of due) recorded.latenessMs.push(now - at);
      if (keep()) recorded.transactions.push(issued);
      return result;
    },
  };
  return recorded;
}

function pick(inner: Database): Database {
  return {
    serverVersion: inner.serverVersion,
    query: (statement, parameters) => inner.query(statement, parameters),
    transaction: (fn, options) => inner.transaction(fn, options),
    close: () => inner.close(),
  };
}

function watched(tx: Queryable, issued: Issued[], due: number[]): Queryable {
  return {
    query: async (statement, parameters = []) => {
      issued.push({ statement, parameters });
      const result = await tx.query<never>(statement, parameters);
      if (typeof statement === 'object' && statement.name === READ_DUE) for (const row of result.rows as { due_at_ms: number }[]) due.push(row.due_at_ms);
      return result;
    },
  };
}

/** Runs the same statements again on a copy of the database as it was: what remains of the work when nothing is decided. */
export async function replaySeconds(db: Database, transactions: readonly RecordedTransaction[], lanes: number): Promise<number> {
  const start = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let transaction = transactions[next++]; transaction !== undefined; transaction = transactions[next++]) {
      const statements = transaction;
      await db.transaction((tx) => Promise.all(statements.map(({ statement, parameters }) => tx.query(statement, parameters))));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (performance.now() - start) / 1_000;
}

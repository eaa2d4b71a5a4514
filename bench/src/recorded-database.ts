import type { Database, Queryable, SqlParameter, Statement } from '@samovar/store';

interface Issued {
  statement: string | Statement;
  parameters: readonly SqlParameter[];
}

/** The statements of one committed transaction, in order: those of a step were sent together, after the answers to the step before. */
export type RecordedTransaction = readonly (readonly Issued[])[];

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
      let steps: Issued[][] = [];
      let due: number[] = [];
      const result = await inner.transaction((tx) => {
        steps = [];
        due = [];
        return fn(watched(tx, steps, due));
      }, options);
      const now = Date.now();
      for (const at of due) recorded.latenessMs.push(now - at);
      if (keep()) recorded.transactions.push(steps);
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

function watched(tx: Queryable, steps: Issued[][], due: number[]): Queryable {
  let answered = true;
  return {
    query: async (statement, parameters = []) => {
      if (answered) steps.push([]);
      answered = false;
      steps.at(-1)?.push({ statement, parameters });
      const result = await tx.query<never>(statement, parameters);
      answered = true;
      if (typeof statement === 'object' && statement.name === READ_DUE) for (const row of result.rows as { due_at_ms: number }[]) due.push(row.due_at_ms);
      return result;
    },
  };
}

/**
 * Runs the same statements again, in the same steps, on a copy of the database as it was: what remains of the work when
 * nothing is decoded, decided or encoded.
 */
export async function replaySeconds(db: Database, transactions: readonly RecordedTransaction[], lanes: number): Promise<number> {
  const start = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let steps = transactions[next++]; steps !== undefined; steps = transactions[next++]) await db.transaction(replayer(steps));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (performance.now() - start) / 1_000;
}

function replayer(steps: RecordedTransaction): (tx: Queryable) => Promise<void> {
  return async (tx) => {
    for (const [index, step] of steps.entries()) {
      const answers = Promise.all(step.map(({ statement, parameters }) => tx.query(statement, parameters)));
      // The last writes travel with the commit.
      if (index < steps.length - 1) await answers;
      else void answers.catch(() => {});
    }
  };
}

import { fileURLToPath } from 'node:url';
import type { Database } from './database.ts';
import { StoreError, isStoreError } from './errors.ts';
import { readMigrations } from './migration-files.ts';
import type { Migration } from './migration-files.ts';
import { isRetryable } from './retry.ts';
import type { Transaction } from './transaction.ts';

/** The migrations of this version of Samovar. */
export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../migrations/', import.meta.url));

export type MigrateOptions = {
  readonly directory?: string;
  readonly log?: (message: string) => void;
};

type AppliedRow = { readonly number: number; readonly name: string; readonly checksum: string };

const CREATE_BOOKKEEPING = `
create table if not exists schema_migrations (
  number int primary key,
  name text not null,
  kind text not null,
  checksum text not null,
  applied_at bigint not null
)`;

/** What two starters meet when both create the bookkeeping table: it is there now. */
const ALREADY_CREATED = new Set(['23505', '42P07', '42710']);

async function createBookkeeping(database: Database): Promise<void> {
  try {
    await database.query(CREATE_BOOKKEEPING);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && ALREADY_CREATED.has(String(error.code)))) throw error;
  }
}

function checkApplied(applied: readonly AppliedRow[], migrations: readonly Migration[]): void {
  for (const row of applied) {
    const known = migrations[row.number - 1];
    if (known === undefined) {
      throw new StoreError(
        'database_newer',
        `The database was made by a newer version of Samovar (it has «${row.name}», this version ends at number ${migrations.length}). Start that version; nothing was changed.`,
      );
    }
    if (known.name !== row.name || known.checksum !== row.checksum) {
      throw new StoreError(
        'migration_changed',
        `The migration «${row.name}» was applied to this database with another content than «${known.name}» has now. Put the released file back and write the change as a new migration.`,
      );
    }
  }
}

/** Applies the first migration that is missing; the lock makes other starters wait and then find it done. */
async function applyNext(transaction: Transaction, migrations: readonly Migration[], appliedAt: number): Promise<Migration | undefined> {
  void transaction.query('lock table schema_migrations in share row exclusive mode').catch(() => {});
  const { rows } = await transaction.query<AppliedRow>('select number, name, checksum from schema_migrations order by number');
  checkApplied(rows, migrations);
  const next = migrations[rows.length];
  if (next === undefined) return undefined;
  try {
    await transaction.query(next.sql);
  } catch (error) {
    throw migrationFailed(next, error);
  }
  await checkStillLocked(transaction, next);
  await transaction.query('insert into schema_migrations (number, name, kind, checksum, applied_at) values ($1, $2, $3, $4, $5)', [
    next.number,
    next.name,
    next.kind,
    next.checksum,
    appliedAt,
  ]);
  return next;
}

/** A `commit` in a migration would give up the lock, and with it the promise to undo. */
async function checkStillLocked(transaction: Transaction, migration: Migration): Promise<void> {
  const { rowCount } = await transaction.query(
    `select from pg_locks where pid = pg_backend_pid() and relation = 'schema_migrations'::regclass and mode = 'ShareRowExclusiveLock'`,
  );
  if (rowCount === 0) throw new StoreError('migration_failed', `The migration «${migration.name}» ends its transaction itself; take begin, commit and rollback out of it.`);
}

function migrationFailed(migration: Migration, error: unknown): unknown {
  if (!(error instanceof Error) || isRetryable(error)) return error;
  const position = 'position' in error && typeof error.position === 'string' ? Number(error.position) : undefined;
  const line = position === undefined ? '' : ` (line ${migration.sql.slice(0, position).split('\n').length})`;
  return new StoreError('migration_failed', `The migration «${migration.name}» failed and was undone${line}: ${error.message}`, { cause: error });
}

/** Brings the schema to this version, each migration in a transaction of its own, and returns the names of those applied. */
export async function migrate(database: Database, options: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(options.directory ?? MIGRATIONS_DIRECTORY);
  await createBookkeeping(database);
  const names: string[] = [];
  for (;;) {
    // A second run after an unknown COMMIT reads what is applied, so it is idempotent.
    const applied = await database.transaction((transaction) => applyNext(transaction, migrations, Date.now()), { idempotent: true });
    if (applied === undefined) return names;
    names.push(applied.name);
    options.log?.(`applied migration ${applied.name}`);
  }
}

/** True when the failure says that the database and this version of Samovar do not fit together. */
export function isSchemaMismatch(error: unknown): boolean {
  return isStoreError(error, 'database_newer') || isStoreError(error, 'migration_changed');
}

/** Every operational failure of the store: a stable code and what it means. Messages say what is wrong and how to mend it. */
export const STORE_ERRORS = {
  embedded_platform_unsupported: 'There are no Postgres binaries for this operating system or processor.',
  embedded_binaries_broken: 'The Postgres binaries are installed but cannot be run.',
  embedded_account_missing: 'Postgres may not run as root and no unprivileged account was found.',
  data_dir_unusable: 'The data directory cannot be created, read or reached.',
  data_dir_in_use: 'Another Samovar runs on this data directory.',
  data_dir_owner: 'The data directory belongs to another user.',
  data_dir_version: 'The data directory was made by another major version of Postgres.',
  data_dir_foreign: 'The directory holds something that Samovar did not make.',
  data_dir_password_missing: 'The password file of the embedded Postgres is gone.',
  disk_full: 'There is too little free disk space.',
  initdb_failed: 'A new database could not be made.',
  postgres_start_failed: 'Postgres did not start.',
  postgres_stop_failed: 'Postgres could not be stopped.',
  database_unreachable: 'No connection to the database could be made.',
  database_too_old: 'The database server is older than the oldest supported version.',
  database_encoding: 'The database does not use UTF-8.',
  commit_unknown: 'The connection broke while a transaction was being committed; it may or may not have happened.',
  number_out_of_range: 'A number in the database is too large to be held exactly.',
  migration_file_invalid: 'A migration file has a wrong name or first line.',
  migration_changed: 'A migration that was already applied has another content now.',
  migration_failed: 'A migration failed and was undone.',
  database_newer: 'The database was made by a newer version of Samovar.',
  shards_missing: 'The database was set up with another number of shards.',
} as const;

/** A code from the registry above. */
export type StoreErrorCode = keyof typeof STORE_ERRORS;

/** An operational failure of the store, told apart by its code. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** True for a store error, of the given code if one is given. */
export function isStoreError(error: unknown, code?: StoreErrorCode): error is StoreError {
  return error instanceof StoreError && (code === undefined || error.code === code);
}

import { join } from 'node:path';

/** What lies where in a data directory. The parts that only Samovar reads are outside of Postgres' own directory. */
export type Layout = {
  readonly directory: string;
  readonly pgData: string;
  readonly passwordFile: string;
  readonly logFile: string;
  readonly lockFile: string;
};

/** Prefix of a database that is still being made. */
export const HALF_MADE_PREFIX = 'postgres.half-made-';

export function layoutOf(directory: string): Layout {
  return {
    directory,
    pgData: join(directory, 'postgres'),
    passwordFile: join(directory, 'postgres.password'),
    logFile: join(directory, 'postgres.log'),
    lockFile: join(directory, 'samovar.lock'),
  };
}

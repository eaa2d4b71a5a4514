import { DEFAULT_SHARD_COUNT, attachEmbedded, createWorkspace, listWorkspaces, openDatabase, readClock } from '@samovar/store';
import type { Database } from '@samovar/store';
import { systemClock } from '../clock/clock.ts';
import type { Clock } from '../clock/clock.ts';
import { ManualClock } from '../clock/manual-clock.ts';
import { openStore } from '../config/open-store.ts';
import { CommandError } from './command.ts';

export interface DatabaseAccess {
  dataDir: string;
  databaseUrl: string | null;
  log: (line: string) => void;
}

export interface OpenedDatabase {
  db: Database;
  shardCount: number;
  close(): Promise<void>;
}

/** The database by its URL; else that of a server which runs on the data directory; else the directory's own, started for this. */
export async function openWorkingDatabase(access: DatabaseAccess): Promise<OpenedDatabase> {
  const connection = access.databaseUrl === null ? await attachEmbedded(access.dataDir) : null;
  if (connection !== null) {
    const db = await openDatabase({ connection, maxConnections: 4 });
    const { rows } = await db.query<{ count: number }>('select count(*) as count from log_head');
    return { db, shardCount: rows[0]?.count ?? DEFAULT_SHARD_COUNT, close: () => db.close() };
  }
  return openStore({ ...access, host: '', port: 0, clock: { kind: 'system' }, role: 'all', smtpUrl: null, publicUrl: null });
}

/** The database's clock as it stands; which kind it has is left to the server. */
export async function clockOf(db: Database): Promise<Clock> {
  const clock = await readClock(db);
  return clock?.mode === 'manual' ? new ManualClock(clock.now) : systemClock;
}

/** The workspace of a name, or the only one there is; a new database gets its first. */
export async function workspaceOf(db: Database, name: string | null, clock: Clock): Promise<number> {
  const workspaces = await listWorkspaces(db);
  const [first] = workspaces;
  if (name === null) {
    if (workspaces.length > 1) throw new CommandError(`There are several workspaces; name one with --workspace: ${workspaces.map((one) => one.name).join(', ')}.`);
    return (first ?? (await createWorkspace(db, 'main', clock.now()))).workspaceId;
  }
  const named = workspaces.find((one) => one.name === name);
  if (named === undefined) throw new CommandError(`There is no workspace ${name}. There are: ${workspaces.map((one) => one.name).join(', ') || 'none'}.`);
  return named.workspaceId;
}

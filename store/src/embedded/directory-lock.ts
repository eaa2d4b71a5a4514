import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { StoreError } from '../errors.ts';
import { processIdentity } from './process-table.ts';

/** Held by one process at a time; a holder that died does not hold it. */
export type DirectoryLock = { release(): Promise<void> };

async function readHolder(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

/** The holder's process id when it is alive: the same id that was started at the same moment. */
async function livingHolder(content: string): Promise<number | undefined> {
  const [pidText = '', identity] = content.split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return (await processIdentity(pid)) === identity ? pid : undefined;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead holder's file away; puts it back if someone else took over in between. */
async function removeStale(file: string, content: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  await rename(file, aside).catch(() => {});
  if ((await readHolder(aside)) !== content) await tryLink(aside, file).catch(() => false);
  await rm(aside, { force: true });
}

/** Takes the lock, or says who holds it. */
export async function lockDirectory(file: string, directory: string): Promise<DirectoryLock> {
  const mine = `${process.pid}\n${await processIdentity(process.pid)}\n${randomBytes(8).toString('hex')}\n`;
  const prepared = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(prepared, mine, { mode: 0o600 });
  try {
    while (!(await tryLink(prepared, file))) {
      const content = await readHolder(file);
      if (content === undefined) continue;
      const pid = await livingHolder(content);
      if (pid !== undefined) {
        throw new StoreError('data_dir_in_use', `Another Samovar (process ${pid}) runs on ${directory}. Stop it, or give this one another data directory.`);
      }
      await removeStale(file, content);
    }
  } finally {
    await rm(prepared, { force: true });
  }
  return {
    release: async () => {
      if ((await readHolder(file)) === mine) await rm(file, { force: true });
    },
  };
}

import { readFile, stat } from 'node:fs/promises';
import { StoreError } from '../errors.ts';
import type { Account } from './run.ts';

const ACCOUNT_NAMES = ['postgres', 'nobody'];

type PasswdEntry = { readonly name: string; readonly uid: number; readonly gid: number };

async function readPasswd(): Promise<PasswdEntry[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name === undefined || uid === undefined || gid === undefined ? [] : [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

/** True when the user has an entry in /etc/passwd; `initdb` refuses to run without one. */
export async function hasPasswdEntry(uid: number): Promise<boolean> {
  return (await readPasswd()).some((entry) => entry.uid === uid);
}

/** Who runs Postgres: ourselves, or, when we are root, the owner of the existing database, `postgres`, or `nobody`. */
export async function chooseAccount(pgData: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(pgData).catch(() => undefined);
  if (existing !== undefined && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  const entries = await readPasswd();
  for (const name of ACCOUNT_NAMES) {
    const entry = entries.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (entry !== undefined) return { uid: entry.uid, gid: entry.gid };
  }
  throw new StoreError(
    'embedded_account_missing',
    'Postgres may not run as root, and neither a user «postgres» nor «nobody» exists. Add one (useradd --system postgres), or run Samovar as an ordinary user.',
  );
}

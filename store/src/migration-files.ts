import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from './errors.ts';

/** One numbered step of the schema. `compatible`: the version before can go on working beside it; `breaking`: it cannot. */
export type Migration = {
  readonly number: number;
  readonly name: string;
  readonly kind: 'compatible' | 'breaking';
  readonly sql: string;
  readonly checksum: string;
};

const FILE_NAME = /^(\d{6})-[a-z0-9-]+\.sql$/;
const FIRST_LINE = /^-- (compatible|breaking)$/;

function parseFile(fileName: string, content: string): Migration {
  const digits = FILE_NAME.exec(fileName)?.[1];
  if (digits === undefined) {
    throw new StoreError('migration_file_invalid', `The migration «${fileName}» must be named like 000001-what-it-does.sql.`);
  }
  // Line ends of another operating system are not another content.
  const sql = content.replaceAll('\r\n', '\n');
  const kind = FIRST_LINE.exec(sql.split('\n', 1)[0] ?? '')?.[1];
  if (kind !== 'compatible' && kind !== 'breaking') {
    throw new StoreError('migration_file_invalid', `The first line of the migration «${fileName}» must be «-- compatible» or «-- breaking».`);
  }
  return { number: Number(digits), name: fileName.slice(0, -'.sql'.length), kind, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}

/** The migrations of a directory in order, numbered 1, 2, 3 … without a gap. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const fileNames = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(fileNames.map(async (name) => parseFile(name, await readFile(join(directory, name), 'utf8'))));
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1) {
      throw new StoreError('migration_file_invalid', `The migration «${migration.name}» should have the number ${String(index + 1).padStart(6, '0')}; numbers are used once and leave no gap.`);
    }
  });
  return migrations;
}

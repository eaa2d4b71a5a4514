import { fileURLToPath } from 'node:url';
import type { Queryable } from '../transaction.ts';
import { dumpSchema } from './dump.ts';

/** The committed dump, for reading the schema in one place and for seeing what a migration changes. */
export const SCHEMA_FILE = fileURLToPath(new URL('../../schema.sql', import.meta.url));

const HEADER = `-- The schema after all migrations. Made from the catalog by «npm run schema»; do not edit.\n\n`;

/** What the file should hold for a database that was just installed. */
export async function schemaFileText(database: Queryable): Promise<string> {
  return HEADER + (await dumpSchema(database));
}

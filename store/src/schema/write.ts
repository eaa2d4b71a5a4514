import { writeFile } from 'node:fs/promises';
import { startTestServer, testDatabase } from '../testing/index.ts';
import { SCHEMA_FILE, schemaFileText } from './file.ts';

/** `npm run schema`: writes `schema.sql` anew from a fresh installation. */
const server = await startTestServer();
try {
  const database = await testDatabase();
  await writeFile(SCHEMA_FILE, await schemaFileText(database));
  await database.close();
} finally {
  await server.stop();
}

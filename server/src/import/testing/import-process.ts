import { openDatabase } from '@samovar/store';
import type { ConnectionConfig } from '@samovar/store';
import { systemClock } from '../../clock/clock.ts';
import { importFile } from '../import-file.ts';
import { readImportMap } from '../read-import-map.ts';

/** An import in a process of its own, so that a test can kill it; prints how many records it has read. */
const { connection, workspaceId, file, shardCount } = JSON.parse(process.argv[2] ?? '{}') as { connection: ConnectionConfig; workspaceId: number; file: string; shardCount: number };
const db = await openDatabase({ connection });
await importFile({
  db, clock: systemClock, shardCount, workspaceId, file, batchRecords: 200,
  map: readImportMap('events: { contact: who, event: { value: E }, at: at }', 'map.yaml'),
  onProgress: ({ records }) => process.stdout.write(`${records}\n`),
});
await db.close();

import { openDatabase } from '../database.ts';
import { startEmbedded } from './start.ts';
import type { EmbeddedOptions } from './start.ts';

/**
 * A process that runs an embedded Postgres, for tests that kill it or run it as another user: starts with the options in its
 * first argument, writes one line of JSON, then waits. The second argument says what to do: `wait`, `once` (stop) or `exit` (without stopping).
 */
const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedOptions;
const mode = process.argv[3] ?? 'once';
try {
  const embedded = await startEmbedded(options);
  const database = await openDatabase({ connection: embedded.connection });
  const { rows } = await database.query<{ encoding: string }>(`select current_setting('server_encoding') as encoding`);
  await database.close();
  process.stdout.write(`${JSON.stringify({ pid: embedded.pid, encoding: rows[0]?.encoding, connection: embedded.connection })}\n`);
  if (mode === 'wait') setInterval(() => {}, 60_000);
  if (mode === 'once') await embedded.stop();
  if (mode === 'exit') process.exit(0);
} catch (error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`);
}

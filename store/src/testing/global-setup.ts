import { startTestServer } from './server.ts';
import type { TestServer } from './server.ts';

let server: TestServer | undefined;

/** Vitest's global set-up: one Postgres for all test files of a run. */
export async function setup(): Promise<void> {
  server = await startTestServer();
}

/** Ends it. A run that is killed leaves this to the server's watchdog. */
export async function teardown(): Promise<void> {
  await server?.stop();
}

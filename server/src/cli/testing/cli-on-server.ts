import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '../../server.ts';
import type { StartOptions } from '../../config/start-options.ts';
import { main } from '../main.ts';
import { recordedIo } from './recorded-io.ts';

export interface CliOnServer {
  /** Where commands run; the server's data are in `data` below it. */
  directory: string;
  server: RunningServer;
  samovar: (...argv: string[]) => Promise<{ code: number; out: string; err: string }>;
  stop: () => Promise<void>;
}

/** The command line beside a real server on a database of its own. */
export async function cliOnServer(clock: StartOptions['clock'] = { kind: 'system' }, more: Partial<StartOptions> = {}): Promise<CliOnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'samovar-cli-'));
  const server = await startServer({
    dataDir: join(directory, 'data'), databaseUrl: null, host: '127.0.0.1', port: 0, clock, role: 'all', smtpUrl: null, publicUrl: null, temporary: true, log: () => {}, ...more,
  });
  return {
    directory, server,
    async samovar(...argv) {
      const io = recordedIo(directory);
      const code = await main([...argv, '--data', 'data'], io);
      return { code, out: io.written.out, err: io.written.err };
    },
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

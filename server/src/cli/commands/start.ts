import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEmailAddress } from '@samovar/contract';
import type { Role, StartOptions } from '../../config/start-options.ts';
import { DEFAULT_DATA_DIRECTORY } from '../admin-client.ts';
import { CommandError, UsageError, textOption } from '../command.ts';
import type { Call, Command } from '../command.ts';

export const startCommand: Command = {
  synopsis: 'start [--data DIR] [--port N] [--host NAME] [--smtp URL] [--clock manual] …',
  help: `
Starts the server, with a Postgres of its own unless a database is named. Every
option can also be given in the environment.

  --data DIR         where the database and the keys are kept
                     (SAMOVAR_DATA_DIR, default ${DEFAULT_DATA_DIRECTORY})
  --database URL     any Postgres 15 or newer instead of the embedded one
                     (SAMOVAR_DATABASE_URL)
  --host NAME        address to listen on (SAMOVAR_HOST, default 127.0.0.1)
  --port N           port to listen on; 0 takes any (SAMOVAR_PORT, default 8080)
  --public-url URL   where links in mails lead (SAMOVAR_PUBLIC_URL, default: the
                     address it listens on)
  --smtp URL         mail server, e.g. smtp://user:password@mail.example.com:587
                     (SAMOVAR_SMTP_URL); without it messages are decided and wait
  --from ADDRESS     sender where neither template nor workspace name one
                     (SAMOVAR_FROM)
  --dkim DOMAIN:SELECTOR:FILE  sign mail with the private key in FILE (SAMOVAR_DKIM)
  --clock KIND       \`system\`, or \`manual\`: time moves by POST /api/clock only, for
                     staging and tests (SAMOVAR_CLOCK)
  --clock-start ISO  where a manual clock begins (SAMOVAR_CLOCK_START)
  --role ROLE        all, web, worker or sender (SAMOVAR_ROLE, default all)
  --trust-proxy LIST proxies in front whose word on a visitor's address is taken, e.g.
                     loopback or 192.0.2.0/24 (SAMOVAR_TRUST_PROXY); without it the
                     address in proofs of consent is that of the connection

It ends on Ctrl-C, once what is in flight has landed.
`,
  options: Object.fromEntries(
    ['data', 'database', 'host', 'port', 'public-url', 'smtp', 'from', 'dkim', 'clock', 'clock-start', 'role', 'trust-proxy'].map((name) => [name, { type: 'string' }]),
  ),
  words: [0, 0],
  async run(call) {
    const { io } = call;
    const options = await readStartOptions(call);
    const { startServer } = await import('../../server.ts');
    const server = await startServer(options);
    io.out(`Samovar is ready at ${server.url}\n`);
    if (options.databaseUrl === null) io.out(`  data and keys  ${options.dataDir}\n`);
    if (options.smtpUrl === null) io.out('  mail           no SMTP server: messages are decided and wait (--smtp URL)\n');
    if (options.clock.kind === 'manual') io.out('  clock          moves by POST /api/clock only\n');
    const reason = await Promise.race([io.interrupted().then((signal) => ({ signal })), server.stopped.then((why) => ({ why }))]);
    if ('why' in reason) {
      io.err(`${reason.why}. What was acknowledged is safe; start Samovar again.\n`);
      // Nothing can be finished without a database, and a supervisor can only start what has ended.
      setTimeout(() => io.exit(1), HOPELESS_STOP_MS).unref();
      await server.stop();
      return 1;
    }
    io.err(`${reason.signal}: ending …\n`);
    await server.stop();
    return 0;
  },
};

/** How long the parts of a server whose database is gone may take to notice. */
const HOPELESS_STOP_MS = 2_000;

const ROLES: readonly Role[] = ['all', 'web', 'worker', 'sender'];

/** Environment and options, checked before anything is started. */
export async function readStartOptions(call: Call): Promise<StartOptions> {
  const { io } = call;
  const setting = (option: string, variable: string): string | null => textOption(call, option) ?? nonEmpty(io.env[variable]);
  const role = ROLES.find((one) => one === (setting('role', 'SAMOVAR_ROLE') ?? 'all'));
  if (role === undefined) throw new UsageError(`A role is one of ${ROLES.join(', ')}.`);
  const clock = readClock(setting('clock', 'SAMOVAR_CLOCK') ?? 'system', setting('clock-start', 'SAMOVAR_CLOCK_START'));
  if (clock.kind === 'manual' && role !== 'all') throw new UsageError('A manual clock moves the process that it is moved in; start one with --role all.');
  const from = setting('from', 'SAMOVAR_FROM');
  const sender = from === null ? null : parseEmailAddress(from);
  if (from !== null && sender === null) throw new UsageError(`--from ${from} is no address.`);
  return {
    dataDir: resolve(io.cwd, setting('data', 'SAMOVAR_DATA_DIR') ?? DEFAULT_DATA_DIRECTORY),
    databaseUrl: setting('database', 'SAMOVAR_DATABASE_URL'),
    host: setting('host', 'SAMOVAR_HOST') ?? '127.0.0.1',
    port: readPort(setting('port', 'SAMOVAR_PORT') ?? '8080'),
    clock,
    role, from: sender, trustProxy: setting('trust-proxy', 'SAMOVAR_TRUST_PROXY'),
    smtpUrl: readUrl('--smtp', setting('smtp', 'SAMOVAR_SMTP_URL'), ['smtp:', 'smtps:']),
    publicUrl: readUrl('--public-url', setting('public-url', 'SAMOVAR_PUBLIC_URL'), ['http:', 'https:'])?.replace(/\/+$/, '') ?? null,
    dkim: await readDkim(setting('dkim', 'SAMOVAR_DKIM'), io.cwd),
    log: (line) => io.err(`${line}\n`),
  };
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`${text} is no port.`);
  return port;
}

function readClock(kind: string, start: string | null): StartOptions['clock'] {
  if (kind === 'system') {
    if (start !== null) throw new UsageError('--clock-start belongs to --clock manual.');
    return { kind: 'system' };
  }
  if (kind !== 'manual') throw new UsageError('A clock is `system` or `manual`.');
  const startAt = start === null ? null : Date.parse(start);
  if (startAt !== null && !Number.isFinite(startAt)) throw new UsageError(`--clock-start ${start ?? ''} is no time; write e.g. 2026-03-28T10:00:00Z.`);
  return { kind: 'manual', startAt };
}

function readUrl(option: string, text: string | null, protocols: readonly string[]): string | null {
  if (text === null) return null;
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) throw new UsageError(`${option}: an address that begins with ${protocols.map((one) => `${one}//`).join(' or ')} is needed.`);
  return text;
}

async function readDkim(text: string | null, cwd: string): Promise<NonNullable<StartOptions['dkim']> | null> {
  if (text === null) return null;
  const [, domain, selector, file] = /^([^:]+):([^:]+):(.+)$/.exec(text) ?? [];
  if (domain === undefined || selector === undefined || file === undefined) throw new UsageError('--dkim is DOMAIN:SELECTOR:FILE.');
  try {
    return { domain, selector, privateKey: await readFile(resolve(cwd, file), 'utf8') };
  } catch (error) {
    throw new CommandError(`The DKIM key ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

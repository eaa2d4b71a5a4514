import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { CliIo } from './cli-io.ts';
import { CommandError, UsageError } from './command.ts';
import type { Command } from './command.ts';
import { COMMANDS, overview } from './commands.ts';
import { nearestWord } from './nearest-word.ts';

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 called wrongly */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  const [name = '', ...rest] = argv;
  if (name === '') {
    io.err(overview());
    return 2;
  }
  if (name === 'help' || name === '--help' || name === '-h') return help(rest[0], io);
  if (name === 'version' || name === '--version' || name === '-v') {
    io.out(`${await version()}\n`);
    return 0;
  }
  const command = await find(name, io);
  return command === null ? 2 : call(name, command, rest, io);
}

async function help(name: string | undefined, io: CliIo): Promise<number> {
  if (name === undefined) {
    io.out(overview());
    return 0;
  }
  const command = await find(name, io);
  if (command === null) return 2;
  io.out(helpOf(command));
  return 0;
}

async function find(name: string, io: CliIo): Promise<Command | null> {
  const listed = COMMANDS.find((one) => one.name === name);
  if (listed !== undefined) return listed.load();
  const near = nearestWord(name, [...COMMANDS.map((one) => one.name), 'help', 'version']);
  io.err(`There is no command ${name}. ${near === null ? 'See: samovar help' : `Did you mean: samovar ${near}`}\n`);
  return null;
}

async function call(name: string, command: Command, args: readonly string[], io: CliIo): Promise<number> {
  try {
    const { positionals, values } = read(command, args);
    if (values['help'] === true) {
      io.out(helpOf(command));
      return 0;
    }
    const [fewest, most] = command.words;
    if (positionals.length < fewest) throw new UsageError('Something is missing.');
    if (positionals.length > most) throw new UsageError(`${positionals[most] ?? ''} is too much.`);
    return await command.run({ positionals, values, io });
  } catch (error) {
    if (error instanceof UsageError) {
      io.err(`${error.message}\nUsage: samovar ${command.synopsis}\nMore: samovar help ${name}\n`);
      return 2;
    }
    // Faults of ours keep their stack: there is nothing that the user could do about them.
    io.err(error instanceof CommandError ? `${error.message}\n` : `samovar ${name} failed: ${isOperational(error) ? error.message : trace(error)}\n`);
    return 1;
  }
}

/** Errors with a code were foreseen by whoever threw them: a missing file, a database that refuses. */
function isOperational(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

function trace(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function read(command: Command, args: readonly string[]): Pick<Parameters<Command['run']>[0], 'positionals' | 'values'> {
  try {
    const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (!isOperational(error)) throw error;
    throw new UsageError(describe(error.message, Object.keys(command.options)));
  }
}

/** Node's own words hold advice about `--` that helps nobody here. */
function describe(message: string, options: readonly string[]): string {
  const unknown = /Unknown option '-{0,2}([^']*)'/.exec(message)?.[1];
  if (unknown === undefined) return message.split('. ', 1)[0] ?? message;
  const near = nearestWord(unknown, options);
  return `There is no option --${unknown}.${near === null ? '' : ` Did you mean --${near}?`}`;
}

function helpOf(command: Command): string {
  return `Usage: samovar ${command.synopsis}\n\n${command.help.trim()}\n`;
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}

import type { ParseArgsConfig } from 'node:util';
import type { CliIo } from './cli-io.ts';

type OptionValue = string | boolean | (string | boolean)[] | undefined;

/** How a command was called. */
export interface Call {
  positionals: string[];
  values: Readonly<Record<string, OptionValue>>;
  io: CliIo;
}

/** One command of the command line. `run` answers with the exit code: 0 done, 1 failed, 2 called wrongly. */
export interface Command {
  /** Everything behind `samovar `, e.g. `validate DIR [--json]`. */
  synopsis: string;
  /** What it does and its options, as shown by `samovar help COMMAND`. */
  help: string;
  options: NonNullable<ParseArgsConfig['options']>;
  /** Fewest and most words besides options. */
  words: readonly [fewest: number, most: number];
  run(call: Call): Promise<number>;
}

/** The command was called wrongly: exit code 2, with its usage. */
export class UsageError extends Error {}

/** The command could not do what it was asked for reasons outside of it: exit code 1. */
export class CommandError extends Error {}

/** The value of an option that takes one. */
export function textOption(call: Call, name: string): string | null {
  const value = call.values[name];
  return typeof value === 'string' ? value : null;
}

export function flagOption(call: Call, name: string): boolean {
  return call.values[name] === true;
}

/** All values of an option that may be given several times, or several at once with commas. */
export function listOption(call: Call, name: string): string[] {
  const value = call.values[name];
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => (typeof one === 'string' ? one.split(',') : [])).map((one) => one.trim()).filter((one) => one !== '');
}

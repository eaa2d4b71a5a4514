import { measureFunctions } from '../functions.ts';
import type { SizeException } from '../exceptions.ts';
import type { Finding, Rule } from '../rule.ts';
import { isCode, lineCount } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';

/** A function fits on a screen. */
export const FUNCTION_LINES = 70;
/** Markup is long and flat, so a component may be longer. */
export const COMPONENT_LINES = 120;
/** Beyond this even an exception does not help: no function is this long. */
export const FUNCTION_LINES_EVER = 119;
/** A file is one thing. */
export const FILE_LINES = 300;
/** Beyond this even an exception does not help. */
export const FILE_LINES_EVER = 500;
/** At most this share of all functions may be over their budget, whatever the list of exceptions says. */
export const LONG_FUNCTION_SHARE = 0.01;

interface Measured {
  readonly path: string;
  readonly name?: string;
  readonly line: number;
  readonly lines: number;
  readonly budget: number;
  readonly ever: number;
  readonly what: string;
}

/** Budgets that ratchet: what is over its budget is listed with its size, and the list may only get smaller. */
export function sizeRule(exceptions: readonly SizeException[]): Rule {
  return {
    name: 'size',
    check(files) {
      const measured = files.filter(isCode).flatMap(measure);
      return [...measured.flatMap((item) => judge(item, exceptionFor(item, exceptions))), ...needless(measured, exceptions), ...share(measured)];
    },
  };
}

function measure(file: SourceFile): Measured[] {
  const whole: Measured = { path: file.path, line: 1, lines: lineCount(file.text), budget: FILE_LINES, ever: FILE_LINES_EVER, what: 'file' };
  const functions = measureFunctions(file).map(({ component, ...rest }): Measured => ({
    ...rest,
    budget: component ? COMPONENT_LINES : FUNCTION_LINES,
    ever: component ? COMPONENT_LINES : FUNCTION_LINES_EVER,
    what: `${component ? 'component' : 'function'} ${rest.name}`,
  }));
  return [whole, ...functions];
}

function exceptionFor(item: Measured, exceptions: readonly SizeException[]): SizeException | undefined {
  return item.lines > item.budget ? exceptions.find((entry) => entry.path === item.path && entry.name === item.name) : undefined;
}

function judge(item: Measured, exception: SizeException | undefined): Finding[] {
  const { path, line, lines, budget, ever, what } = item;
  const say = (message: string): Finding[] => [{ path, line, message }];
  if (lines <= budget) return [];
  if (lines > ever) return say(`${what} has ${lines} lines; the most that any may ever have is ${ever}. Split it.`);
  if (exception === undefined) return say(`${what} has ${lines} lines, the budget is ${budget}. Split it by what it is about.`);
  if (lines > exception.lines) return say(`${what} grew from ${exception.lines} to ${lines} lines; an exception may only shrink.`);
  if (lines < exception.lines) return say(`${what} shrank from ${exception.lines} to ${lines} lines, well done: lower its number in exceptions.ts.`);
  return [];
}

function needless(measured: readonly Measured[], exceptions: readonly SizeException[]): Finding[] {
  return exceptions
    .filter((entry) => !measured.some((item) => item.lines > item.budget && item.path === entry.path && item.name === entry.name))
    .map((entry) => ({ path: entry.path, line: 1, message: `${entry.name ?? 'the file'} is listed in exceptions.ts and no longer needs to be: remove the entry.` }));
}

function share(measured: readonly Measured[]): Finding[] {
  const functions = measured.filter((item) => item.name !== undefined);
  const long = functions.filter((item) => item.lines > FUNCTION_LINES && item.budget === FUNCTION_LINES);
  const [first] = long;
  if (first === undefined || long.length < functions.length * LONG_FUNCTION_SHARE) return [];
  return [{ path: first.path, line: first.line, message: `${long.length} of ${functions.length} functions are over ${FUNCTION_LINES} lines; fewer than 1 % may be.` }];
}

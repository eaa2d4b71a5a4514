import { stripVTControlCharacters } from 'node:util';
import type { DefinitionText, Problem } from '@samovar/contract';
import type { Paint } from './cli-io.ts';

/** Problems for a terminal: where, what, the line with the offending text underlined, and how to mend it. */
export function formatProblems(problems: readonly Problem[], files: readonly DefinitionText[], paint: Paint): string {
  const texts = new Map(files.map(({ path, text }) => [path, text.split(/\r?\n/)]));
  return problems.map((problem) => formatOne(problem, texts.get(problem.file)?.[problem.line - 1] ?? '', paint)).join('\n\n');
}

/** Longer lines are cut around the place; nobody reads a base64 image in a terminal. */
const WIDTH = 120;

function formatOne(problem: Problem, source: string, paint: Paint): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const head = `${paint.bold(place)}  ${paint.red(problem.message)}  ${paint.dim(`[${problem.code}]`)}`;
  const line = stripVTControlCharacters(source).replaceAll('\t', ' ');
  if (line.trim() === '') return `${head}\n  ${problem.mend}`;
  const [start, length] = placeOf(problem, line);
  const from = start < WIDTH - 20 ? 0 : start - 40;
  const number = String(problem.line).padStart(5);
  const shown = line.slice(from, from + WIDTH);
  const marks = '^'.repeat(Math.max(1, Math.min(length, WIDTH - (start - from))));
  return [
    head, `${paint.dim(`${number} |`)} ${from > 0 ? '…' : ''}${shown}`,
    `${' '.repeat(number.length)} ${paint.dim('|')} ${' '.repeat(start - from + (from > 0 ? 1 : 0))}${paint.red(marks)}`, `      ${problem.mend}`,
  ].join('\n');
}

/** Where the offending text stands in its line, and how long it is. */
function placeOf({ column, excerpt }: Problem, line: string): [start: number, length: number] {
  const text = excerpt.replace(/…$/, '').trimEnd();
  const given = Math.min(column - 1, line.length);
  if (text !== '' && line.startsWith(text, given)) return [given, text.length];
  const found = text === '' ? -1 : line.indexOf(text);
  if (found >= 0 && column === 1) return [found, text.length];
  return [given, 1];
}

import { formatDuration } from '@samovar/contract';
import type { Json, JsonObject } from '@samovar/core';
import { field, isObject, numberAt, text } from './explained.ts';

/** What a part of a condition asks and what was found, in pieces that fit into sentences of several forms. */
export type ConditionPhrase =
  /** A value that must pass a test: `the sum of total of “Order Completed”`. */
  | { kind: 'value'; subject: string; test: Json; found: string }
  /** Something that must be so: `be on the list vips`. */
  | { kind: 'state'; asked: string; holds: boolean };

/** The phrase of a part that `explain` of core tells; null for those that each form of sentence says in its own way. */
export function phraseOf(explained: JsonObject): ConditionPhrase | null {
  if (explained.figure !== undefined) return figurePhrase(explained);
  if (explained.second !== undefined) return sequencePhrase(explained);
  if (explained.date !== undefined) return datePhrase(explained);
  if (explained.orders !== undefined) return value(`${ORDERS[text(explained, 'orders')] ?? 'the orders'}${periodInWords(field(explained, 'period'))}`, explained);
  if (explained.score !== undefined) return scorePhrase(explained);
  if (explained.predicted !== undefined) return value(`the prediction ${text(explained, 'predicted')}`, explained);
  if (explained.fact !== undefined) return value(`the ${text(explained, 'fact') === 'timezone' ? 'time zone' : text(explained, 'fact')}`, explained);
  if (explained.journey !== undefined) return journeyPhrase(explained);
  if (explained.list !== undefined) return state(`be on the list ${text(explained, 'list')}`, explained);
  if (explained.profiled !== undefined) return state('be someone of whom a profile may be made', explained);
  if (explained.near !== undefined) return state(`be at most ${text(explained, 'radiusKm')} km from ${JSON.stringify(explained.near)}`, explained);
  if (explained.bucket !== undefined) return state(`belong to the part from ${text(explained, 'fromPercent')} to ${text(explained, 'toPercent')} % drawn by “${text(explained, 'bucket')}”`, explained);
  return null;
}

const ORDERS: Readonly<Record<string, string>> = { count: 'the number of orders', value: 'the value of all orders', average: 'the average value of the orders', largest: 'the largest order' };

const FIGURES: Readonly<Record<string, string>> = {
  sum: 'the sum of', average: 'the average of', min: 'the smallest', max: 'the largest', distinct: 'the number of different values of', first: 'the first', last: 'the last', 'most-frequent': 'the most frequent',
};

function value(subject: string, explained: JsonObject): ConditionPhrase {
  const { observed } = explained;
  const found = isObject(observed) && observed.atLeast !== undefined ? `at least ${JSON.stringify(observed.atLeast)}` : JSON.stringify(observed ?? null);
  return { kind: 'value', subject, test: explained.test ?? null, found };
}

function state(asked: string, explained: JsonObject): ConditionPhrase {
  return { kind: 'state', asked, holds: explained.holds === true };
}

function figurePhrase(explained: JsonObject): ConditionPhrase {
  const figure = text(explained, 'figure');
  const period = isObject(explained.dates) ? datesInWords(explained.dates) : agesInWords(numberAt(explained, 'fromMs'), numberAt(explained, 'toMs') ?? 0);
  const what = figure === 'count' ? 'the number of' : `${FIGURES[figure] ?? figure} ${text(explained, 'property')} of`;
  return value(`${what} “${text(explained, 'event')}”${period}`, explained);
}

function sequencePhrase(explained: JsonObject): ConditionPhrase {
  const { key, outcome, second } = explained;
  const same = typeof key === 'string' ? ` with the same ${key}` : '';
  const lastMs = numberAt(explained, 'lastMs');
  const followed = `“${text(explained, 'event')}”${lastMs === null ? '' : ` of the last ${formatDuration(lastMs)}`}, ${outcome === 'missing' ? 'not ' : ''}followed by “${text(second, 'event')}”${same}`;
  return state(`have had ${followed} within ${formatDuration(numberAt(explained, 'withinMs') ?? 0)}`, explained);
}

function datePhrase(explained: JsonObject): ConditionPhrase {
  const when = explained.when ?? null;
  const what = text(when, 'kind') === 'anniversary' ? `the ${text(when, 'calendar') === 'gregorian' ? '' : `${text(when, 'calendar')} `}anniversary of the trait` : 'the date in the trait';
  return { kind: 'value', subject: `${what} ${text(explained, 'date')}`, test: `lie ${spanInWords(when)}`, found: JSON.stringify(explained.observed ?? null) };
}

const DAYS: Readonly<Record<string, string>> = { '0': 'today', '1': 'tomorrow', '-1': 'yesterday' };

function spanInWords(when: Json): string {
  if (text(when, 'kind') !== 'relative') {
    const day = (name: string): string => DAYS[text(when, name)] ?? momentInWords((numberAt(when, name) ?? 0) * 86_400_000);
    return text(when, 'from') === text(when, 'to') ? day('from') : `from ${day('from')} to ${day('to')}`;
  }
  const fromMs = numberAt(when, 'fromMs');
  const toMs = numberAt(when, 'toMs');
  if (fromMs === 0 && toMs !== null && toMs > 0) return `in the next ${formatDuration(toMs)}`;
  if (toMs === 0 && fromMs !== null && fromMs < 0) return `in the last ${formatDuration(-fromMs)}`;
  if (toMs === null) return `from ${momentInWords(fromMs ?? 0)}`;
  return fromMs === null ? `before ${momentInWords(toMs)}` : `from ${momentInWords(fromMs)} to ${momentInWords(toMs)}`;
}

function momentInWords(offsetMs: number): string {
  if (offsetMs === 0) return 'now';
  return offsetMs > 0 ? `in ${formatDuration(offsetMs)}` : `${formatDuration(-offsetMs)} ago`;
}

function scorePhrase(explained: JsonObject): ConditionPhrase {
  const score = `the score ${text(explained, 'score')}`;
  const from = numberAt(explained, 'from');
  return value(score, from === null ? explained : { ...explained, test: { op: 'at-least', value: from } });
}

const STATUS: Readonly<Record<string, string>> = { inside: 'be in the journey', entered: 'have been in the journey', completed: 'have completed the journey', exited: 'have left the journey' };

function journeyPhrase(explained: JsonObject): ConditionPhrase {
  const reason = text(explained, 'reason');
  return state(`${STATUS[text(explained, 'status')] ?? 'be in the journey'} ${text(explained, 'journey')}${reason === '' ? '' : ` (${reason})`}`, explained);
}

/** Which events or orders count, as it is said behind them. */
export function periodInWords(period: Json | undefined): string {
  switch (text(period, 'kind')) {
    case 'within': return ` within ${formatDuration(numberAt(period, 'ms') ?? 0)}`;
    case 'ago': return agesInWords(numberAt(period, 'fromMs'), numberAt(period, 'toMs') ?? 0);
    case 'dates': return datesInWords(period);
    default: return '';
  }
}

function agesInWords(fromMs: number | null, toMs: number): string {
  if (toMs === 0) return fromMs === null ? '' : ` within ${formatDuration(fromMs)}`;
  return fromMs === null ? ` before ${formatDuration(toMs)} ago` : ` from ${formatDuration(fromMs)} ago to ${formatDuration(toMs)} ago`;
}

export function datesInWords(dates: Json | undefined): string {
  const day = (at: number): string => new Date(at).toISOString().replace(/T00:00:00\.000Z$/, '');
  const from = numberAt(dates, 'from');
  const until = numberAt(dates, 'until');
  if (until === null) return from === null ? '' : ` from ${day(from)}`;
  return from === null ? ` before ${day(until)}` : ` from ${day(from)} to before ${day(until)}`;
}

/** For how long a trait must have had its value, as it is said behind the value. */
export function heldInWords(held: Json | undefined): string {
  if (!isObject(held)) return '';
  return ` for ${text(held, 'op').replace('-', ' ')} ${formatDuration(numberAt(held, 'ms') ?? 0)}`;
}

/** What a test compares with; nothing where there is nothing to compare with. */
export function operandInWords(test: Json | undefined): string {
  if (!isObject(test)) return '';
  if (test.op === 'between') return ` ${JSON.stringify(test.from)} and ${JSON.stringify(test.to)}`;
  const operand = test.op === 'matches' ? test.pattern : (test.value ?? test.values);
  return operand === undefined ? '' : ` ${JSON.stringify(operand)}`;
}

import { FIGURE_KEYS, FIGURE_WORDS } from './condition-keys.ts';
import { formatDuration } from './duration.ts';
import { formatTest, formatValueTest, formatWhere } from './format-test.ts';
import { formatInstant, formatOffset } from './moment.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import type { Condition, EngagementCondition, EventFigure, EventFilter, Period, SequenceCondition, Times } from './types.ts';

type Entry = readonly [string, Plain | undefined];

export function formatEvent(condition: Condition & { kind: 'event' }): Plain {
  const never = isNever(condition.times);
  return plainMap([
    [never ? 'no event' : 'event', condition.event],
    ['where', formatWhere(condition.where)],
    ['times', never ? undefined : formatTimes(condition.times)],
    ...formatPeriod(condition.period),
    ['since', condition.since === 'entry' ? 'entry' : undefined],
  ]);
}

export function formatFigure({ event, where, figure, test, period }: Condition & { kind: 'figure' }): Plain {
  return plainMap([['event', event], ['where', formatWhere(where)], [figureWord(figure), figure.property], formatTest(test), ...formatPeriod(period)]);
}

export function figureWord({ kind }: EventFigure): string {
  return FIGURE_KEYS.find((word) => FIGURE_WORDS[word] === kind) ?? kind;
}

export function formatSequence({ first, second, outcome, withinMs, key, lastMs }: SequenceCondition): Plain {
  return plainMap([
    ['event', first.event],
    ['where', formatWhere(first.where)],
    [outcome === 'happened' ? 'then' : 'then not', formatFollower(second)],
    ['within', formatDuration(withinMs)],
    ['same', key ?? undefined],
    ['in the last', lastMs === null ? undefined : formatDuration(lastMs)],
  ]);
}

function formatFollower({ event, where }: EventFilter): Plain {
  return where.length === 0 ? event : plainMap([['event', event], ['where', formatWhere(where)]]);
}

export function formatEngagement({ outcome, journey, step, template, topic, link, times, period }: EngagementCondition): Plain {
  const never = isNever(times);
  return plainMap([
    [never ? 'no messages' : 'messages', outcome],
    ['journey', journey ?? undefined],
    ['step', step ?? undefined],
    ['template', template ?? undefined],
    ['topic', topic ?? undefined],
    ['link', link === null ? undefined : formatValueTest(link)],
    ['times', never ? undefined : formatTimes(times)],
    ...formatPeriod(period),
  ]);
}

function isNever({ op, count }: Times): boolean {
  return op === 'exactly' && count === 0;
}

function formatTimes(times: Times): Plain | undefined {
  if (times.op === 'at-least' && times.count === 1) return undefined;
  return times.op === 'exactly' ? times.count : `${times.op.replace('-', ' ')} ${times.count}`;
}

export function formatPeriod(period: Period): Entry[] {
  switch (period.kind) {
    case 'ever':
      return [];
    case 'within':
      return [['within', formatDuration(period.ms)]];
    case 'ago':
      return [['from', period.fromMs === null ? undefined : formatOffset(-period.fromMs)], ['before', formatOffset(-period.toMs)]];
    case 'dates':
      return [['from', period.from === null ? undefined : formatInstant(period.from)], ['before', period.until === null ? undefined : formatInstant(period.until)]];
  }
}

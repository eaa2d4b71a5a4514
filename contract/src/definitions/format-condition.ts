import type { FactWord } from './condition-keys.ts';
import { formatDuration } from './duration.ts';
import { formatEngagement, formatEvent, formatFigure, formatPeriod, formatSequence } from './format-event-condition.ts';
import { formatTest, formatValueTest } from './format-test.ts';
import { formatDay, formatOffset } from './moment.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import { DEFAULT_SALT } from './read-person-condition.ts';
import type { Condition, DateTest } from './types.ts';

/** A condition as a file writes it. */
export function formatCondition(condition: Condition): Plain {
  switch (condition.kind) {
    case 'none':
      return formatNegation(condition.of) ?? plainMap([['none', condition.of.map(formatCondition)]]);
    case 'all': case 'any': return plainMap([[condition.kind, condition.of.map(formatCondition)]]);
    case 'trait': return formatTrait(condition);
    case 'trigger': return plainMap([[condition.kind, condition.path], formatTest(condition.test)]);
    case 'date': return formatDate(condition.path, condition.when);
    case 'event': return formatEvent(condition);
    case 'figure': return formatFigure(condition);
    case 'sequence': return formatSequence(condition);
    case 'engagement': return formatEngagement(condition);
    case 'orders': return plainMap([['orders', condition.figure], formatTest(condition.test), ...formatPeriod(condition.period)]);
    case 'segment': return plainMap([['segment', condition.segment]]);
    case 'list': return plainMap([['list', condition.list]]);
    case 'tag': return plainMap([['tag', condition.tag]]);
    case 'consent': return plainMap([['consent', condition.channel], ['topic', condition.topic ?? undefined]]);
    case 'profiled': return plainMap([['consent', 'profiling']]);
    case 'journey': return plainMap([[JOURNEY_WORDS[condition.status], condition.journey], ['reason', condition.reason ?? undefined]]);
    case 'score': return plainMap([['score', condition.score], formatTest(condition.test)]);
    case 'band': return plainMap([['score', condition.score], ['band', condition.bands.length === 1 ? condition.bands[0] : condition.bands]]);
    case 'persona': return plainMap([['persona', condition.set], ['is', condition.persona]]);
    case 'predicted': return plainMap([['predicted', condition.name], formatTest(condition.test)]);
    case 'fact': return plainMap([[factWord(condition.fact), formatValueTest(condition.test)]]);
    case 'near': return plainMap([['near', [condition.latitude, condition.longitude]], ['radius', `${condition.radiusKm} km`]]);
    case 'bucket': return formatBucket(condition);
    case 'message': return plainMap([['message', condition.step], ['was', condition.outcome]]);
  }
}

const JOURNEY_WORDS = { inside: 'in journey', entered: 'was in journey', completed: 'completed journey', exited: 'left journey' } as const;

/** `not in segment: x` reads better than `none: [segment: x]`. */
function formatNegation(of: readonly Condition[]): Plain | null {
  const [only] = of;
  if (only === undefined || of.length !== 1) return null;
  switch (only.kind) {
    case 'segment': return plainMap([['not in segment', only.segment]]);
    case 'list': return plainMap([['not on list', only.list]]);
    case 'tag': return plainMap([['no tag', only.tag]]);
    case 'consent': return plainMap([['no consent', only.channel], ['topic', only.topic ?? undefined]]);
    case 'profiled': return plainMap([['no consent', 'profiling']]);
    case 'journey': return only.status === 'inside' ? plainMap([['not in journey', only.journey]]) : null;
    case 'persona': return plainMap([['persona', only.set], ['is not', only.persona]]);
    case 'message': return plainMap([['message', only.step], ['was not', only.outcome]]);
    default: return null;
  }
}

function formatTrait({ path, test, held }: Condition & { kind: 'trait' }): Plain {
  const word = held?.op === 'at-least' ? 'for at least' : 'for less than';
  return plainMap([['trait', path], formatTest(test), [word, held === null ? undefined : formatDuration(held.ms)]]);
}

function formatDate(path: string, when: DateTest): Plain {
  if (when.kind === 'relative') return plainMap([['date', path], ...formatRelative(when)]);
  const { from, to } = when;
  const anniversary = when.kind === 'anniversary';
  const calendar = anniversary && when.calendar !== 'gregorian' ? when.calendar : undefined;
  const days = anniversary && from === 0 && to > 0 ? (['in the next', formatDuration(to * DAY_MS)] as const) : anniversary && to === 0 && from < 0 ? (['in the last', formatDuration(-from * DAY_MS)] as const) : null;
  return plainMap([[anniversary ? 'anniversary' : 'date', path], days ?? (from === to ? ['is', formatDay(from)] : ['days', `${from} to ${to}`]), ['calendar', calendar]]);
}

const DAY_MS = 86_400_000;

function formatRelative({ fromMs, toMs }: DateTest & { kind: 'relative' }): (readonly [string, Plain | undefined])[] {
  if (fromMs === 0 && toMs !== null && toMs > 0) return [['in the next', formatDuration(toMs)]];
  if (toMs === 0 && fromMs !== null && fromMs < 0) return [['in the last', formatDuration(-fromMs)]];
  return [['from', fromMs === null ? undefined : formatOffset(fromMs)], ['before', toMs === null ? undefined : formatOffset(toMs)]];
}

function factWord(fact: (Condition & { kind: 'fact' })['fact']): FactWord {
  return fact === 'timezone' ? 'time zone' : fact;
}

function formatBucket({ salt, fromPercent, toPercent }: Condition & { kind: 'bucket' }): Plain {
  const share = fromPercent === 0 ? `${toPercent} %` : `${fromPercent} to ${toPercent} %`;
  return plainMap([['random', share], ['salt', salt === DEFAULT_SALT ? undefined : salt]]);
}

import { CALENDARS, CONDITION_KEYS, ENGAGEMENTS, FACT_WORDS, FIGURE_KEYS, ORDER_FIGURES, OUTCOMES, TEST_WORDS } from './condition-keys.ts';
import type { ConditionKey, TestWord } from './condition-keys.ts';
import { KEY, SCALAR, TEXT, filled, list, ref, word } from './schema-parts.ts';
import type { JsonSchema } from './schema-parts.ts';

const UNIT = '(second|minute|hour|day|week)s?';
const DURATION = `\\d+\\s+${UNIT}(\\s+\\d+\\s+${UNIT})*`;
const ORDERED: JsonSchema = { type: ['number', 'string'] };

const TESTS: Record<TestWord, JsonSchema> = {
  is: SCALAR,
  'is not': SCALAR,
  'more than': ORDERED,
  'at least': ORDERED,
  'less than': ORDERED,
  'at most': ORDERED,
  between: { type: 'array', items: ORDERED, minItems: 2, maxItems: 2 },
  contains: TEXT,
  'contains any': filled(SCALAR),
  'contains all': filled(SCALAR),
  'starts with': TEXT,
  'ends with': TEXT,
  matches: TEXT,
  in: filled(SCALAR),
  'not in': filled(SCALAR),
  exists: { type: 'boolean' },
};

/** A condition told by its head; what `CONDITION_KEYS` lists belongs to it and nothing else does. */
function condition(head: ConditionKey, own: JsonSchema, others: Record<string, JsonSchema> = {}, required: readonly string[] = []): JsonSchema {
  const allowed: readonly string[] = CONDITION_KEYS[head];
  const properties = Object.fromEntries([[head, own], ...allowed.map((key) => [key, others[key] ?? {}])]) as JsonSchema;
  return { type: 'object', properties, required: [head, ...required], additionalProperties: false };
}

/** The condition needs one of these keys. */
function withOne(schema: JsonSchema, keys: readonly string[]): JsonSchema {
  return { ...schema, anyOf: keys.map((key) => ({ required: [key] })) };
}

const PERIOD = { within: ref('duration'), from: ref('moment'), before: ref('moment') };
const EVENT_OTHERS = {
  ...TESTS, ...PERIOD, ...Object.fromEntries(FIGURE_KEYS.map((key) => [key, TEXT])),
  where: ref('where'), times: ref('times'), since: word('entry', 'ever'), then: ref('follower'), 'then not': ref('follower'), same: TEXT, 'in the last': ref('duration'),
};
const MESSAGES_OTHERS = { ...PERIOD, journey: KEY, step: TEXT, template: KEY, topic: TEXT, link: ref('value'), times: ref('times') };
const DAY = { is: ref('day'), days: { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^-?\\d{1,5}( to -?\\d{1,5})?$' }], description: 'Days counted from today: `-1 to 3`.' } };
const NEXT_AND_LAST = { 'in the next': ref('duration'), 'in the last': ref('duration') };
const WHEN = ['is', 'days', 'in the next', 'in the last'];

/** Definitions that conditions are made of, by name. */
export const CONDITION_DEFS: Record<string, JsonSchema> = {
  duration: { type: 'string', pattern: `^\\s*${DURATION}\\s*$`, description: 'e.g. `30 minutes`, `1 day 12 hours`; a day is 24 hours.' },
  moment: { type: 'string', pattern: `^(now|in ${DURATION}|${DURATION} ago|\\d{4}-\\d{2}-\\d{2}([ T]\\d{2}:\\d{2}(:\\d{2})?Z)?)$`, description: '`30 days ago`, `in 3 days`, or a date such as `2026-01-31` (its midnight in UTC).' },
  day: { type: 'string', pattern: `^(today|tomorrow|yesterday|in ${DURATION}|${DURATION} ago)$`, description: '`today`, `in 3 days`, `3 days ago`.' },
  times: { anyOf: [{ type: 'integer', minimum: 0 }, { type: 'string', pattern: '^((at least|at most|exactly) )?\\d+( times?)?$' }], description: '`at least 2`, `at most 3`, `exactly 1` or just `2`.' },
  tests: { type: 'object', properties: TESTS, additionalProperties: false, minProperties: 1 },
  value: { anyOf: [TEXT, filled(SCALAR), ref('tests')], description: 'A value, a list of which it must be one, or comparisons.' },
  where: {
    description: 'Property (dotted path) and the value or comparison it must meet.',
    anyOf: [ref('whereMap'), list(ref('whereMap'))],
  },
  whereMap: { type: 'object', minProperties: 1, additionalProperties: { anyOf: [SCALAR, ref('tests')] } },
  follower: { anyOf: [TEXT, { type: 'object', properties: { event: TEXT, where: ref('where') }, required: ['event'], additionalProperties: false }], description: 'The event that follows.' },
  conditions: filled(ref('condition')),
  condition: {
    anyOf: [
      ref('conditions'),
      condition('all', ref('conditions')),
      condition('any', ref('conditions')),
      condition('none', ref('conditions')),
      withOne(condition('trait', TEXT, { ...TESTS, 'for at least': ref('duration'), 'for less than': ref('duration') }), TEST_WORDS),
      withOne(condition('date', TEXT, { ...DAY, ...NEXT_AND_LAST, from: ref('moment'), before: ref('moment') }), [...WHEN, 'from', 'before']),
      withOne(condition('anniversary', TEXT, { ...DAY, ...NEXT_AND_LAST, calendar: word(...CALENDARS) }), WHEN),
      condition('event', TEXT, EVENT_OTHERS),
      condition('no event', TEXT, EVENT_OTHERS),
      condition('messages', word(...ENGAGEMENTS), MESSAGES_OTHERS),
      condition('no messages', word(...ENGAGEMENTS), MESSAGES_OTHERS),
      withOne(condition('orders', word(...ORDER_FIGURES), { ...TESTS, ...PERIOD }), TEST_WORDS),
      condition('segment', KEY),
      condition('not in segment', KEY),
      condition('list', KEY),
      condition('not on list', KEY),
      condition('tag', TEXT),
      condition('no tag', TEXT),
      condition('consent', word('email', 'profiling'), { topic: TEXT }),
      condition('no consent', word('email', 'profiling'), { topic: TEXT }),
      condition('in journey', KEY),
      condition('not in journey', KEY),
      condition('was in journey', KEY),
      condition('completed journey', KEY),
      condition('left journey', KEY, { reason: TEXT }),
      withOne(condition('score', KEY, { ...TESTS, band: { anyOf: [KEY, filled(KEY)] } }), [...TEST_WORDS, 'band']),
      withOne(condition('persona', KEY, { is: KEY, 'is not': KEY }), ['is', 'is not']),
      withOne(condition('predicted', TEXT, TESTS), TEST_WORDS),
      ...(Object.keys(FACT_WORDS) as (keyof typeof FACT_WORDS)[]).map((fact) => condition(fact, ref('value'))),
      condition('near', { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2, description: 'Degrees of latitude and longitude.' }, { radius: { type: 'string', pattern: '^\\d.* ?(km|miles?)$', description: 'e.g. `20 km`, `12 miles`.' } }, ['radius']),
      condition('random', { type: 'string', pattern: '^\\d.* ?%$', description: '`10 %`, `10 to 20 %`.' }, { salt: TEXT }),
      withOne(condition('trigger', TEXT, TESTS), TEST_WORDS),
      { ...condition('message', TEXT, { was: word(...OUTCOMES), 'was not': word(...OUTCOMES) }), minProperties: 2, maxProperties: 2 },
    ],
  },
};

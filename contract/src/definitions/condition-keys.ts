import type { EngagementCondition, EventFigure, Fact, OrderFigure } from './condition-types.ts';

/** Comparisons, as written in conditions and in `where`. */
export const TEST_WORDS = [
  'is', 'is not', 'more than', 'at least', 'less than', 'at most', 'between', 'contains', 'contains any', 'contains all', 'starts with', 'ends with', 'matches', 'in', 'not in', 'exists',
] as const;
export type TestWord = (typeof TEST_WORDS)[number];

/** Which events or orders count, by when they happened. */
export const PERIOD_WORDS = ['within', 'from', 'before'] as const;

/** What is worked out of events, behind each the property it is worked out of. */
export const FIGURE_WORDS = {
  'sum of': 'sum', 'average of': 'average', 'largest of': 'max', 'smallest of': 'min', different: 'distinct', first: 'first', last: 'last', 'most frequent': 'most-frequent',
} as const satisfies Record<string, EventFigure['kind']>;
export type FigureWord = keyof typeof FIGURE_WORDS;
export const FIGURE_KEYS = Object.keys(FIGURE_WORDS).filter((word): word is FigureWord => Object.hasOwn(FIGURE_WORDS, word));

/** One event and then another. */
export const SEQUENCE_WORDS = ['then', 'then not', 'same', 'in the last'] as const;

/** Each fact, by the words in which files ask for it. */
export const FACT_WORDS = { country: 'country', region: 'region', city: 'city', 'time zone': 'timezone', language: 'language', device: 'device' } as const satisfies Record<string, Fact>;
export type FactWord = keyof typeof FACT_WORDS;

export const OUTCOMES = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed'] as const;
export const ENGAGEMENTS = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'complained'] as const satisfies readonly EngagementCondition['outcome'][];
export const ORDER_FIGURES = ['count', 'value', 'average', 'largest'] as const satisfies readonly OrderFigure[];
export const CALENDARS = ['gregorian', 'jalali', 'hijri'] as const;

const MESSAGE_WORDS = ['journey', 'step', 'template', 'topic', 'link'] as const;

/** Each condition is told by one of these keys; the others belong to it. */
export const CONDITION_KEYS = {
  all: [],
  any: [],
  none: [],
  trait: [...TEST_WORDS, 'for at least', 'for less than'],
  date: ['is', 'in the next', 'in the last', 'days', 'from', 'before'],
  anniversary: ['is', 'in the next', 'in the last', 'days', 'calendar'],
  event: ['where', 'times', ...FIGURE_KEYS, ...TEST_WORDS, ...SEQUENCE_WORDS, ...PERIOD_WORDS, 'since'],
  'no event': ['where', ...PERIOD_WORDS, 'since'],
  messages: [...MESSAGE_WORDS, 'times', ...PERIOD_WORDS],
  'no messages': [...MESSAGE_WORDS, ...PERIOD_WORDS],
  orders: [...TEST_WORDS, ...PERIOD_WORDS],
  segment: [],
  'not in segment': [],
  list: [],
  'not on list': [],
  tag: [],
  'no tag': [],
  consent: ['topic'],
  'no consent': ['topic'],
  'in journey': [],
  'not in journey': [],
  'was in journey': [],
  'completed journey': [],
  'left journey': ['reason'],
  score: [...TEST_WORDS, 'band'],
  persona: ['is', 'is not'],
  predicted: TEST_WORDS,
  country: [],
  region: [],
  city: [],
  'time zone': [],
  language: [],
  device: [],
  near: ['radius'],
  random: ['salt'],
  trigger: TEST_WORDS,
  message: ['was', 'was not'],
} as const;

export type ConditionKey = keyof typeof CONDITION_KEYS;

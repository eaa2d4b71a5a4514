import { DUPLICATE_KINDS } from './duplicate-keys.ts';
import { FRESHNESS_DAYS, type QualityQuestions } from './examine-contact.ts';
import { STAY_DAYS } from './subscription.ts';
import type { QualityTally } from './tally.ts';

export const FIGURE_GROUPS = ['visitors', 'addresses', 'duplicates', 'missing', 'values', 'subscribers', 'events', 'engagement'] as const;
export type FigureGroup = (typeof FIGURE_GROUPS)[number];

/** A number of contacts, and of how many. */
export interface Figure {
  key: string;
  group: FigureGroup;
  title: string;
  contacts: number;
  of: number;
}

interface Row {
  key: string;
  title: string;
}

const VISITORS: Row[] = [
  { key: 'visitor-person', title: 'people' }, { key: 'visitor-bot', title: 'bots' }, { key: 'visitor-unclear', title: 'cannot be told' },
];
const ADDRESSES: Row[] = [
  { key: 'address-reachable', title: 'valid, and their domain takes mail' }, { key: 'address-unchecked', title: 'valid, domain not checked' },
  { key: 'address-unreachable', title: 'valid, but their domain takes no mail' }, { key: 'address-suppressed', title: 'must not be written to' },
  { key: 'address-invalid', title: 'not valid' }, { key: 'address-missing', title: 'no address' },
  { key: 'address-role', title: 'read by several people (info@, sales@)' }, { key: 'address-disposable', title: 'thrown away after use' },
];
const DUPLICATES: Readonly<Record<(typeof DUPLICATE_KINDS)[number], string>> = {
  email: 'same mailbox', phone: 'same phone number', 'name-birthday': 'same name and birthday', 'name-city': 'same name and city',
};

const within = (what: string): Row[] => [
  ...FRESHNESS_DAYS.map((days) => ({ key: `${what}-${days}`, title: days === 30 ? 'within 30 days' : `within ${days} days, not sooner` })),
  { key: `${what}-older`, title: 'longer ago' }, { key: `${what}-never`, title: 'never' },
];

/** Every figure of a report in the order in which people read it. Those that count nobody are there as well. */
export function figuresOf(tally: QualityTally, questions: QualityQuestions): Figure[] {
  const { contacts } = tally;
  const count = (key: string): number => tally.figures[key] ?? 0;
  const rows = (group: FigureGroup, of: number, some: readonly Row[]): Figure[] => some.map(({ key, title }) => ({ key, group, title, contacts: count(key), of }));
  const visitors = VISITORS.reduce((sum, { key }) => sum + count(key), 0);
  const everSubscribed = count('subscribed') + count('unsubscribed');
  return [
    ...rows('visitors', visitors, VISITORS),
    ...rows('addresses', contacts, ADDRESSES),
    ...rows('duplicates', contacts, DUPLICATE_KINDS.map((kind) => ({ key: `duplicate-${kind}`, title: DUPLICATES[kind] }))),
    ...rows('missing', contacts, questions.expectedTraits.map((trait) => ({ key: `missing:${trait}`, title: trait }))),
    ...rows('values', contacts, [...new Set([...questions.countryTraits, ...questions.categoryTraits])].map((trait) => ({ key: `value:${trait}`, title: trait }))),
    ...rows('subscribers', everSubscribed, [{ key: 'subscribed', title: 'subscribed' }, { key: 'unsubscribed', title: 'not any more' }]),
    ...STAY_DAYS.flatMap((days) => {
      const of = count(`stayed-${days}`) + count(`left-${days}`);
      return rows('subscribers', of, [{ key: `stayed-${days}`, title: `stayed ${days} days` }, { key: `left-${days}`, title: `gone by day ${days}` }]);
    }),
    ...rows('events', contacts, within('event')),
    ...rows('engagement', contacts, within('engaged')),
  ];
}

import type { Currency } from './catalogue.ts';
import { Dice } from './dice.ts';
import { MAIL_CLIENTS } from './mail-client.ts';
import type { MailClient } from './mail-client.ts';
import { FIRST_NAMES, LAST_NAMES } from './names.ts';
import type { Language } from './names.ts';

/** Somebody who may come to the shop; what they are like never changes. */
export interface Person {
  readonly number: number;
  readonly userId: string;
  /** What their browser calls itself. */
  readonly anonymousId: string;
  readonly language: Language;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly timezone: string;
  readonly country: string;
  readonly currency: Currency;
  readonly browser: string;
  readonly mail: MailClient;
  /** Ticks the box "write to me" when signing up. */
  readonly consents: boolean;
  /** Their mailbox no longer exists. */
  readonly unreachable: boolean;
  /** Visits without any reason, per day. A few come often, most seldom. */
  readonly visitsPerDay: number;
  /** How much of what they put into the cart, compared with others. */
  readonly appetite: number;
  /** How likely a checkout once begun is finished. */
  readonly decided: number;
  /** How likely a mail is read. */
  readonly attention: number;
  /** How many mails a week they bear. */
  readonly patience: number;
  /** How content they tend to be with what arrives. */
  readonly content: number;
}

interface Home {
  readonly timezone: string;
  readonly country: string;
  readonly currency: Currency;
}

const HOMES: Readonly<Record<Language, readonly [readonly [Home, number], ...(readonly [Home, number])[]]>> = {
  en: [
    [{ timezone: 'America/New_York', country: 'US', currency: 'USD' }, 3],
    [{ timezone: 'Europe/Dublin', country: 'IE', currency: 'EUR' }, 2],
  ],
  ar: [[{ timezone: 'Asia/Riyadh', country: 'SA', currency: 'SAR' }, 1]],
  fa: [[{ timezone: 'Asia/Tehran', country: 'IR', currency: 'IRR' }, 1]],
  he: [[{ timezone: 'Asia/Jerusalem', country: 'IL', currency: 'ILS' }, 1]],
};

const BROWSERS: readonly [string, ...string[]] = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
];

/** The most often that anybody comes. */
const VISITS_PER_DAY_LIMIT = 1.5;

/** The same seed and number always make the same person. */
export function makePerson(seed: string, number: number): Person {
  const dice = Dice.of(seed, 'person', number);
  const language = dice.weighted<Language>([['en', 3], ['ar', 3], ['fa', 3], ['he', 2]]);
  const [firstName, firstLatin] = dice.pick(FIRST_NAMES[language]);
  const [lastName, lastLatin] = dice.pick(LAST_NAMES[language]);
  return {
    number,
    userId: `shopper-${number}`,
    anonymousId: `browser-${Math.floor(dice.number() * 2 ** 40).toString(36)}-${number}`,
    language, firstName, lastName,
    email: `${firstLatin}.${lastLatin}.${number}@mail.example`,
    ...dice.weighted(HOMES[language]),
    browser: dice.pick(BROWSERS),
    mail: dice.weighted(MAIL_CLIENTS),
    consents: dice.chance(0.78),
    unreachable: dice.chance(0.015),
    visitsPerDay: Math.min(dice.skewed(0.09, 1), VISITS_PER_DAY_LIMIT),
    appetite: dice.skewed(1, 0.5),
    decided: dice.between(0.25, 0.6),
    attention: dice.between(0.35, 0.85),
    patience: dice.skewed(5, 0.5),
    content: dice.between(0.6, 1),
  };
}

import { DAY_MS } from '../time.ts';

/** `opt-in`: only who agreed; `opt-out`: until somebody objects; `never`: not at all. */
export type ConsentDemand = 'opt-in' | 'opt-out' | 'never';

/** What the law of a place, or a shop's own prudence, asks for. */
export interface ConsentRule {
  marketing: ConsentDemand;
  /** Messages of the class `legitimate-interest`. */
  legitimateInterest: ConsentDemand;
  /** Scores, personas, predictions. */
  profiling: ConsentDemand;
}

/** Countries, by ISO 3166-1 alpha-2, for which the same holds. */
export interface CountryGroup extends ConsentRule {
  name: string;
  countries: string[];
}

/** Which rule holds where, as data. A country's own group goes before Europe, and that before the others. */
export interface ConsentRules {
  groups: CountryGroup[];
  /** EU, EEA, United Kingdom and Switzerland. */
  europe: ConsentRule;
  others: ConsentRule;
  /** Contacts of whom nobody knows where they live. */
  unknown: ConsentRule;
  /** How long the link of a confirmation works. */
  confirmWithinMs: number;
}

/** The European Union, the European Economic Area, the United Kingdom, Switzerland, and the parts of them that have codes of their own. */
export const EUROPE: ReadonlySet<string> = new Set((
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO GB CH GF GP MQ RE YT MF AX GG JE IM GI'
).split(' '));

const OPT_IN: ConsentRule = { marketing: 'opt-in', legitimateInterest: 'opt-in', profiling: 'opt-in' };

/** What holds for what a workspace does not say. */
export const DEFAULT_CONSENT_RULES: ConsentRules = {
  groups: [],
  europe: OPT_IN,
  others: { marketing: 'opt-in', legitimateInterest: 'opt-out', profiling: 'opt-out' },
  unknown: OPT_IN,
  confirmWithinMs: 7 * DAY_MS,
};

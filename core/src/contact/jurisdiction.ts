import { EUROPE, type ConsentRule, type ConsentRules } from '../definition/consent-rules.ts';
import type { ContactState } from './contact-state.ts';
import { countryOf } from '../country/country-of.ts';

/** The rule that holds for a contact, and where it comes from, for whoever asks why. */
export interface Jurisdiction {
  country: string | null;
  /** `europe`, `others`, `unknown`, or the name of a group of the workspace. */
  group: string;
  rule: ConsentRule;
}

/** Which rules of consent hold for a contact, by where it lives. */
export function jurisdictionOf(contact: ContactState, rules: ConsentRules): Jurisdiction {
  const country = countryOf(contact);
  if (country === null) return { country, group: 'unknown', rule: rules.unknown };
  const group = rules.groups.find((one) => one.countries.includes(country));
  if (group !== undefined) return { country, group: group.name, rule: group };
  return EUROPE.has(country) ? { country, group: 'europe', rule: rules.europe } : { country, group: 'others', rule: rules.others };
}

import type { ContactState } from '../contact/contact-state.ts';
import { traitAt } from '../contact/traits.ts';
import { own } from '../event/own.ts';
import { canonicalCountry } from './country.ts';

/** Names of the traits by which it is known where a contact lives. */
export const COUNTRY_TRAITS = ['address', 'country'];

/** Where a contact lives, by its traits `address.country` and `country`; null: unknown. */
export function countryOf(contact: ContactState): string | null {
  for (const value of [traitAt(contact, 'address', 'address.country'), own(contact.traits, 'country')?.value]) {
    const code = typeof value === 'string' ? canonicalCountry(value) : null;
    if (code !== null) return code;
  }
  return null;
}

import type { ContactState } from '../contact/contact-state.ts';
import { traitAt } from '../contact/traits.ts';
import { mailboxKey } from './address.ts';
import { categoryKey, plainDigits, tidyText } from './category-key.ts';
import { canonicalCountry } from '../country/country.ts';

export const DUPLICATE_KINDS = ['email', 'phone', 'name-birthday', 'name-city'] as const;
export type DuplicateKind = (typeof DUPLICATE_KINDS)[number];

/** A phone number as +… (E.164), or null when it is none. `country` is the contact's, as alpha-2. */
export type PhoneReader = (text: string, country: string | null) => string | null;

const FIRST = ['first_name', 'firstName', 'firstname'];
const LAST = ['last_name', 'lastName', 'lastname', 'surname'];
const NAME = ['name', 'full_name', 'fullName'];
const BIRTHDAY = ['birthday', 'birthdate', 'birth_date', 'date_of_birth'];
const CITY = ['city', 'address.city', 'billing_address.city'];
const PHONE = ['phone', 'phone_number', 'phoneNumber', 'mobile'];
export const COUNTRY_TRAITS = ['country', 'country_code', 'address.country', 'billing_address.country'];

/** What a contact would share with a second contact of the same person. Contacts with the same key of a kind belong together. */
export function duplicateKeys(contact: ContactState, readPhone: PhoneReader): { kind: DuplicateKind; key: string }[] {
  const keys: { kind: DuplicateKind; key: string | null }[] = [
    { kind: 'email', key: mailboxKey(emailOf(contact) ?? '') },
    { kind: 'phone', key: phoneKey(contact, readPhone) },
  ];
  const name = nameKey(contact);
  const birthday = birthdayKey(contact);
  const city = firstText(contact, CITY);
  if (name !== null && birthday !== null) keys.push({ kind: 'name-birthday', key: `${name}|${birthday}` });
  if (name !== null && city !== null) keys.push({ kind: 'name-city', key: `${name}|${categoryKey(city)}` });
  return keys.flatMap(({ kind, key }) => (key === null ? [] : [{ kind, key }]));
}

/** The address that a contact is written to; else one by which it was once recognised. */
export function emailOf(contact: ContactState): string | null {
  return firstText(contact, ['email']) ?? [contact.home, ...contact.identifiers].find(({ kind }) => kind === 'email')?.value ?? null;
}

function phoneKey(contact: ContactState, readPhone: PhoneReader): string | null {
  const text = firstText(contact, PHONE) ?? [contact.home, ...contact.identifiers].find(({ kind }) => kind === 'phone')?.value ?? null;
  if (text === null) return null;
  const country = firstText(contact, COUNTRY_TRAITS);
  return readPhone(plainDigits(tidyText(text)), country === null ? null : canonicalCountry(country));
}

/** The words of a name in one order, whoever wrote it; one word alone is no name to tell people apart by. */
function nameKey(contact: ContactState): string | null {
  const first = firstText(contact, FIRST);
  const last = firstText(contact, LAST);
  const name = first !== null && last !== null ? `${first} ${last}` : firstText(contact, NAME);
  const words = name === null ? [] : tidyText(name).split(/[\s,]+/u).filter((word) => word !== '').map(categoryKey).sort();
  return words.length < 2 ? null : words.join(' ');
}

/** A date without its time; what is none counts as it is written. */
function birthdayKey(contact: ContactState): string | null {
  const text = firstText(contact, BIRTHDAY);
  if (text === null) return null;
  const [, year, month, day] = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})/u.exec(plainDigits(tidyText(text))) ?? [];
  if (year === undefined || month === undefined || day === undefined) return categoryKey(text);
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The first of some traits that holds text with something in it. */
export function firstText(contact: ContactState, paths: readonly string[]): string | null {
  for (const path of paths) {
    const value = traitAt(contact, path.split('.', 1)[0] ?? path, path);
    if (typeof value === 'string' && tidyText(value) !== '') return value;
  }
  return null;
}

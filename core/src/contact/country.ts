import { own } from '../event/own.ts';
import type { ContactState } from './contact-state.ts';
import { traitAt } from './traits.ts';

/** ISO 3166-1 alpha-2. */
const CODES = new Set((
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR '
  + 'CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU '
  + 'ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ '
  + 'MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI '
  + 'SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
).split(' '));

/** Codes that are used though ISO has another. */
const ALIASES: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

/** The ISO 3166-1 alpha-2 code that a text is, whatever its case; null: it is none. A name is no code. */
export function countryCode(text: string): string | null {
  const code = text.trim().toUpperCase();
  const known = ALIASES[code] ?? code;
  return CODES.has(known) ? known : null;
}

/** Names of the traits by which it is known where a contact lives. */
export const COUNTRY_TRAITS = ['address', 'country'];

/** Where a contact lives, by its traits `address.country` and `country`; null: unknown. */
export function countryOf(contact: ContactState): string | null {
  for (const value of [traitAt(contact, 'address', 'address.country'), own(contact.traits, 'country')?.value]) {
    const code = typeof value === 'string' ? countryCode(value) : null;
    if (code !== null) return code;
  }
  return null;
}

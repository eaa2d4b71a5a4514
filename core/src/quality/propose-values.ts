import { categoryKey, commonSpelling, type CountedValue } from './category-key.ts';
import { canonicalCountry } from '../country/country.ts';

/** What a person has decided about a value. */
export interface ChosenSpelling {
  choice: 'accepted' | 'replaced' | 'rejected';
  /** null: the value stays as it is. */
  canonical: string | null;
}

export interface ProposedValue extends CountedValue {
  /** What the rules would write instead; the value itself where it is right; null: they do not know. */
  proposed: string | null;
  choice: ChosenSpelling['choice'] | 'open';
  /** What holds: the choice, else what is proposed. */
  canonical: string | null;
}

/** The canonical form of each value that a trait has: a country's code, or the commonest of the spellings that mean the same. */
export function proposeValues(kind: 'country' | 'category', values: readonly (CountedValue & { chosen: ChosenSpelling | null })[]): ProposedValue[] {
  const proposals = kind === 'country' ? null : spellingsOf(values);
  return values.map(({ value, contacts, chosen }) => {
    const proposed = proposals === null ? canonicalCountry(value) : (proposals.get(categoryKey(value)) ?? null);
    const canonical = chosen === null ? proposed : (chosen.canonical ?? value);
    return { value, contacts, proposed, choice: chosen?.choice ?? 'open', canonical };
  });
}

function spellingsOf(values: readonly CountedValue[]): Map<string, string> {
  const groups = new Map<string, CountedValue[]>();
  for (const value of values) {
    const key = categoryKey(value.value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return new Map([...groups].map(([key, group]) => [key, commonSpelling(group) ?? key]));
}

import type { EventFigure, EventFilter, Period } from './condition-types.ts';

/**
 * A figure over a contact's events that is used like a trait. The file `computed-traits/favourite_category.yaml`:
 *
 * ```yaml
 * computed trait: favourite_category
 * name: Favourite category        # default: the key
 * event: Product Viewed           # `where` as in conditions
 * most frequent: category         # default: how often the event happened
 * within: 30 days                 # periods as in conditions, as far as the figure can be told for them
 * ```
 */
export interface ComputedTraitDefinition extends EventFilter {
  kind: 'computed-trait';
  /** The trait's name; it hides a trait of that name that was told. */
  key: string;
  name: string;
  description: string | null;
  figure: EventFigure | { kind: 'count' };
  period: Period;
}

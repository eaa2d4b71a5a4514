import type { Condition, EventFilter } from './condition-types.ts';

/**
 * What a contact is worth to the seller, in points. The file `scores/engagement.yaml`:
 *
 * ```yaml
 * score: engagement
 * name: Engagement
 * main: true                  # its band is the temperature of the contact; at most one score of a workspace; default false
 * needs consent: true         # scored only where profiling is allowed; default true
 * hysteresis: 4               # points; default: a tenth of the smallest distance between two bands (see below)
 * bands:                      # ascending; the first has no threshold: all that is below the second
 *   - band: cold
 *   - band: warm
 *     name: Warm              # default: the key
 *     from: 20
 *   - band: hot
 *     from: 60
 * rules:
 *   - event: Product Viewed   # behaviour; `where` as in conditions
 *     points: 2
 *     half-life: 14 days      # default: never fades
 *     at most: 20             # cap in points of this rule, as an absolute amount; default: none
 *     id: product-viewed      # default: slug of the label, with -2, -3 for repeats
 *     label: Looks at products  # default: the name of the event
 *   - event: Order Completed
 *     points: 0.1
 *     per: total              # for each 1 of this property instead of each event
 *     half-life: 60 days
 *     at most: 40
 *   - when:                   # fit: a condition; a list means all
 *       trait: employees
 *       less than: 5
 *     points: -30
 *     label: Too small to buy # needed for fit
 * ```
 *
 * A score without `bands` is a number only. The default of the hysteresis is a tenth of the smallest distance between the
 * thresholds of neighbouring bands; with a single threshold a tenth of it; never less than 0.
 */
export interface ScoreDefinition {
  kind: 'score';
  key: string;
  name: string;
  description: string | null;
  /** Its band is the contact's temperature. At most one score of a workspace is. */
  main: boolean;
  /** Contacts of whom no profile may be made have no score. */
  needsConsent: boolean;
  /** A band is entered at its threshold and left so many points below it, so that nobody flaps. Less than any distance between thresholds. */
  hysteresis: number;
  /** Ascending. Empty, or at least two. */
  bands: ScoreBand[];
  rules: ScoreRule[];
}

export interface ScoreBand {
  key: string;
  name: string;
  /** Points from which on it is entered; null for the first alone: below all others. */
  from: number | null;
}

/** One line of a score. `id` is stable across edits and unique within its score; `points` may be negative (bad fit). */
export type ScoreRule = BehaviourRule | FitRule;

/** Points for what the contact does. */
export interface BehaviourRule extends EventFilter {
  kind: 'behaviour';
  id: string;
  label: string;
  /** For each event, or for each 1 of the number at `per`. */
  points: number;
  per: string | null;
  /** Half of what an event gave is left so long after it happened; null: it never fades. */
  halfLifeMs: number | null;
  /** What this rule can come to at most, up or down; positive. null: no limit. */
  cap: number | null;
}

/** Points for what the contact is, as long as it is so. */
export interface FitRule {
  kind: 'fit';
  id: string;
  label: string;
  points: number;
  when: Condition;
}

/**
 * Kinds of people: each contact is of the first kind whose condition holds. The file `personas/shoppers.yaml`:
 *
 * ```yaml
 * personas: shoppers
 * name: Kinds of shoppers
 * needs consent: true         # default true
 * choose:
 *   - persona: collector
 *     name: Collects          # default: the key
 *     when:                   # a condition; a list means all
 *       event: Order Completed
 *       times: at least 5
 *   - persona: bargain-hunter
 *     when: { trait: uses_coupons, is: true }
 * otherwise: browser          # who is none of these; or `{ persona: browser, name: … }`; default: no persona
 * ```
 */
export interface PersonasDefinition {
  kind: 'personas';
  key: string;
  name: string;
  description: string | null;
  /** Contacts of whom no profile may be made have no persona. */
  needsConsent: boolean;
  choose: PersonaChoice[];
  otherwise: Persona | null;
}

export interface Persona {
  persona: string;
  name: string;
}

export interface PersonaChoice extends Persona {
  when: Condition;
}

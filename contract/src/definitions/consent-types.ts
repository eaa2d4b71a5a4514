export const CONSENT_DEMANDS = ['opt-in', 'opt-out', 'never'] as const;
export type ConsentDemand = (typeof CONSENT_DEMANDS)[number];

export interface ConsentRule {
  marketing: ConsentDemand;
  legitimateInterest: ConsentDemand;
  profiling: ConsentDemand;
}

export interface CountryGroup extends ConsentRule {
  name: string;
  countries: string[];
}

export interface ConsentRules {
  groups: CountryGroup[];
  europe: ConsentRule;
  others: ConsentRule;
  unknown: ConsentRule;
  confirmWithinMs: number;
}

/** A subject that contacts subscribe to, with what people read about it. */
export interface TopicDefinition {
  kind: 'topic';
  key: string;
  /** By language tag; the first is the fallback. */
  names: Record<string, string>;
  descriptions: Record<string, string>;
  /** Counts only once the owner of the address has confirmed it. */
  doubleOptIn: boolean;
}

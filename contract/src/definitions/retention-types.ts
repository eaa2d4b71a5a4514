/** How long what happened is kept; null: for ever. */
export interface RetentionRules {
  /** Events that are not named in `events`. */
  defaultMs: number | null;
  events: Record<string, number | null>;
  /** Events that were refused. */
  rejectedMs: number | null;
  decisionsMs: number | null;
}

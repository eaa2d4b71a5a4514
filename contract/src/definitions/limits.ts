/** A limit on everything that a file can hold, each with its reason. */
export const DEFINITION_LIMITS = {
  /** A mail of more than about 100 kB is clipped by mailboxes; ten languages of that still fit. */
  maxFileChars: 1_048_576,
  /** Real files have some hundred values; YAML aliases could make billions out of a few lines. */
  maxValues: 50_000,
  /** Conditions and branches deeper than this cannot be read by a person; recursion stays shallow. */
  maxDepth: 64,
  /** More than this helps nobody at once, and the rest usually follows from the first ones. */
  maxProblemsPerFile: 100,
  /** Keys, step ids, tags and topics are typed by hand and stand in addresses, logs and database keys. */
  maxKeyLength: 80,
  /** Names, reasons, paths and event names: one line on a screen. */
  maxNameLength: 200,
  /** RFC 5322 allows 998 octets in a header line; nobody reads more than this. */
  maxSubjectLength: 300,
  maxDescriptionLength: 5_000,
  /** Steps of one journey, branches included; a whole year of weekly mails with three branches each. */
  maxSteps: 500,
  /** Ten years: longer waits and windows are mistakes. */
  maxDurationMs: 3_650 * 86_400_000,
  /** Days ahead or back in a condition on a date. */
  maxDays: 3_650,
  /** Counting further per contact costs memory and changes no decision. */
  maxTimes: 10_000,
  /** `in: [..]`; a longer list is data, not a condition: use a trait or a tag. */
  maxListedValues: 1_000,
  /** As many as one contact can have. */
  maxDeclaredTraits: 500,
  /** Points of one rule and of thresholds; far from where additions lose accuracy. */
  maxPoints: 1_000_000,
  /** Nobody acts differently for more kinds of warmth. */
  maxBands: 20,
  /** Each is looked at whenever the score is. */
  maxScoreRules: 100,
  maxPersonas: 50,
  maxCeilingPerHour: 10_000_000,
  maxWeight: 1_000_000,
  /** An excerpt shows where; it need not show all. */
  maxExcerptLength: 80,
} as const;

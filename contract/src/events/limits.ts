/** A limit on everything that the tracking API takes, each with its reason. */
export const EVENT_LIMITS = {
  /** Segment's own limit: libraries never send more. Counted as compact JSON in UTF-8, without `integrations`. */
  maxItemBytes: 32 * 1024,
  /** Segment's libraries stop at 500 kB; others encode more wastefully. For the server's limit on (unpacked) bodies. */
  maxBatchBytes: 1024 * 1024,
  /** As many as Segment documents for one batch. */
  maxItemsPerBatch: 2_500,
  /** Keys of an item on all levels: an order of 100 lines with 15 properties each, and its context. */
  maxProperties: 2_000,
  /** Real payloads are 5 deep; every level costs a frame of the stack in all that walk them. */
  maxDepth: 20,
  /** Names of events are columns, labels of metrics and lines on a screen. */
  maxNameLength: 200,
  /** User ids are keys; the longest seen in practice are hashes and addresses (254). */
  maxIdLength: 256,
} as const;

/** Names under which calls other than `track` stand in the history. */
export const EVENT_NAMES = {
  identify: 'Identify',
  page: 'Page Viewed',
  screen: 'Screen Viewed',
  group: 'Group Joined',
  alias: 'Alias',
} as const;

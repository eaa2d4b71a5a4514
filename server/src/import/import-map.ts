/** How the text of a column is read. */
export type ColumnType = 'text' | 'number' | 'whole number' | 'true/false' | 'json';

/** Where a value comes from: a column of the row (a dotted path in NDJSON), or the same for all rows. */
export type Source =
  | { kind: 'column'; column: string; as: ColumnType }
  | { kind: 'literal'; value: string | number | boolean };

/** When a row happened. */
export interface TimeSource {
  source: Source;
  /** IANA zone of times that name none. */
  timezone: string;
  /** Such as `DD/MM/YYYY HH:mm`; null: ISO 8601, or seconds or milliseconds since 1970. */
  format: string | null;
}

/** Who a row is about: at least one of them. */
export interface WhoSource {
  user?: Source;
  anonymous?: Source;
  email?: Source;
  phone?: Source;
}

/** A test of a column's text; several on a row must all hold. */
export interface RowTest {
  column: string;
  op: 'is' | 'is not' | 'starts with' | 'ends with' | 'contains' | 'in' | 'less than' | 'more than';
  value: string | number | string[];
}

export interface ConsentSource {
  email?: Source;
  /** Topic → column that says whether it is wanted. */
  topics: Record<string, Source>;
  /** What proves it: source, wording, wording_version, ip, form, url, by. */
  proof: Record<string, Source>;
  at: TimeSource | null;
}

export interface ContactsMap {
  kind: 'contacts';
  who: WhoSource;
  at: TimeSource | null;
  traits: Record<string, Source>;
  consent: ConsentSource | null;
}

export interface EventsMap {
  kind: 'events';
  who: WhoSource;
  event: Source;
  at: TimeSource;
  messageId: Source | null;
  /** `all`: every column that is not used otherwise. */
  properties: Record<string, Source> | 'all';
}

export interface OrdersMap {
  kind: 'orders';
  who: WhoSource;
  id: Source;
  at: TimeSource;
  currency: Source;
  /** Every row is one line of an order, grouped by the order's id; null: every row is a whole order. */
  line: { quantity: Source; price: Source; fields: Record<string, Source> } | null;
  /** Of whole orders. */
  total: Source | null;
  /** Further properties of the order, from its first row. */
  properties: Record<string, Source>;
  refundWhen: RowTest[];
}

/** What a mapping file says: how to read a file and what its rows are. */
export interface ImportMap {
  format: 'csv' | 'ndjson' | null;
  encoding: 'utf-8' | 'latin1';
  delimiter: string;
  rows: ContactsMap | EventsMap | OrdersMap;
}

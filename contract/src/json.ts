export type Scalar = string | number | boolean | null;

/** Anything that JSON can hold. */
export type Json = Scalar | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

/** An instant: integer milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = number;

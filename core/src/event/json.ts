export type Scalar = string | number | boolean | null;

/** Anything that JSON can hold. */
export type Json = Scalar | Json[] | { [key: string]: Json };

export type JsonObject = { [key: string]: Json };

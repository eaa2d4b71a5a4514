/** A statement that each connection prepares once, under its name. For hot statements only. */
export type Statement = { readonly name: string; readonly text: string };

const NAME_PATTERN = /^[a-z][a-z0-9_]{0,62}$/;
const textByName = new Map<string, string>();

/** Declares a named prepared statement. Names are unique in the process, since `pg` refuses a second text for a name. */
export function statement(name: string, text: string): Statement {
  if (!NAME_PATTERN.test(name)) throw new Error(`«${name}» is not a statement name (lower case, digits, _; at most 63 characters)`);
  const known = textByName.get(name);
  if (known !== undefined && known !== text) throw new Error(`two different statements are named «${name}»`);
  textByName.set(name, text);
  return Object.freeze({ name, text });
}

/** What a parameter can be. Arrays are Buffers made by the functions of `binary-arrays.ts`; JSON is text. */
export type SqlParameter = string | number | bigint | boolean | null | Uint8Array;

/**
 * Throws on a parameter that `pg` would not be able to send. Checked here, since `pg` reports it too late:
 * a COMMIT that was sent behind it would commit the rest.
 */
export function checkParameters(parameters: readonly SqlParameter[]): void {
  for (let i = 0; i < parameters.length; i++) {
    const value: unknown = parameters[i];
    if (value === null) continue;
    const type = typeof value;
    if (type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint' || value instanceof Uint8Array) continue;
    throw new TypeError(`parameter $${i + 1} is ${type}, which cannot be sent to the database`);
  }
}

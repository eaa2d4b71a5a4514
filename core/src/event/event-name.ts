/** The beginning that a pattern of names asks for (`Cart *`); null: it names one event. */
export function prefixOf(pattern: string): string | null {
  return pattern.endsWith('*') ? pattern.slice(0, -1) : null;
}

/** Whether an event's name is the one asked for, or begins so where the pattern ends with `*`. */
export function isNamed(pattern: string, name: string): boolean {
  const prefix = prefixOf(pattern);
  return prefix === null ? pattern === name : name.startsWith(prefix);
}

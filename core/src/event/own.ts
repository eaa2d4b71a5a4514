/** What `record` itself holds under a name that strangers choose; never what every object inherits (`constructor`, `__proto__`). */
export function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Sets `record[name]`, also where assignment would change the object's prototype instead. */
export function put<Value>(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
  else record[name] = value;
}

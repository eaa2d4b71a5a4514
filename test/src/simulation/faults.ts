/** Gathers what does not hold. */
export class Faults {
  readonly found: string[] = [];

  /** The two must be the same. */
  same(name: string, found: unknown, wanted: unknown): void {
    const [a, b] = [stable(found), stable(wanted)];
    if (a !== b) this.found.push(`${name}: found ${shortened(a, b)}, wanted ${shortened(b, a)}`);
  }

  holds(name: string, is: boolean): void {
    if (!is) this.found.push(name);
  }
}

/** JSON with its keys in order. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner) ?? 'undefined';
}

const SHOWN = 400;

/** The part around the first difference. */
function shortened(text: string, other: string): string {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  const from = Math.max(0, at - SHOWN / 4);
  return `${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN)}${from + SHOWN < text.length ? '…' : ''}`;
}

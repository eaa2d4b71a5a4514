/**
 * Ids of things in reading order. Ids that were written (`explicit`) are kept; the others are made of the content, with
 * -2, -3 for repeats, and avoid those that were written.
 */
export function assignIds<T>(things: readonly T[], contentId: (thing: T) => string, explicit: ReadonlyMap<T, string>): string[] {
  const taken = new Set(explicit.values());
  const lastNumber = new Map<string, number>();
  return things.map((thing) => {
    const written = explicit.get(thing);
    if (written !== undefined) return written;
    const base = contentId(thing);
    let number = lastNumber.get(base) ?? 0;
    let id: string;
    do {
      number++;
      id = number === 1 ? base : `${base}-${number}`;
    } while (taken.has(id));
    lastNumber.set(base, number);
    taken.add(id);
    return id;
  });
}

/** Those things whose id must be written down because it does not follow from the content. */
export function withExplicitId<T extends { id: string }>(things: readonly T[], contentId: (thing: T) => string): Map<T, string> {
  const explicit = new Map<T, string>();
  for (;;) {
    const ids = assignIds(things, contentId, explicit);
    // One at a time: writing an id down may bring later ones right.
    const index = things.findIndex((thing, position) => thing.id !== ids[position]);
    const thing = things[index];
    if (thing === undefined) return explicit;
    explicit.set(thing, thing.id);
  }
}

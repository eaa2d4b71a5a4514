/** Names what re-entry rules remember: one journey, or one key of it. */
export function entryName(journey: string, key: string | null): string {
  return key === null ? journey : `${journey}|${key}`;
}

/** Keys of journeys hold no bar, so one tells the two kinds of names apart. */
export function isEntryOfKey(name: string): boolean {
  return name.includes('|');
}

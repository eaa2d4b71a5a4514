/** Names what re-entry rules remember: one journey, or one key of it. */
export function entryName(journey: string, key: string | null): string {
  return key === null ? journey : `${journey}|${key}`;
}

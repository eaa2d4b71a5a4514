/*
 * Bands and personas are kept as memberships of segments, so that history with causes, counts and journeys come with
 * them. A slash keeps their keys apart from those that people choose.
 */

/** Members are the contacts in this band of a score, or in a higher one. The lowest band has no segment: who is scored is in it. */
export function bandSegment(score: string, band: string): string {
  return `score/${score}/${band}`;
}

export function personaSegment(set: string, persona: string): string {
  return `persona/${set}/${persona}`;
}

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

/** What people call a segment: `the segment vip`, `band hot of engagement, or above`, `persona keen of shoppers`. */
export function segmentInWords(segment: string): string {
  const [kind = '', group = '', name] = segment.split('/');
  if (name === undefined) return `the segment ${segment}`;
  return kind === 'persona' ? `persona ${name} of ${group}` : `band ${name} of ${group}, or above`;
}

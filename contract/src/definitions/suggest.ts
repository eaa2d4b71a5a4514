/** The known word that was probably meant, or null when none is near. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** How to mend an unknown word: the probable one, else the list of those possible. */
export function didYouMean(word: string, known: readonly string[]): string {
  const probable = nearest(word, known);
  if (probable !== null) return `Did you mean \`${probable}\`?`;
  if (known.length === 0) return 'There is none yet.';
  const shown = known.slice(0, MAX_LISTED).map((name) => `\`${name}\``);
  return `Known here: ${shown.join(', ')}${known.length > MAX_LISTED ? ', …' : ''}.`;
}

const MAX_LISTED = 20;
/** Longer words are never typing mistakes of each other, and the distance costs their product. */
const MAX_COMPARED_LENGTH = 80;

/** Optimal string alignment distance (a swap of neighbours counts one), or `limit` when it is not below it. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > MAX_COMPARED_LENGTH) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(last[b.length] ?? limit, limit);
}

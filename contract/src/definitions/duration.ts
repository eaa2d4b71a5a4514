const UNITS_MS = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const;

type Unit = keyof typeof UNITS_MS;

/** `1 day 12 hours` in ms, or null when the text is no duration. A day is 24 hours. */
export function parseDuration(text: string): number | null {
  const words = text.trim().toLowerCase().split(/[ \t]+/);
  if (words.length === 0 || words.length % 2 !== 0) return null;
  let totalMs = 0;
  const seen = new Set<string>();
  for (let index = 0; index < words.length; index += 2) {
    const count = words[index] ?? '';
    const unit = (words[index + 1] ?? '').replace(/s$/, '');
    if (!/^\d{1,9}$/.test(count) || !isUnit(unit) || seen.has(unit)) return null;
    seen.add(unit);
    totalMs += Number(count) * UNITS_MS[unit];
  }
  return totalMs;
}

/** A duration in words, in days and smaller units: `1 day 12 hours`. Only whole seconds can be said. */
export function formatDuration(durationMs: number): string {
  let restMs = durationMs;
  const parts: string[] = [];
  for (const unit of ['day', 'hour', 'minute', 'second'] as const) {
    const count = Math.floor(restMs / UNITS_MS[unit]);
    restMs -= count * UNITS_MS[unit];
    if (count > 0) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}

function isUnit(word: string): word is Unit {
  return Object.hasOwn(UNITS_MS, word);
}

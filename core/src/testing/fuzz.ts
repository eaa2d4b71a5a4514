/** The same cases on every machine, unless told otherwise; a failure prints the seed that it was found with. */
const SEED = 20_261_122;

/**
 * How many cases a fuzz tries: `base` in every run of the tests, times SAMOVAR_FUZZ_RUNS in long ones. SAMOVAR_FUZZ_SEED
 * chooses other cases.
 */
export function fuzzParameters(environment: Readonly<Record<string, string | undefined>>, base: number): { numRuns: number; seed: number; scale: number } {
  const scale = Number(environment.SAMOVAR_FUZZ_RUNS ?? 1);
  const seed = Number(environment.SAMOVAR_FUZZ_SEED ?? SEED);
  if (!(scale > 0) || !Number.isInteger(seed)) throw new RangeError('SAMOVAR_FUZZ_RUNS must be a positive number, SAMOVAR_FUZZ_SEED a whole one');
  return { numRuns: Math.ceil(base * scale), seed, scale };
}

/** Counts what cases were about, so that a generator that has stopped trying something is found out. */
export class Coverage {
  readonly counts = new Map<string, number>();

  note(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  /** Those of `wanted` that came up less than `least` times. */
  missing(wanted: readonly string[], least: number): string[] {
    return wanted.filter((what) => (this.counts.get(what) ?? 0) < least).map((what) => `${what}: ${this.counts.get(what) ?? 0}`);
  }

  /** Says what the cases were about, in runs of a chosen length. */
  report(environment: Readonly<Record<string, string | undefined>>, name: string, say: (line: string) => void): void {
    const counts = [...this.counts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${what} ${times}`);
    if (environment.SAMOVAR_FUZZ_RUNS !== undefined) say(`${name}: ${counts.join(', ')}`);
  }
}

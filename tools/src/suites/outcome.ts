/** A test that was left out, and what it said for itself. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

/** What came of one suite. */
export interface Outcome {
  readonly suite: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly Skipped[];
  /** Why the suite counts as failed although none of its tests did: it did not start, broke off, took too long. */
  readonly trouble?: string;
  readonly seconds: number;
}

/** What the tests themselves report; how the process ended is known only outside. */
export type Counts = Pick<Outcome, 'passed' | 'failed' | 'skipped'>;

/** How the process of a suite ended. */
export interface Ending {
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  readonly seconds: number;
}

/**
 * Judges a suite of tests by what it reported and how it ended, trusting neither alone: a suite that reports no failure and
 * ends badly has failed, and so has one that ends well without having run a test.
 */
export function judgeTests(suite: string, counts: Counts | undefined, ending: Ending): Outcome {
  const trouble = troubleOf(counts, ending);
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: [] };
  return { suite, passed, failed: trouble === undefined ? failed : Math.max(failed, 1), skipped, seconds: ending.seconds, ...(trouble === undefined ? {} : { trouble }) };
}

function troubleOf(counts: Counts | undefined, ending: Ending): string | undefined {
  if (ending.timedOut) return 'it took too long and was stopped';
  if (counts === undefined) return 'it ended without a report';
  if (counts.passed + counts.failed === 0) return 'it ran no test';
  if (counts.failed === 0 && ending.exitCode !== 0) return `it ended with code ${ending.exitCode ?? 'none'} although no test failed`;
  return undefined;
}

/** Judges a command that is one check as a whole, such as the type checker. */
export function judgeCommand(suite: string, ending: Ending): Outcome {
  if (ending.timedOut) return { suite, passed: 0, failed: 1, skipped: [], seconds: ending.seconds, trouble: 'it took too long and was stopped' };
  if (ending.exitCode !== 0) return { suite, passed: 0, failed: 1, skipped: [], seconds: ending.seconds, trouble: `it ended with code ${ending.exitCode ?? 'none'}` };
  return { suite, passed: 1, failed: 0, skipped: [], seconds: ending.seconds };
}

/** The outcomes of all suites that had to run, in words; a suite without an outcome has failed. The last line is the sum. */
export function summarize(expected: readonly string[], outcomes: readonly Outcome[]): { readonly lines: string[]; readonly failed: number } {
  const complete = expected.map(
    (suite) => outcomes.find((outcome) => outcome.suite === suite) ?? { suite, passed: 0, failed: 1, skipped: [], seconds: 0, trouble: 'it did not run' },
  );
  const passed = complete.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = complete.reduce((sum, outcome) => sum + outcome.failed, 0);
  const lines = complete.flatMap((outcome) => [describeOutcome(outcome), ...outcome.skipped.map(({ name, reason }) => `    skipped: ${name} (${reason})`)]);
  return { lines: [...lines, `${passed} passed, ${failed} failed`], failed };
}

function describeOutcome({ suite, passed, failed, skipped, seconds, trouble }: Outcome): string {
  const skippedPart = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  const troublePart = trouble === undefined ? '' : `: ${trouble}`;
  return `${suite.padEnd(12)} ${String(passed).padStart(5)} passed, ${failed} failed${skippedPart} in ${seconds.toFixed(1)} s${troublePart}`;
}

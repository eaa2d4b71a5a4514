import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { Counts, Skipped } from './outcome.ts';

/** Where the counts are to be written; set by whoever runs the suite. */
export const REPORT_VARIABLE = 'SAMOVAR_TEST_REPORT';

/** Counts tests, errors outside of tests, and what was skipped and why, and writes them where the runner looks for them. */
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const path = process.env[REPORT_VARIABLE];
    if (path !== undefined) writeFileSync(path, JSON.stringify(count(modules, unhandled.length)));
  }
}

function count(modules: readonly TestModule[], unhandled: number): Counts {
  let passed = 0;
  let failed = unhandled;
  const skipped: Skipped[] = [];
  for (const module of modules) {
    failed += module.errors().length;
    for (const suite of module.children.allSuites()) failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed += 1;
      else if (result.state === 'skipped') skipped.push({ name: `${module.relativeModuleId}: ${test.fullName}`, reason: result.note ?? 'no reason given' });
      else failed += 1;
    }
  }
  return { passed, failed, skipped };
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '../tidy/repository.ts';
import { summarize } from './outcome.ts';
import { forgetOutcomes, keptOutcome, runSuite } from './run-suite.ts';
import { FAST, NIGHTLY, SLOW } from './suite.ts';
import type { Suite } from './suite.ts';

/** Runs every suite of a set, also after one has failed: knowing all that is wrong saves a round. */
async function runAll(suites: readonly Suite[]): Promise<boolean> {
  forgetOutcomes(suites);
  for (const suite of suites) await runSuite(suite);
  return report(suites);
}

/** Prints the outcomes and tells whether all is well. */
function report(suites: readonly Suite[]): boolean {
  const outcomes = suites.flatMap(({ name }) => keptOutcome(name) ?? []);
  const { lines, failed } = summarize(suites.map(({ name }) => name), outcomes);
  console.log(`\n${lines.join('\n')}`);
  return failed === 0;
}

async function runNightly(): Promise<boolean> {
  const startedAt = new Date();
  const passed = await runAll(NIGHTLY);
  if (passed) recordNight(startedAt);
  return passed;
}

/** Leaves a note of the last night on which everything passed. */
function recordNight(startedAt: Date): void {
  const commit = execFileSync('git', ['-C', REPOSITORY_ROOT, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
  const night = { lastPassedAt: startedAt.toISOString(), commit, node: process.version, suites: NIGHTLY.map(({ name }) => keptOutcome(name)) };
  mkdirSync(join(REPOSITORY_ROOT, 'out'), { recursive: true });
  writeFileSync(join(REPOSITORY_ROOT, 'out/nightly.json'), JSON.stringify(night, undefined, 2));
}

async function main(command: string | undefined): Promise<boolean> {
  switch (command) {
    case 'fast':
      return runAll(FAST);
    case 'slow':
      return runAll(SLOW);
    case 'nightly':
      return runNightly();
    case 'forget':
      forgetOutcomes([...FAST, ...SLOW]);
      return true;
    case 'sum':
      return report([...FAST, ...SLOW]);
    default:
      console.error('usage: main.ts fast | slow | nightly | forget | sum');
      return false;
  }
}

process.exitCode = (await main(process.argv[2])) ? 0 : 1;

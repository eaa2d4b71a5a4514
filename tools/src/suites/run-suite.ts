import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '../tidy/repository.ts';
import { judgeCommand, judgeTests } from './outcome.ts';
import type { Counts, Ending, Outcome } from './outcome.ts';
import type { Suite } from './suite.ts';
import { REPORT_VARIABLE } from './vitest-reporter.ts';

/** Where outcomes are kept between the commands that make them and the one that adds them up. */
export const OUTCOMES_PATH = join(REPOSITORY_ROOT, 'out/suites');

/** After being asked to stop, a suite has this long to clean up. */
const GRACE_MS = 10_000;

/** Runs a suite with its output on the terminal, and keeps its outcome. */
export async function runSuite(suite: Suite): Promise<Outcome> {
  mkdirSync(OUTCOMES_PATH, { recursive: true });
  const report = join(OUTCOMES_PATH, `${suite.name}.counts.json`);
  rmSync(report, { force: true });
  console.log(`\n── ${suite.name} ──`);
  const ending = await run(suite, report);
  const outcome = suite.counted ? judgeTests(suite.name, readJson<Counts>(report), ending) : judgeCommand(suite.name, ending);
  writeFileSync(outcomePath(suite.name), JSON.stringify(outcome, undefined, 1));
  return outcome;
}

/** The kept outcome of a suite, if it has run. */
export const keptOutcome = (name: string): Outcome | undefined => readJson<Outcome>(outcomePath(name));

/** Forgets the outcomes of suites, so that an old one is not taken for a new one. */
export function forgetOutcomes(suites: readonly Suite[]): void {
  for (const suite of suites) rmSync(outcomePath(suite.name), { force: true });
}

const outcomePath = (name: string): string => join(OUTCOMES_PATH, `${name}.json`);

async function run(suite: Suite, report: string): Promise<Ending> {
  const startedAt = performance.now();
  const reporters = suite.counted ? ['--reporter=default', '--reporter=./tools/src/suites/vitest-reporter.ts'] : [];
  const suiteProcess = spawn(process.execPath, [...suite.command, ...reporters], {
    cwd: REPOSITORY_ROOT,
    env: { ...process.env, ...suite.environment, [REPORT_VARIABLE]: report },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    stop(suiteProcess);
  }, suite.limitMs);
  const exitCode = await new Promise<number | undefined>((resolve) => {
    suiteProcess.on('error', () => resolve(undefined));
    suiteProcess.on('exit', (code) => resolve(code ?? undefined));
  });
  clearTimeout(limit);
  return { exitCode, timedOut, seconds: (performance.now() - startedAt) / 1000 };
}

function stop(suiteProcess: ChildProcess): void {
  suiteProcess.kill('SIGTERM');
  setTimeout(() => suiteProcess.kill('SIGKILL'), GRACE_MS).unref();
}

/** Reads what this program or its reporter wrote; anything else counts as absent. */
function readJson<T>(path: string): T | undefined {
  try {
    const parsed: T = JSON.parse(readFileSync(path, 'utf8'));
    return parsed;
  } catch {
    // Absent or cut short: the suite ended before it could write, and is judged so.
    return undefined;
  }
}

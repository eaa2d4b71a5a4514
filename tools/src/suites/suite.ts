/** Something that passes or fails as a whole: a set of tests, or a command. */
export interface Suite {
  readonly name: string;
  /** What Node runs, from the root of the repository. */
  readonly command: readonly string[];
  /** Whether it runs vitest, which reports test by test. */
  readonly counted: boolean;
  /** Set for the tests, beside what the environment holds. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Past this it is stopped and has failed: a guard against hanging, some way above what it takes. */
  readonly limitMs: number;
}

const MINUTE_MS = 60_000;

const vitest = (name: string, limitMs: number): Suite => ({ name, command: ['node_modules/vitest/vitest.mjs', 'run', '--project', name], counted: true, limitMs });
const typescript = (name: string, path: string, args: readonly string[], limitMs: number): Suite => ({ name, command: ['--import', 'tsx', path, ...args], counted: false, limitMs });

/** `npm test`: within five minutes on two cores, with nothing but git, Node and npm. */
export const FAST: readonly Suite[] = [
  { name: 'typecheck', command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], counted: false, limitMs: 2 * MINUTE_MS },
  { name: 'lint', command: ['node_modules/oxlint/bin/oxlint'], counted: false, limitMs: 2 * MINUTE_MS },
  vitest('unit', 5 * MINUTE_MS),
  vitest('pg', 8 * MINUTE_MS),
];

const crash = (rounds: number, limitMs: number): Suite => typescript('crash', 'test/src/crash/main.ts', ['--rounds', String(rounds)], limitMs);

/** `npm run test:slow`: the whole system, simulated, in the browser, and killed again and again. */
export const SLOW: readonly Suite[] = [
  { name: 'recipes', command: ['server/bin/samovar.mjs', 'test', 'recipes'], counted: false, limitMs: 3 * MINUTE_MS },
  vitest('slow', 10 * MINUTE_MS),
  crash(40, 10 * MINUTE_MS),
];

/** How many times more cases the seeded tests try at night (`SAMOVAR_TEST_EFFORT`, 1 by day). */
const NIGHTLY_EFFORT = '20';

const longer = (suite: Suite): Suite => ({ ...suite, environment: { SAMOVAR_TEST_EFFORT: NIGHTLY_EFFORT }, limitMs: 120 * MINUTE_MS });

/** `npm run nightly`: all of it, with more cases, more kills, and the figures. */
export const NIGHTLY: readonly Suite[] = [
  ...FAST.map((suite) => (suite.counted ? longer(suite) : suite)),
  ...SLOW.filter((suite) => suite.name !== 'crash').map((suite) => (suite.counted ? longer(suite) : suite)),
  crash(300, 240 * MINUTE_MS),
  typescript('bench', 'bench/src/main.ts', ['--json', 'out/bench.json'], 120 * MINUTE_MS),
];

import { parseArgs } from 'node:util';
import { Trial } from './trial.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '40' }, seed: { type: 'string' }, verbose: { type: 'boolean', default: false } } });
const rounds = Number(values.rounds);
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) throw new Error('--rounds and --seed take whole numbers');

const startedAt = performance.now();
const say = (line: string): void => console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`);

interface Plan {
  name: string;
  split: boolean;
  rounds: number;
}

/** Runs its rounds, then leaves the checks to be awaited: most of them is waiting for attempts that nobody ended to time out. */
async function run({ name, split, rounds: share }: Plan): Promise<() => Promise<boolean>> {
  say(`${name}: ${share} rounds`);
  const log = (line: string): void => { if (values.verbose) say(`${split ? 'apart' : 'whole'}  ${line}`); };
  const trial = new Trial({ seed: split ? seed + 1 : seed, split, say, log });
  await trial.run(share);
  say(`${name}: ${share} rounds are over`);
  const verified = trial.verify();
  verified.catch(() => {});
  return async () => {
    const faults = await verified;
    for (const fault of faults.slice(0, 20)) say(`FAULT ${fault}`);
    say(faults.length === 0 ? `${name}: all holds` : `${name}: ${faults.length} faults; the seed was ${seed}`);
    return faults.length === 0;
  };
}

const plans: Plan[] = [
  { name: 'one process with its own Postgres', split: false, rounds: Math.ceil(rounds / 2) },
  { name: 'web, worker and sender apart', split: true, rounds: Math.floor(rounds / 2) },
];

console.log(`crash test: ${rounds} rounds, seed ${seed}`);
const checks: (() => Promise<boolean>)[] = [];
let failed = 0;
for (const plan of plans.filter((one) => one.rounds > 0)) {
  checks.push(await run(plan).catch((error: unknown) => async () => {
    say(`FAULT ${plan.name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}; the seed was ${seed}`);
    return false;
  }));
}
for (const check of checks) failed += (await check()) ? 0 : 1;
console.log(`crash: ${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

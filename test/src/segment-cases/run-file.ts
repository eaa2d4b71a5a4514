import { readFile } from 'node:fs/promises';
import { CaseError, fieldsOf, instantOf, listOf, mapOf } from './place.ts';
import { CaseRun } from './run-case.ts';
import { Stage } from './stage.ts';

/** Two servers at a time: more would only wait for each other. */
const LANES = 2;

export interface CaseOutcome {
  name: string;
  /** Why the case fails; none: it passes. */
  faults: string[];
}

/**
 * Runs every case of a file in the neutral form, each on a server of its own, and hands on the outcomes in the order of
 * the file as they come.
 * @throws CaseError when the file as a whole cannot be understood
 */
export async function* runFile(path: string): AsyncGenerator<CaseOutcome> {
  const file = fieldsOf(JSON.parse(await readFile(path, 'utf8')), 'file', ['source', 'licence', 'license', 'base_time', 'cases', 'note', 'comment', 'description']);
  const cases = listOf(file.cases, 'cases').map((value, index) => ({ value, place: `cases[${index}]` }));
  const outcomes: Promise<CaseOutcome>[] = [];
  for (const [index, { value, place }] of cases.entries()) {
    const earlier = Promise.all(outcomes.slice(0, Math.max(0, index - LANES + 1)));
    outcomes.push(earlier.then(() => runCase(value, place, file.base_time)));
  }
  for (const outcome of outcomes) yield await outcome;
}

async function runCase(value: unknown, place: string, baseTime: unknown): Promise<CaseOutcome> {
  let name = place;
  let stage: Stage | null = null;
  try {
    const form = mapOf(value, place);
    if (typeof form.name === 'string') name = form.name;
    const baseAt = instantOf(form.base_time ?? baseTime, `${place}.base_time`);
    stage = await Stage.start(baseAt);
    return { name, faults: await new CaseRun(stage, baseAt).run(value, place) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name, faults: [error instanceof CaseError ? message : `${place}: ${message}`] };
  } finally {
    await stage?.stop();
  }
}

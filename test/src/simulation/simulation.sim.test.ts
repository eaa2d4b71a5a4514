import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@samovar/core';
import { startTestServer, type TestServer } from '@samovar/store/testing';
import { checkCounters, checkHistory, checkTables } from './check-tables.ts';
import { Judges, checkDecisions } from './check-decisions.ts';
import { checkMail } from './check-mail.ts';
import { Faults } from './faults.ts';
import { readRemains } from './remains.ts';
import { Simulation, type Pace } from './simulation.ts';

const GIVEN_SEED = process.env['SAMOVAR_TEST_SEED'];
const EFFORT = Number(process.env['SAMOVAR_TEST_EFFORT'] ?? 1);
/** By day always the same, by night others every night. */
const FIRST_SEED = GIVEN_SEED !== undefined ? Number(GIVEN_SEED) : EFFORT > 1 ? Math.floor(Date.now() / DAY_MS) * 1_000 : 1;
const SEEDS = GIVEN_SEED === undefined ? EFFORT : 1;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function simulate(seed: number, pace: Pace): Promise<string[]> {
  const simulation = await Simulation.open(seed, pace);
  try {
    await simulation.run();
    const { stage, programs, workspaceId, published } = simulation;
    const remains = await readRemains(stage.db);
    const judges = await Judges.of(simulation, remains);
    const faults = new Faults();
    checkHistory(simulation, remains, faults);
    checkDecisions(remains, judges, faults);
    checkTables(simulation, remains, await programs.get(stage.db, workspaceId, published.at(-1)?.version ?? 0), faults);
    checkCounters(remains, faults);
    checkMail(simulation, remains, faults);
    return faults.found;
  } finally {
    await simulation.stage.close();
  }
}

describe.each(Array.from({ length: SEEDS }, (_, n) => FIRST_SEED + n))('the whole system, seed %i (SAMOVAR_TEST_SEED)', (seed) => {
  it.each<Pace>(['prompt', 'lagging'])('decides and sends everything exactly once, whatever fails: workers are %s', async (pace) => {
    expect(await simulate(seed, pace)).toEqual([]);
  });
});

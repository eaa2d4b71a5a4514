import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runExample } from './run-example.ts';

const RETAIL = `${process.env['SAMOVAR_SHARED'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))}/uci-online-retail/online_retail.csv.gz`;

/** Counted independently of this code, from the file's lines. */
const RECOUNT = {
  lines: 541_909, orders: 18_536, contacts: 4_372, refunds: 3_654, revenue: 9_747_747.93, rejectedLines: 0,
  journeys: { 'after-order': { entered: 18_536, contacts: 4_339, messages: 18_536 }, 'win-back': { entered: 3_219, contacts: 2_702, messages: 3_219 } },
};

it('agrees with a recount of the real year', async (context) => {
  if (!existsSync(RETAIL)) context.skip(`${RETAIL} is not here`);
  expect(await runExample({ data: RETAIL, out: null })).toMatchObject(RECOUNT);
});

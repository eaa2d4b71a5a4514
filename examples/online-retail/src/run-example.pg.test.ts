import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDefinitionDirectory, runScenarioFile } from '@samovar/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runExample } from './run-example.ts';

let directory = '';
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'samovar-example-')); });
afterEach(async () => rm(directory, { recursive: true, force: true }));

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const LINES = [
  '1,A,"LANTERN, GLASS",2,2010-12-01 08:26:00,2.50,100.0,United Kingdom',
  '1,B,HANGER,1,2010-12-01 08:25:00,1.00,100.0,United Kingdom',
  '2,A,LANTERN,1,2010-12-02 10:00:00,2.50,200.0,France',
  'C3,A,LANTERN,-1,2010-12-03 10:00:00,2.50,300.0,France',
  '4,A,LANTERN,1,2011-03-01 08:25:00,2.50,100.0,United Kingdom',
  '5,A,LANTERN,1,2011-06-01 08:25:00,2.50,100.0,United Kingdom',
  '6,A,LANTERN,x,2011-06-02 08:25:00,2.50,100.0,United Kingdom',
  '7,A,LANTERN,1,2011-08-31 08:25:00,2.50,,United Kingdom',
];

it('counts orders, refunds, contacts and revenue, and enters the journeys by the clock', async () => {
  const data = join(directory, 'orders.csv');
  await writeFile(data, `${[HEADER, ...LINES].join('\n')}\n`);
  const figures = await runExample({ data, out: join(directory, 'out') });
  expect(figures).toMatchObject({
    lines: 8, orders: 4, contacts: 3, refunds: 1, revenue: 13.5, rejectedLines: 1,
    journeys: {
      'after-order': { entered: 4, contacts: 2, messages: 4 },
      // 100: 90 days to the minute do not count, 92 days do, and so do the 91 to the last line; 200: since March.
      'win-back': { entered: 3, contacts: 2, messages: 3 },
    },
  });
  expect((await runExample({ data, out: null })).sha256).toBe(figures.sha256);
  expect((await readFile(join(directory, 'out', 'messages.ndjson'), 'utf8')).trim().split('\n')).toHaveLength(7);
});

it('keeps what its scenarios promise', async () => {
  const { definitions, scenarios, problems } = await readDefinitionDirectory(fileURLToPath(new URL('../definitions', import.meta.url)), '');
  expect(problems).toEqual([]);
  expect(scenarios.flatMap((file) => runScenarioFile(file, definitions.map(({ definition }) => definition))).flatMap(({ failures }) => failures)).toEqual([]);
});

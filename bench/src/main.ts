import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { startBenchServer } from './bench-server.ts';
import { readable, type Bench, type BenchOptions, type BenchResult } from './result.ts';

/** Every bench file with the budgets that it measures. */
const BENCHES = [
  { file: 'ingest.ts', ids: ['B1', 'B2'] },
  { file: 'engine.ts', ids: ['B3', 'B4', 'B5', 'B6', 'B7', 'B13', 'B14', 'B15', 'B18', 'B19', 'B20'] },
  { file: 'sending.ts', ids: ['B8', 'B9', 'B10', 'B11', 'B12'] },
  { file: 'reading.ts', ids: ['B17'] },
  { file: 'core.ts', ids: ['core', 'B16'] },
] as const;
/** Only when asked for by name: what one number of shards or another would cost, and what takes long. */
const ON_DEMAND = [{ file: 'shards.ts', ids: ['shards'] }, { file: 'millions.ts', ids: ['millions'] }] as const;

const USAGE = `npm run bench -- [--quick] [--only B3,B4] [--json FILE]
  --only shards compares numbers of shards, --only millions measures previews and backfills over twenty million events;
  neither is part of the usual run.`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'string' }, only: { type: 'string' }, quick: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const only = values.only === undefined ? null : new Set(values.only.split(','));
  const wants = (id: string): boolean => (only === null ? !ON_DEMAND.some(({ ids }) => ids.some((one) => one === id)) : only.has(id));
  const server = await startBenchServer();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.stop().finally(() => process.exit(130)));
  try {
    const results = await runAll({ quick: values.quick === true, wants, server, note: (text) => process.stderr.write(`${text}\n`) });
    process.stdout.write(tableOf(results));
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(reportOf(results, values.quick === true), null, 2)}\n`);
    if (results.some((result) => result.met === false)) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

async function runAll(options: BenchOptions): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const { file, ids } of [...BENCHES, ...ON_DEMAND]) {
    if (!ids.some((id) => options.wants(id))) continue;
    const path = new URL(file, import.meta.url);
    if (!existsSync(path)) continue;
    options.note(`${file} …`);
    const { run } = (await import(path.href)) as { run: Bench };
    results.push(...(await run(options)));
  }
  return results;
}

function reportOf(results: BenchResult[], quick: boolean): unknown {
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version };
  return { at: new Date().toISOString(), quick, machine, results };
}

function tableOf(results: readonly BenchResult[]): string {
  const rows = results.map((one) => [
    one.id, one.what, `${readable(one.value)} ${one.unit}`, one.limit === null ? '–' : readable(one.limit), one.ratio === null ? '–' : one.ratio.toFixed(2),
    one.budget === '' ? '–' : one.budget, one.met === null ? '' : one.met ? 'met' : 'MISSED',
  ]);
  const all = [['#', 'what', 'figure', 'limit', 'ratio', 'budget', ''], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}

await main();

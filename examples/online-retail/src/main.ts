import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runExample } from './run-example.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, out: { type: 'string' }, json: { type: 'boolean' } } });

if (values.data === undefined) {
  console.error('Usage: npm run --silent example:online-retail -- --data FILE.csv.gz [--out DIR] [--json]');
  process.exitCode = 2;
} else {
  // npm runs scripts at the root; a path is meant from where npm was called.
  const from = process.env['INIT_CWD'] ?? process.cwd();
  const figures = await runExample({ data: resolve(from, values.data), out: values.out === undefined ? null : resolve(from, values.out) });
  if (values.json === true) {
    console.log(JSON.stringify(figures));
  } else {
    const { journeys, ...others } = figures;
    for (const [name, value] of Object.entries(others)) console.log(`${name.padEnd(14)} ${typeof value === 'number' ? value.toLocaleString('en') : value}`);
    for (const [key, { entered, contacts, messages }] of Object.entries(journeys)) console.log(`${key.padEnd(14)} entered ${entered}, contacts ${contacts}, messages ${messages}`);
  }
}

import { runFile } from './run-file.ts';

const USAGE = `usage: npm run --silent check:segment-cases -- FILE

Runs every case of a file of segment cases in the neutral form (events, clock, definitions, expected memberships) through
the public API of a server of its own with a manual clock, and says what came out otherwise.
`;

async function main(path: string | undefined): Promise<boolean> {
  if (path === undefined) throw new Error(USAGE);
  let passed = 0;
  let failed = 0;
  for await (const { name, faults } of runFile(path)) {
    if (faults.length === 0) passed += 1;
    else failed += 1;
    console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'}  ${name}`);
    for (const fault of faults) console.log(`      ${fault}`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}

try {
  process.exitCode = (await main(process.argv[2])) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

/** Writes what is derived from the contract: `npx tsx contract/src/generate.ts`. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileSchemas } from './definitions/json-schema.ts';
import { contractText } from './fingerprint.ts';
import { CONTRACT_VERSION } from './version.ts';

const directory = new URL('../schemas/', import.meta.url);
mkdirSync(directory, { recursive: true });
for (const [name, schema] of Object.entries(fileSchemas())) {
  writeFileSync(new URL(`${name}.schema.json`, directory), `${JSON.stringify(schema, null, 2)}\n`);
}

const path = new URL('../fingerprint.json', import.meta.url);
const sha256 = createHash('sha256').update(contractText()).digest('hex');
let before = '';
try {
  before = readFileSync(path, 'utf8');
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
const after = `${JSON.stringify({ version: CONTRACT_VERSION, sha256 }, null, 2)}\n`;
writeFileSync(path, after);
process.stdout.write(before === after ? 'The contract is unchanged.\n' : `The contract has changed; its version is ${CONTRACT_VERSION}. Would it break somebody? Then raise CONTRACT_VERSION and run this again.\n`);

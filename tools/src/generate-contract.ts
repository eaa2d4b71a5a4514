/** Writes what is derived from the contract: `npx tsx tools/src/generate-contract.ts`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { CONTRACT_VERSION, contractText, fileSchemas } from '@samovar/contract';

const contract = new URL('../../contract/', import.meta.url);
mkdirSync(new URL('schemas/', contract), { recursive: true });
for (const [name, schema] of Object.entries(fileSchemas())) {
  writeFileSync(new URL(`schemas/${name}.schema.json`, contract), `${JSON.stringify(schema, null, 2)}\n`);
}

const path = new URL('fingerprint.json', contract);
const sha256 = createHash('sha256').update(contractText()).digest('hex');
const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
const after = `${JSON.stringify({ version: CONTRACT_VERSION, sha256 }, null, 2)}\n`;
writeFileSync(path, after);
const question = `The contract has changed; its version is ${CONTRACT_VERSION}. Would it break somebody? Then raise CONTRACT_VERSION and run this again.\n`;
process.stdout.write(before === after ? 'The contract is unchanged.\n' : question);

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contractText } from './fingerprint.ts';
import { API_PROBLEMS } from './problem.ts';
import { DEFINITION_PROBLEMS } from './definitions/problem.ts';
import { EVENT_PROBLEMS } from './events/types.ts';
import { CONTRACT_VERSION } from './version.ts';

test('a change of the contract is a decision', () => {
  const kept: unknown = JSON.parse(readFileSync(new URL('../fingerprint.json', import.meta.url), 'utf8'));
  const sha256 = createHash('sha256').update(contractText()).digest('hex');
  expect({ version: CONTRACT_VERSION, sha256 }, 'The contract has changed. Decide whether CONTRACT_VERSION must rise, then run `npx tsx tools/src/generate-contract.ts`.').toEqual(kept);
});

test('every code is explained in docs/reference/errors.md', () => {
  const page = readFileSync(new URL('../../docs/reference/errors.md', import.meta.url), 'utf8');
  const codes = [...Object.keys(DEFINITION_PROBLEMS), ...Object.keys(EVENT_PROBLEMS), ...Object.keys(API_PROBLEMS)];
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});

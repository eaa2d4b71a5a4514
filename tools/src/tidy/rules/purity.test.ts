import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { purityRule } from './purity.ts';

const findings = (text: string, path = 'core/src/a.ts'): string[] => purityRule.check([sourceFile(path, text)]).map((finding) => finding.message);

describe('pure code passes', () => {
  test.each([
    'const at = new Date(input.at).getUTCHours();',
    "// Date.now() and async are not for us\nconst text = 'await Date.now()';",
    'const text = `setTimeout ${name} process`; /* Math.random() */',
    'const x = { process: 1, now: 2, async: true }; x.process + x.now; x.async;',
    'function run(process: Step) { return process.id; }',
    'const { performance } = contact; performance.score;',
    "import { crypto } from './own.ts'; crypto(1);",
    "new Intl.DateTimeFormat('en', { timeZone: zone }).formatToParts(at);",
    'interface Clock { now(): number; process: string }',
    'Math.max(1, 2); Date.UTC(2026, 0, 1); Date.parse(text);',
    'type Later = Promise<number>;',
  ])('%s', (text) => {
    expect(findings(text)).toEqual([]);
  });

  test('only core and intelligence are bound by it, and not their tests', () => {
    expect(findings('Date.now();', 'server/src/a.ts')).toEqual([]);
    expect(findings('Date.now();', 'core/src/a.test.ts')).toEqual([]);
    expect(findings('Date.now();', 'intelligence/src/a.ts')).toHaveLength(1);
  });
});

describe('ambient things are refused', () => {
  test.each([
    ['Date.now();', 'Date.now'],
    ["Date['now']();", 'Date.now'],
    ['const now = Date.now;', 'Date.now'],
    ['new Date();', 'new Date() without'],
    ['new Date;', 'new Date() without'],
    ['new Date(2026, 0, 1);', 'new Date(year'],
    ['Date();', 'Date()'],
    ['Math.random();', 'Math.random'],
    ['performance.now();', 'performance'],
    ['setTimeout(f, 1);', 'setTimeout'],
    ['crypto.randomUUID();', 'crypto'],
    ['const env = process.env;', 'process'],
    ['const x = { process };', 'process'],
    ['const x = { where: process };', 'process'],
    ['globalThis.Date.now();', 'globalThis'],
    ["Buffer.from('x');", 'Buffer'],
    ['console.log(1);', 'console'],
    ['const f = async () => 1;', 'async'],
    ['class A { async f() {} }', 'async'],
    ['await x;', 'await'],
    ['Promise.resolve(1);', 'Promise'],
    ['new Promise(f);', 'Promise'],
    ["import { readFileSync } from 'node:fs';", 'node:fs'],
    ["export * from 'node:fs';", 'node:fs'],
    ['import.meta.url;', 'import.meta'],
    ['at.getHours();', 'getHours'],
    ["new Intl.DateTimeFormat('en');", 'Intl.DateTimeFormat'],
    ['const text = `${Date.now()}`;', 'Date.now'],
  ])('%s', (text, message) => {
    expect(findings(text)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });
});

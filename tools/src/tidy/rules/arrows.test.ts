import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { arrowsRule } from './arrows.ts';

const manifest = (path: string, ...names: string[]) => sourceFile(`${path}package.json`, JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])) }));
const manifests = [
  manifest('', 'vitest'),
  manifest('core/', 'tiny'),
  manifest('store/', '@samovar/core', '@samovar/server', 'pg'),
  manifest('server/', '@samovar/core', '@samovar/store', '@scope/thing'),
  manifest('bench/', '@samovar/store'),
  manifest('examples/demo/', '@samovar/server'),
];
const findings = (path: string, text: string): string[] => arrowsRule.check([...manifests, sourceFile(path, text)]).map((finding) => finding.message);

describe('allowed', () => {
  test.each([
    ['core/src/a.ts', "import { b } from './b.ts'; import x from 'tiny/deep.js';"],
    ['store/src/a.ts', "import { x } from '@samovar/core'; import pg from 'pg'; import { y } from 'node:fs';"],
    ['server/src/http/a.ts', "import { x } from '@samovar/store'; import { y } from '@scope/thing/deep'; import z from '../a.ts';"],
    ['examples/demo/src/a.ts', "import { x } from '@samovar/server';"],
    ['core/src/a.test.ts', "import { x } from 'vitest';"],
    ['server/src/a.pg.test.ts', "import { x } from '@samovar/store/testing';"],
    ['bench/src/main.ts', "import { x } from '@samovar/store/testing';"],
    ['core/src/a.ts', "// import { x } from '@samovar/server'\nconst text = \"import { x } from '@samovar/server'\";"],
  ])('%s: %s', (path, text) => {
    expect(findings(path, text)).toEqual([]);
  });
});

describe('refused', () => {
  test.each([
    ['core/src/a.ts', "import { x } from '@samovar/store';", 'core may not import'],
    ['core/src/a.ts', "import type { X } from '@samovar/store';", 'core may not import'],
    ['store/src/a.ts', "export { x } from '@samovar/server';", 'store may not import'],
    ['store/src/a.ts', "type X = import('@samovar/server').X;", 'store may not import'],
    ['store/src/a.ts', "const x = await import('@samovar/server');", 'store may not import'],
    ['server/src/a.ts', "import { x } from '@samovar/core/src/advance.ts';", 'reaches into a package'],
    ['server/src/index.ts', "import { x } from '@samovar/store/testing';", 'reaches into a package'],
    ['server/src/a.ts', "import { x } from '../../core/src/advance.ts';", 'leaves server'],
    ['examples/demo/src/a.ts', "import { x } from '../../other/src/a.ts';", 'leaves examples/demo'],
    ['core/src/a.ts', "import { x } from './b';", 'needs its extension'],
    ['core/src/a.ts', "import { x } from 'unknown';", 'not among the dependencies'],
    ['core/src/index.ts', "import { x } from 'vitest';", 'not among the dependencies'],
    ['server/bin/samovar.mjs', "import { x } from 'vitest';", 'not among the dependencies'],
    ['elsewhere/src/a.ts', '', 'no package of ours'],
  ])('%s: %s', (path, text, message) => {
    expect(findings(path, text)).toEqual([expect.stringContaining(message)]);
  });
});

describe('what only tests use', () => {
  const helper = sourceFile('core/src/arbitrary.ts', "import { x } from 'vitest';");
  const check = (...files: [string, string][]): string[] => arrowsRule.check([...manifests, helper, ...files.map(([path, text]) => sourceFile(path, text))]).map((finding) => finding.message);

  test('may use what the tests use, as long as the entry does not lead to it', () => {
    expect(check(['core/src/index.ts', ''], ['core/src/a.test.ts', "import { x } from './arbitrary.ts';"])).toEqual([]);
    expect(check(['core/src/index.ts', "export { y } from './b.ts';"], ['core/src/b.ts', "export { y } from './arbitrary.ts';"])).toEqual([expect.stringContaining('vitest is not among')]);
  });
});

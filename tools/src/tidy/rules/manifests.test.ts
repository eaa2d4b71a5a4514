import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { manifestsRule } from './manifests.ts';

const check = (path: string, value: unknown): string[] => manifestsRule.check([sourceFile(path, JSON.stringify(value, null, 1))]).map((finding) => finding.message);
const good = { name: '@samovar/core', type: 'module', license: 'Apache-2.0' };

describe('package.json', () => {
  test('exact versions are fine', () => {
    expect(check('core/package.json', { ...good, dependencies: { a: '1.2.3' }, devDependencies: { b: '1.0.0-beta.17' } })).toEqual([]);
    expect(check('package.json', { ...good, name: 'samovar-workspace' })).toEqual([]);
    expect(check('examples/demo/package.json', { ...good, name: '@samovar/example-demo' })).toEqual([]);
  });

  test.each(['^1.2.3', '~1.2.3', '1.2', '*', 'latest', '>=1.0.0', 'file:../a', 'workspace:*', 'git+https://example.org/a.git'])('%s is not exact', (version) => {
    expect(check('core/package.json', { ...good, dependencies: { a: version } })).toEqual([expect.stringContaining('a is not pinned')]);
    expect(check('core/package.json', { ...good, optionalDependencies: { a: version } })).toHaveLength(1);
  });

  test.each([{ type: 'commonjs' }, { license: 'MIT' }, { name: 'core' }])('%j is refused', (wrong) => {
    expect(check('core/package.json', { ...good, ...wrong })).toHaveLength(1);
  });
});

describe('package-lock.json', () => {
  const lock = (entry: Record<string, unknown>) => check('package-lock.json', { packages: { '': {}, core: {}, 'node_modules/a': entry } });

  test('a checksum and no address is fine', () => {
    expect(lock({ version: '1.0.0', integrity: 'sha512-x' })).toEqual([]);
    expect(lock({ resolved: 'core', link: true })).toEqual([]);
  });

  test.each([
    [{ integrity: 'sha512-x', resolved: ['https:', '', 'packages.example', 'a.tgz'].join('/') }, 'names the registry'],
    [{ version: '1.0.0' }, 'no checksum'],
    [{ integrity: 'sha512-x', extraneous: true }, 'nobody needs it'],
    [{ integrity: 'sha512-x', optionalDependencies: { 'a-win32-x64': '1.0.0' } }, 'npm ci would fail'],
  ])('%j is refused', (entry, message) => {
    expect(lock(entry)).toEqual([expect.stringContaining(message)]);
  });

  test('binaries of other platforms are listed, if only by their version', () => {
    const a = { integrity: 'sha512-x', optionalDependencies: { b: '1.0.0', c: '1.0.0' } };
    const b = { version: '1.0.0', os: ['win32'], cpu: ['x64'], optional: true };
    expect(check('package-lock.json', { packages: { 'node_modules/x/node_modules/a': a, 'node_modules/x/node_modules/b': b, 'node_modules/c': b } })).toEqual([]);
  });
});

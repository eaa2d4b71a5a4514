import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { leftoversRule } from './leftovers.ts';

const findings = (text: string, path = 'server/src/a.ts'): string[] => leftoversRule.check([sourceFile(path, text)]).map((finding) => finding.message);
/** Put together here, so that this file passes the check that it tests. */
const later = 'TO' + 'DO';
const path = (...parts: string[]): string => ['', ...parts].join('/');
const address = (...parts: number[]): string => parts.join('.');

describe('leftovers', () => {
  test.each([
    'const todo = list; // nothing to do', "listen('127.0.0.1'); listen('0.0.0.0')", "const ip = '203.0.113.7';", "const version = '1.2.3';",
    "join(tmpdir(), 'x'); const url = 'https://shop.example/work/tmp/a'", "const route = '/workspaces/1';", 'const template = "/template";', "const s = '999.1.1.1';",
  ])('%s is fine', (text) => {
    expect(findings(text)).toEqual([]);
  });

  test.each([
    [`// ${later}: later`, 'do it'],
    [`// ${'FIX' + 'ME'} later`, 'do it'],
    [`open('${path('tmp', 'x')}');`, 'a path of one machine'],
    [`open("${path('tmp')}");`, 'a path of one machine'],
    [`cd ${path('work', 'main')}`, 'a path of one machine'],
    [`see ${path('home', 'anna', 'samovar')}`, 'a path of one machine'],
    [`connect('${address(8, 8, 8, 8)}');`, 'an address'],
    [`connect('http://${address(192, 168, 1, 4)}:80/');`, 'an address'],
    [`"${'https:'}//registry.some.example/a.tgz"`, 'a package registry'],
    [`-----BEGIN ${'PRIVATE'} KEY-----\n${'A'.repeat(64)}`, 'a private key'],
  ])('%s is not', (text, message) => {
    expect(findings(text)).toEqual([expect.stringContaining(message)]);
  });

  test('the version of a browser is no address', () => {
    expect(findings(`const agent = 'Mozilla/5.0 Chrome/${address(156, 0, 0, 0)} Safari/537.36';`)).toEqual([]);
  });

  test('a section of a standard is no address', () => {
    expect(findings('// RFC 5321 §4.5.3.1')).toEqual([]);
  });

  test('a socket may fall back to the temporary folder by its POSIX name', () => {
    expect(findings(`open("${path('tmp')}");`, 'store/src/embedded/a.ts')).toEqual([]);
    expect(findings(`open("${path('tmp', 'x')}");`, 'store/src/embedded/a.ts')).toHaveLength(0);
    expect(findings(`open("${path('work', 'x')}");`, 'store/src/embedded/a.ts')).toHaveLength(1);
  });

  test('recorded input is left as it was', () => {
    expect(findings(address(8, 8, 8, 8), 'test/fixtures/track.json')).toEqual([]);
  });
});

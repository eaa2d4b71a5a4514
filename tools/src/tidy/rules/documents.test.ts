import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { documentsRule } from './documents.ts';

const manifest = sourceFile('package.json', JSON.stringify({ scripts: { test: 'x', 'test:slow': 'y' } }));
const findings = (...files: [string, string][]): string[] => documentsRule.check([manifest, ...files.map(([path, text]) => sourceFile(path, text))]).map((finding) => finding.message);
const decision = '# Keep it simple\n\n## Background\na\n\n## Decision\nb\n\n## Consequences\nc\n';

describe('decisions', () => {
  test('the three parts in order are fine', () => {
    expect(findings(['docs/decisions/0001-keep-it-simple.md', decision])).toEqual([]);
  });

  test.each([
    ['docs/decisions/0001-keep-it-simple.md', decision.replace('## Consequences', ''), 'Background, Decision, Consequences'],
    ['docs/decisions/0001-keep-it-simple.md', '# A\n## Decision\n## Background\n## Consequences\n', 'in this order'],
    ['docs/decisions/0001-keep-it-simple.md', `${decision}## Notes\n`, 'no others'],
    ['docs/decisions/0001-keep-it-simple.md', decision.slice(2), 'begins with its title'],
    ['docs/decisions/keep-it-simple.md', decision, '0042'],
  ])('%s %j', (path, text, message) => {
    expect(findings([path, text])).toEqual([expect.stringContaining(message)]);
  });

  test('a number is used once', () => {
    expect(findings(['docs/decisions/0001-a.md', decision], ['docs/decisions/0001-b.md', decision])).toEqual([expect.stringContaining('already taken')]);
  });
});

describe('links and commands', () => {
  test.each([
    'See [this](docs/guide.md#part), [that](./docs), [there](https://example.org/x) and [here](#below).',
    '`[not](a-link.md)`\n```\n[nor](this.md)\n```\n',
    'Run `npm test`, `npm run test:slow -- --rounds 3` or `npm run --silent test`. An npm tester.',
  ])('%s is fine', (text) => {
    expect(findings(['README.md', text], ['docs/guide.md', ''])).toEqual([]);
  });

  test.each([
    ['[x](docs/missing.md)', 'leads nowhere'],
    ['![picture](docs/missing.svg)', 'leads nowhere'],
    ['<img src="docs/missing.svg">', 'leads nowhere'],
    ['<source srcset="docs/missing.svg">', 'leads nowhere'],
    ['`npm run missing`', 'no script "missing"'],
    ['`npm run --silent missing`', 'no script "missing"'],
    ['`npm start`', 'no script "start"'],
  ])('%s is not', (text, message) => {
    expect(findings(['README.md', text], ['docs/guide.md', ''])).toEqual([expect.stringContaining(message)]);
  });
});

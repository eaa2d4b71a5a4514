import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definition } from './arbitrary-definition.ts';
import { definitionPath, formatDefinition } from './format.ts';
import { mergeIntoFile } from './merge-into-file.ts';
import { parseDefinitionFile } from './parse-file.ts';
import type { Definition } from './types.ts';

const RUNS = 400;

function reparse(text: string): unknown {
  const parsed = parseDefinitionFile({ path: 'x.yaml', text });
  return parsed.kind === 'definition' ? parsed.definition : parsed;
}

describe('formatDefinition', () => {
  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(definition, (original) => {
        expect(reparse(formatDefinition(original))).toEqual(original);
      }),
      { numRuns: RUNS },
    );
  });

  test('the text is canonical: writing what was read gives the same text', () => {
    fc.assert(
      fc.property(definition, (original) => {
        const text = formatDefinition(original);
        expect(formatDefinition(reparse(text) as Definition)).toBe(text);
      }),
      { numRuns: RUNS / 4 },
    );
  });
});

describe('mergeIntoFile', () => {
  test('any definition merged into any file is read back the same', () => {
    fc.assert(
      fc.property(definition, definition, (old, fresh) => {
        expect(reparse(mergeIntoFile(formatDefinition(old), fresh))).toEqual(fresh);
      }),
      { numRuns: RUNS },
    );
  });

  test('a file whose definition did not change is not touched', () => {
    fc.assert(
      fc.property(definition, (original) => {
        const text = `# head\n\n${formatDefinition(original)}# tail\n`;
        expect(mergeIntoFile(text, original)).toBe(text);
      }),
      { numRuns: RUNS / 4 },
    );
  });
});

test('definitionPath', () => {
  expect(definitionPath(reparse('workspace: My shop') as Definition)).toBe('workspace.yaml');
  expect(definitionPath(reparse('segment: vip\nmatch: { tag: vip }') as Definition)).toBe('segments/vip.yaml');
});

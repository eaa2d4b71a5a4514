import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CONDITION_KEYS, ENGAGEMENTS, FIGURE_KEYS, ORDER_FIGURES, PERIOD_WORDS, SEQUENCE_WORDS, TEST_WORDS } from './condition-keys.ts';
import { FILE_KINDS, parseDefinitionFile } from './parse-file.ts';

test.each(['definition-files.md', 'scenarios.md'])('every whole file shown in docs/reference/%s is good', (page) => {
  const text = readFileSync(new URL(`../../../docs/reference/${page}`, import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  const files = blocks.filter((block) => FILE_KINDS.some((kind) => block.startsWith(`${kind}:`)));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(parseDefinitionFile({ path: page, text: file })).not.toHaveProperty('problems');
});

test('every key and word of the grammar is explained', () => {
  const text = ['definition-files.md', 'scenarios.md'].map((page) => readFileSync(new URL(`../../../docs/reference/${page}`, import.meta.url), 'utf8')).join('\n');
  const words = ['not in segment', 'no tag', 'no consent', 'was not', 'starts with', 'ends with', 'wait for', 'up to', 're-entry', 'ceiling', 'quiet hours', 'frequency cap', 'expires after', 'reply to', 'not sent'];
  const conditions = [...Object.entries(CONDITION_KEYS).flatMap(([head, keys]) => [head, ...keys]), ...TEST_WORDS, ...PERIOD_WORDS, ...FIGURE_KEYS, ...SEQUENCE_WORDS, ...ENGAGEMENTS, ...ORDER_FIGURES];
  expect([...words, ...conditions].filter((word) => !text.includes(word))).toEqual([]);
});

import { compileTemplate } from '@samovar/channels';
import { parseDefinitionFile } from '@samovar/contract';
import { describe, expect, it } from 'vitest';
import { templateProblems } from './template-problems.ts';

function file(subject: string, tag: string): string {
  return `template: broken
name: Broken
class: marketing
languages:
  en:
    subject: Hello {{ contact.name }}
    body: |
      <mj-section><mj-column>
        <mj-text><a href="{{ unsubscribe_url }}">stop</a></mj-text>
      </mj-column></mj-section>
  fa:
    subject: "${subject}"
    body: |
      <mj-section><mj-column>
        <mj-text><a href="{{ unsubscribe_url }}">لغو</a></mj-text>
        <${tag}></${tag}>
      </mj-column></mj-section>
`;
}

async function problemsOf(text: string): Promise<{ line: number; excerpt: string; message: string }[]> {
  const parsed = parseDefinitionFile({ path: 'templates/broken.yaml', text });
  if (parsed.kind !== 'definition' || parsed.definition.kind !== 'template') throw new Error('the file should parse');
  const problems = await compileTemplate({ ...parsed.definition, from: null });
  return Array.isArray(problems) ? templateProblems('templates/broken.yaml', text, problems) : [];
}

describe('problems of templates', () => {
  it('stand at their line of the file, in the language that has them', async () => {
    expect(await problemsOf(file('سلام {{ contact.name }', 'mj-divider'))).toMatchObject([
      { line: 12, excerpt: 'subject: "سلام {{ contact.name }"', message: expect.stringMatching(/^fa subject: /u) },
    ]);
    expect(await problemsOf(file('سلام', 'mj-tabel'))).toMatchObject([
      { line: 16, excerpt: '<mj-tabel></mj-tabel>', message: expect.stringMatching(/^fa body: /u) },
    ]);
  });

  it('are none where there are none', async () => {
    expect(await problemsOf(file('سلام', 'mj-divider'))).toEqual([]);
  });
});

import type { Finding, Rule } from '../rule.ts';
import { isTest, lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { child, nameOf, textOf, walk } from '../syntax.ts';
import type { SyntaxNode } from '../syntax.ts';

const TEST_WORDS = new Set(['test', 'it', 'describe', 'suite']);

/** Tests use real parts or fakes, wait for facts instead of a while, and never drop out without saying why. */
export const testHygieneRule: Rule = {
  name: 'test-hygiene',
  check: (files) => files.filter(isTest).flatMap(checkFile),
};

function checkFile(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  walk(file.syntax().root, (node) => {
    const message = judge(node);
    if (message !== undefined) findings.push({ path: file.path, line: lineAt(file.text, node.start), message });
  });
  return findings;
}

function judge(node: SyntaxNode): string | undefined {
  if (node.type === 'CallExpression') return judgeCall(node);
  if (node.type !== 'MemberExpression') return undefined;
  const object = nameOf(child(node, 'object')) ?? '';
  const property = nameOf(child(node, 'property')) ?? '';
  if (object === 'vi' && /^(mock|doMock|fn|spyOn|mocked|hoisted|stubGlobal|useFakeTimers)$/.test(property)) return `vi.${property}: no mocks; write a small fake of the interface, or use the real part.`;
  if (TEST_WORDS.has(object) && property === 'only') return `${object}.only leaves the others out.`;
  if (TEST_WORDS.has(object) && (property === 'skip' || property === 'todo')) return `${object}.${property}: delete it, or skip at run time with a reason (context.skip('why')).`;
  return undefined;
}

function judgeCall(node: SyntaxNode): string | undefined {
  const callee = child(node, 'callee');
  const given = Array.isArray(node['arguments']) ? node['arguments'] : [];
  if (/^(setTimeout|sleep)$/.test(nameOf(callee) ?? '')) {
    return 'no sleeping in tests: poll for the fact you wait for, with a deadline.';
  }
  if (callee?.type !== 'MemberExpression' || nameOf(child(callee, 'property')) !== 'skip' || TEST_WORDS.has(nameOf(child(callee, 'object')) ?? '')) return undefined;
  const reason = given.at(-1);
  const isReason = typeof reason === 'object' && reason !== null && (textOf(reason, 'value') ?? '') !== '';
  return isReason || given.some((part: SyntaxNode) => part.type === 'TemplateLiteral') ? undefined : 'a skipped test says why: context.skip(\'no Chromium here\').';
}

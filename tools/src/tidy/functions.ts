import { child, isNode, nameOf, textOf, walk } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';
import { isTest, lineAt } from './source-file.ts';
import type { SourceFile } from './source-file.ts';

/** A function as its reader meets it: what it is called, where it starts, how many lines it takes. */
export interface MeasuredFunction {
  readonly path: string;
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  /** A React component: capitalised and returning JSX. It has a budget of its own, since markup is long and flat. */
  readonly component: boolean;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const SCOPES = new Set(['describe', 'suite']);

/**
 * Measures every function of a file. What is handed to `describe` is a heading with tests under it, not a function that
 * someone has to hold in the head at once, so it is left out; the tests inside are measured.
 */
export function measureFunctions(file: SourceFile): MeasuredFunction[] {
  const found: MeasuredFunction[] = [];
  walk(file.syntax().root, (node, ancestors) => {
    if (!FUNCTIONS.has(node.type) || child(node, 'body') === undefined) return;
    const parent = ancestors.at(-1);
    if (isTest(file) && parent?.type === 'CallExpression' && SCOPES.has(calleeRoot(parent) ?? '')) return;
    const line = lineAt(file.text, node.start);
    const name = functionName(node, parent);
    const component = file.path.endsWith('.tsx') && /^[A-Z]/.test(name) && containsJsx(node);
    found.push({ path: file.path, name, line, lines: lineAt(file.text, node.end) - line + 1, component });
  });
  return found;
}

function functionName(node: SyntaxNode, parent: SyntaxNode | undefined): string {
  const named = nameOf(child(node, 'id')) ?? nameOf(child(parent, 'id'));
  if (named !== undefined) return named;
  const key = child(parent, 'key');
  if (key !== undefined && parent?.['value'] === node) return nameOf(key) ?? textOf(key, 'value') ?? textOf(key, 'name') ?? '(computed)';
  if (parent?.type === 'CallExpression') return `(argument of ${calleeRoot(parent) ?? 'a call'})`;
  return '(anonymous)';
}

/** `describe` for `describe(…)`, `describe.skipIf(x)(…)` and `describe.each(table)(…)` alike. */
function calleeRoot(call: SyntaxNode): string | undefined {
  let at: SyntaxNode | undefined = child(call, 'callee');
  while (at !== undefined && at.type !== 'Identifier') at = child(at, 'object') ?? child(at, 'callee') ?? child(at, 'tag');
  return nameOf(at);
}

function containsJsx(node: SyntaxNode): boolean {
  let seen = false;
  walk(node, (inner) => {
    if (isNode(inner) && (inner.type === 'JSXElement' || inner.type === 'JSXFragment')) seen = true;
  });
  return seen;
}

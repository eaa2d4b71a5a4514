import { parseSync } from 'oxc-parser';

/** A node of the ESTree; what it holds beside its place depends on its type. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface ImportedModule {
  readonly specifier: string;
  readonly start: number;
  /** `import()` with a specifier that is not a plain string has none. */
  readonly dynamic: boolean;
}

export interface Syntax {
  readonly root: SyntaxNode;
  readonly imports: readonly ImportedModule[];
}

/** Parses a file. A file that does not parse is an error: a check that silently sees nothing is worse than none. */
export function parseSyntax(path: string, text: string): Syntax {
  const result = parseSync(path, text);
  const [problem] = result.errors;
  if (problem !== undefined) throw new SyntaxError(`${path}: ${problem.message}`);
  const root: unknown = result.program;
  if (!isNode(root)) throw new SyntaxError(`${path}: the parser returned no program`);
  return { root, imports: importsOf(root) };
}

/** Calls `visit` for every node, parents before children, with the chain of ancestors, nearest last. */
export function walk(root: SyntaxNode, visit: (node: SyntaxNode, ancestors: readonly SyntaxNode[]) => void): void {
  const ancestors: SyntaxNode[] = [];
  const enter = (node: SyntaxNode): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const key in node) {
      const value = node[key];
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) enter(item);
      } else if (isNode(value)) {
        enter(value);
      }
    }
    ancestors.pop();
  };
  enter(root);
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;
}

/** The child of a node under a key, if it is a node. */
export function child(node: SyntaxNode | undefined, key: string): SyntaxNode | undefined {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
}

/** The text that a node holds under a key, if it is a text. */
export function textOf(node: SyntaxNode | undefined, key: string): string | undefined {
  const value = node?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** The name of an identifier node. */
export const nameOf = (node: SyntaxNode | undefined): string | undefined =>
  node?.type === 'Identifier' ? textOf(node, 'name') : undefined;

const IMPORTING = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType']);

function importsOf(root: SyntaxNode): ImportedModule[] {
  const imports: ImportedModule[] = [];
  walk(root, (node) => {
    if (!IMPORTING.has(node.type)) return;
    const specifier = textOf(child(node, 'source'), 'value');
    if (specifier !== undefined) imports.push({ specifier, start: node.start, dynamic: node.type === 'ImportExpression' });
  });
  return imports;
}

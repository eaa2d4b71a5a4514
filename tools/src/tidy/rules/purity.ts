import type { Finding, Rule } from '../rule.ts';
import { isCode, isTest, lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { child, nameOf, textOf, walk } from '../syntax.ts';
import type { SyntaxNode } from '../syntax.ts';

const CLOCK = 'time is an input here: use the `at` of what is being handled';
const RANDOM = 'chance is a hash of the inputs here, so that it can be repeated';
const TIMER = 'return when to look again (`nextDueAt`) and let the server wake you';
const IO = 'return an effect and let the server perform it';
const NODE = 'this package also runs in the browser: use Uint8Array, TextEncoder and the pure dependencies';
const LOCAL_TIME = 'this reads the time zone of the machine: use UTC or name the zone';

const GLOBALS: Readonly<Record<string, string>> = {
  performance: CLOCK, Temporal: CLOCK,
  crypto: RANDOM,
  setTimeout: TIMER, setInterval: TIMER, setImmediate: TIMER, queueMicrotask: TIMER, requestAnimationFrame: TIMER,
  fetch: IO, console: IO, XMLHttpRequest: IO, WebSocket: IO, localStorage: IO,
  process: NODE, Buffer: NODE, require: NODE, globalThis: NODE, global: NODE, window: NODE, document: NODE, __dirname: NODE, __filename: NODE,
  Promise: 'deciding is synchronous: take what you need as an argument',
};

const LOCAL_METHODS = /^(get|set)(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds|Year)$|^(getTimezoneOffset|toLocaleString|toLocaleDateString|toLocaleTimeString|toDateString|toTimeString)$/;

/** `core` and `intelligence` compute from their arguments alone: no clock, no dice, no waiting, no outside world. */
export const purityRule: Rule = {
  name: 'purity',
  check: (files) => files.filter((file) => isCode(file) && !isTest(file) && /^(core|intelligence)\//.test(file.path)).flatMap(checkFile),
};

function checkFile(file: SourceFile): Finding[] {
  const { root, imports } = file.syntax();
  const own = declaredNames(root);
  const findings: Finding[] = [];
  const say = (node: { readonly start: number }, what: string, instead: string): void => {
    findings.push({ path: file.path, line: lineAt(file.text, node.start), message: `${what}: ${instead}.` });
  };
  for (const found of imports) {
    if (found.specifier.startsWith('node:')) say(found, `import of ${found.specifier}`, NODE);
    if (found.dynamic) say(found, 'import()', 'import at the top of the file');
  }
  walk(root, (node, ancestors) => {
    const parent = ancestors.at(-1);
    const name = nameOf(node);
    if (name !== undefined && isReference(node, parent) && !own.has(name)) {
      const instead = GLOBALS[name];
      if (instead !== undefined) say(node, name, instead);
    }
    const [what, instead] = judge(node) ?? [];
    if (what !== undefined && instead !== undefined) say(node, what, instead);
  });
  return findings;
}

function judge(node: SyntaxNode): readonly [string, string] | undefined {
  if (node['async'] === true) return ['async function', 'deciding is synchronous: take what you need as an argument'];
  switch (node.type) {
    case 'AwaitExpression':
      return ['await', 'deciding is synchronous: take what you need as an argument'];
    case 'MetaProperty':
      return textOf(child(node, 'meta'), 'name') === 'import' ? ['import.meta', NODE] : undefined;
    case 'MemberExpression':
      return judgeMember(node);
    case 'NewExpression':
      if (nameOf(child(node, 'callee')) !== 'Date') return judgeFormat(node);
      if (argumentCount(node) === 0) return ['new Date() without an argument', CLOCK];
      return argumentCount(node) > 1 ? ['new Date(year, month, …)', LOCAL_TIME] : undefined;
    case 'CallExpression':
      return nameOf(child(node, 'callee')) === 'Date' ? ['Date()', CLOCK] : judgeFormat(node);
    default:
      return undefined;
  }
}

function judgeMember(node: SyntaxNode): readonly [string, string] | undefined {
  const object = nameOf(child(node, 'object'));
  const property = child(node, 'property');
  const name = node['computed'] === true ? textOf(property, 'value') : nameOf(property);
  if (object === 'Date' && name === 'now') return ['Date.now', CLOCK];
  if (object === 'Math' && name === 'random') return ['Math.random', RANDOM];
  return name !== undefined && LOCAL_METHODS.test(name) ? [name, LOCAL_TIME] : undefined;
}

/** `Intl.DateTimeFormat` without options speaks the machine's own language and zone. */
function judgeFormat(node: SyntaxNode): readonly [string, string] | undefined {
  const callee = child(node, 'callee');
  const isFormat = nameOf(child(callee, 'object')) === 'Intl' && nameOf(child(callee, 'property')) === 'DateTimeFormat';
  return isFormat && argumentCount(node) < 2 ? ['Intl.DateTimeFormat without options', LOCAL_TIME] : undefined;
}

function argumentCount(node: SyntaxNode): number {
  const given = node['arguments'];
  return Array.isArray(given) ? given.length : 0;
}

/** An identifier that stands for a value, not the name of a property, a key or a type. */
function isReference(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || parent.type.startsWith('TS')) return parent?.type === 'TSAsExpression' || parent?.type === 'TSNonNullExpression' || parent?.type === 'TSSatisfiesExpression';
  if (parent.type === 'MemberExpression') return parent['object'] === node || parent['computed'] === true;
  if (/^(Property|MethodDefinition|PropertyDefinition)$/.test(parent.type)) return parent['value'] === node;
  return !/^(Import|Export|Labeled|Break|Continue)/.test(parent.type);
}

const BINDING = /^(VariableDeclarator|FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassDeclaration|Import.*Specifier)$/;

/** Names that the file itself binds; one that it binds is not the global of that name. */
function declaredNames(root: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const bind = (pattern: SyntaxNode): void => walk(pattern, (inner, ancestors) => {
    const name = nameOf(inner);
    const parent = ancestors.at(-1);
    if (name !== undefined && !(parent?.type === 'AssignmentPattern' && parent['right'] === inner)) names.add(name);
  });
  walk(root, (node) => {
    if (!BINDING.test(node.type)) return;
    const parameters = node['params'];
    for (const part of [child(node, 'id'), child(node, 'local'), ...(Array.isArray(parameters) ? parameters : [])]) {
      if (part !== undefined) bind(part);
    }
  });
  return names;
}

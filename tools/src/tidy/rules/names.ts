import type { Finding, Rule } from '../rule.ts';
import { baseName, isCode, isTest, lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { child, nameOf, walk } from '../syntax.ts';

/** One word per thing, files named after what they export, no second version beside the first. */
export const namesRule: Rule = {
  name: 'names',
  check: (files) => [...files.flatMap(checkPath), ...files.filter(isCode).flatMap(checkDeclarations)],
};

const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const DOCUMENT = /^[A-Z]+(_[A-Z]+)*(\.md)?$/;
/** Folders whose files are named by the thing they record. */
const RECORDED = /(^|\/)(fixtures|regressions)\//;

/** What a test's name may say about what it needs; anything between `.` and `.test` must be one of these. */
const SUFFIXES = ['pg', 'http', 'sim', 'e2e'];

function checkPath(file: SourceFile): Finding[] {
  const name = baseName(file.path);
  const say = (message: string): Finding[] => [{ path: file.path, line: 1, message }];
  if (!RECORDED.test(file.path) && !KEBAB.test(name) && !DOCUMENT.test(name) && /\.(ts|tsx|mjs|js|sql|md|ya?ml|css|html|svg)$/.test(name)) {
    return say('files are named in kebab-case after what they export.');
  }
  if (/[-.]v\d+\.(ts|tsx|sql)$/i.test(name)) return say('no second version beside the first: migrate, then delete the old one.');
  if (/\.(spec|tests)\.tsx?$/.test(name) || /(^|\/)__tests__\//.test(file.path)) return say('a test stands beside what it tests and is called x.test.ts.');
  const [, suffix] = /\.([^.]+)\.test\.tsx?$/.exec(name) ?? [];
  if (suffix !== undefined && !SUFFIXES.includes(suffix)) return say(`.${suffix}.test is no kind of test; the kinds are .test, ${SUFFIXES.map((kind) => `.${kind}.test`).join(', ')}.`);
  if (!isTest(file) && isCode(file) && /[._]test\.[a-z]+$/.test(name)) return say('nobody runs this test: tests are called x.test.ts.');
  return [];
}

const DECLARING = /^(VariableDeclarator|FunctionDeclaration|ClassDeclaration|TSInterfaceDeclaration|TSTypeAliasDeclaration)$/;

function checkDeclarations(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  walk(file.syntax().root, (node) => {
    const name = DECLARING.test(node.type) ? nameOf(child(node, 'id')) : undefined;
    if (name === undefined || !/V\d+$/.test(name) || /(uuid|ip)v\d$/i.test(name)) return;
    findings.push({ path: file.path, line: lineAt(file.text, node.start), message: `${name}: no second version beside the first; migrate, then delete the old one.` });
  });
  return findings;
}

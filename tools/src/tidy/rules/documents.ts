import { posix } from 'node:path';
import type { Finding, Rule } from '../rule.ts';
import { baseName, isMarkdown, lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';

const PARTS = ['Background', 'Decision', 'Consequences'];

/** Documents are few and load-bearing: decisions have their three parts, links lead somewhere, commands exist. */
export const documentsRule: Rule = {
  name: 'documents',
  check: (files) => {
    const documents = files.filter(isMarkdown);
    const paths = new Set(files.flatMap((file) => withParents(file.path)));
    const scripts = scriptsOf(files);
    return [
      ...documents.filter((file) => file.path.startsWith('docs/decisions/')).flatMap(checkDecision),
      ...checkNumbers(documents),
      ...documents.flatMap((file) => [...checkLinks(file, paths), ...checkCommands(file, scripts)]),
    ];
  },
};

function checkDecision(file: SourceFile): Finding[] {
  const say = (message: string): Finding[] => [{ path: file.path, line: 1, message }];
  if (!/^\d{4}-[a-z0-9-]+\.md$/.test(baseName(file.path))) return say('a decision is called 0042-what-was-decided.md.');
  if (!/^# \S/.test(file.text)) return say('a decision begins with its title: # What was decided.');
  const headings = [...file.text.matchAll(/^## (.+)$/gm)].map((match) => match[1]);
  return headings.join() === PARTS.join() ? [] : say(`a decision has the parts ${PARTS.join(', ')}, in this order and no others.`);
}

function checkNumbers(documents: readonly SourceFile[]): Finding[] {
  const seen = new Map<string, string>();
  return documents.flatMap((file) => {
    const [, number] = /^docs\/decisions\/(\d{4})-/.exec(file.path) ?? [];
    if (number === undefined) return [];
    const other = seen.get(number);
    seen.set(number, file.path);
    return other === undefined ? [] : [{ path: file.path, line: 1, message: `number ${number} is already taken by ${other}.` }];
  });
}

function checkLinks(file: SourceFile, paths: ReadonlySet<string>): Finding[] {
  const text = withoutCode(file.text);
  return [...text.matchAll(/\]\(([^)\s]+)(?:\s"[^"]*")?\)|\b(?:src|srcset|href)="([^"]+)"/g)].flatMap((match) => {
    const link = match[1] ?? match[2] ?? '';
    if (/^([a-z]+:|#|\/\/)/.test(link)) return [];
    const target = posix.join(posix.dirname(file.path), link.replace(/[#?].*$/, '')).replace(/\/$/, '');
    return paths.has(target) ? [] : [{ path: file.path, line: lineAt(text, match.index), message: `the link to ${link} leads nowhere.` }];
  });
}

function checkCommands(file: SourceFile, scripts: ReadonlySet<string>): Finding[] {
  return [...file.text.matchAll(/\bnpm (?:run (?:-{1,2}[\w-]+ )*([\w:-]+)|(test|start)\b)/g)].flatMap((match) => {
    const script = match[1] ?? match[2] ?? '';
    return scripts.has(script) ? [] : [{ path: file.path, line: lineAt(file.text, match.index), message: `there is no script "${script}" in package.json.` }];
  });
}

function scriptsOf(files: readonly SourceFile[]): ReadonlySet<string> {
  const manifest: unknown = JSON.parse(files.find((file) => file.path === 'package.json')?.text ?? '{}');
  if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return new Set();
  return new Set(Object.keys(manifest.scripts ?? {}));
}

/** The text with fenced and inline code blanked out, line by line in its place. */
const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```|`[^`\n]*`/gm, (found) => found.replaceAll(/[^\n]/g, ' '));

function withParents(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

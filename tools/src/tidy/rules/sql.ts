import type { Finding, Rule } from '../rule.ts';
import { baseName, isCode, isSql, lineAt } from '../source-file.ts';
import type { SourceFile } from '../source-file.ts';
import { textOf, walk } from '../syntax.ts';
import type { SyntaxNode } from '../syntax.ts';

/** SQL is SQL: lower case, columns by name, migrations numbered and marked. In files and in strings alike. */
export const sqlRule: Rule = {
  name: 'sql',
  check: (files) => [...files.filter(isSql).flatMap(checkSqlFile), ...files.filter(isCode).flatMap(checkStrings), ...checkNumbers(files)],
};

const isMigration = (file: SourceFile): boolean => /(^|\/)migrations\/[^/]+\.sql$/.test(file.path);

function checkSqlFile(file: SourceFile): Finding[] {
  const findings = judgeSql(file.text).map(({ offset, message }) => ({ path: file.path, line: lineAt(file.text, offset), message }));
  if (!isMigration(file)) return findings;
  if (!/^\d{6}-[a-z0-9-]+\.sql$/.test(baseName(file.path))) {
    findings.push({ path: file.path, line: 1, message: 'a migration is named by six digits and a few words: 000042-add-topics.sql.' });
  }
  if (!/^-- (compatible|breaking)\n/.test(file.text)) {
    findings.push({ path: file.path, line: 1, message: 'the first line of a migration says `-- compatible` (the version before it can go on running) or `-- breaking`.' });
  }
  return findings;
}

function checkNumbers(files: readonly SourceFile[]): Finding[] {
  const seen = new Map<string, number>();
  return files.filter(isMigration).flatMap((file) => {
    const folder = file.path.slice(0, file.path.lastIndexOf('/'));
    const expected = (seen.get(folder) ?? 0) + 1;
    seen.set(folder, expected);
    const number = Number.parseInt(baseName(file.path), 10);
    return number === expected ? [] : [{ path: file.path, line: 1, message: `migrations are numbered without gaps or repeats; this one should be ${String(expected).padStart(6, '0')}.` }];
  });
}

function checkStrings(file: SourceFile): Finding[] {
  const findings: Finding[] = [];
  walk(file.syntax().root, (node, ancestors) => {
    const text = stringOf(node, ancestors.at(-1));
    if (text === undefined || !looksLikeSql(text)) return;
    for (const { message } of judgeSql(text)) findings.push({ path: file.path, line: lineAt(file.text, node.start), message });
  });
  return findings;
}

function stringOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type === 'Literal' && parent?.type !== 'ImportDeclaration') return textOf(node, 'value');
  if (node.type !== 'TemplateLiteral') return undefined;
  const parts = Array.isArray(node['quasis']) ? node['quasis'] : [];
  return parts.map((part: SyntaxNode) => rawText(part['value'])).join('$1');
}

const rawText = (value: unknown): string => (typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '');

const SQL_SHAPE =
  /^\s*(--.*\n\s*)*(select\s[\s\S]*?\sfrom\s|select\s+\*|insert\s+into\s+\S+[\s\S]*?\b(values|select|default)\b|update\s+\S+(\s+(as\s+)?\w+)?\s+set\s|delete\s+from\s+\S+(\s+(as\s+)?\w+)?\s*($|;|\b(where|using|returning)\b)|with\s+(recursive\s+)?\w+\s+as\s+(not\s+)?(materialized\s+)?\(|(create|alter|drop)\s+(unique\s+|unlogged\s+|temp\s+|temporary\s+|or\s+replace\s+)*(table|index|schema|database|role|type|function|view|sequence|extension)\s|truncate\s+\S+|copy\s+\S+[\s\S]*?\s(from|to)\s)/i;

/** Whether a string is a statement rather than a sentence that happens to begin with "Select". */
export const looksLikeSql = (text: string): boolean => SQL_SHAPE.test(text);

const KEYWORD =
  /\b(SELECT|FROM|WHERE|INSERT|INTO|VALUES|UPDATE|SET|DELETE|USING|RETURNING|WITH|AS|AND|OR|NOT|NULL|IN|IS|ON|CONFLICT|DO|NOTHING|JOIN|LEFT|INNER|LATERAL|ORDER|GROUP|BY|HAVING|LIMIT|OFFSET|FOR|SKIP|LOCKED|CREATE|ALTER|DROP|TABLE|INDEX|UNIQUE|PRIMARY|KEY|REFERENCES|DEFAULT|CASE|WHEN|THEN|ELSE|END|EXISTS|DISTINCT|UNION|ALL|ANY|BETWEEN|LIKE|ASC|DESC|COPY|TRUNCATE|BEGIN|COMMIT|COUNT|SUM|MIN|MAX|COALESCE|BIGINT|INTEGER|INT|TEXT|BOOLEAN|BYTEA|JSONB|UUID|TIMESTAMPTZ)\b/;

const STAR = /\bselect\s+(?:distinct\s+)?(?:(\w+)\.)?\*|\breturning\s+(?:(\w+)\.)?\*|,\s*(\w+)\.\*/gi;

/** The columns of `unnest($1, $2) u` stand beside it in the statement, so `u.*` hides nothing. */
const isUnnested = (text: string, alias: string | undefined): boolean =>
  alias !== undefined && new RegExp(`\\bunnest\\s*\\([^()]*(?:\\([^()]*\\)[^()]*)*\\)\\s+(?:as\\s+)?${alias}\\b`, 'i').test(text);

interface SqlProblem {
  readonly offset: number;
  readonly message: string;
}

function judgeSql(text: string): SqlProblem[] {
  const bare = blankOut(text);
  const problems: SqlProblem[] = [];
  const upper = KEYWORD.exec(bare);
  if (upper !== null) problems.push({ offset: upper.index, message: `SQL is written in lower case: ${upper[0]}.` });
  const star = [...bare.matchAll(STAR)].find((found) => !isUnnested(bare, found[1] ?? found[2] ?? found[3]));
  if (star !== undefined) problems.push({ offset: star.index, message: 'name the columns instead of `*`: a column that is added must not change what a reader gets.' });
  return problems;
}

/** The text with comments, quoted values and quoted names blanked out, every other character in its place. */
function blankOut(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"[^"]*"/g, (found) => found.replaceAll(/[^\n]/g, ' '));
}

import { parseSyntax } from './syntax.ts';
import type { Syntax } from './syntax.ts';

/** A file of the repository: its path from the root with forward slashes, its text, its syntax when asked for. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The parsed program; only for files where `isCode` holds. */
  syntax(): Syntax;
}

/** Wraps a text as a file of the tree; parses at most once. */
export function sourceFile(path: string, text: string): SourceFile {
  let parsed: Syntax | undefined;
  return { path, text, syntax: () => (parsed ??= parseSyntax(path, text)) };
}

export const isCode = (file: SourceFile): boolean => /\.(ts|tsx|mjs|js)$/.test(file.path);
export const isSql = (file: SourceFile): boolean => file.path.endsWith('.sql');
export const isMarkdown = (file: SourceFile): boolean => file.path.endsWith('.md');
export const isTest = (file: SourceFile): boolean => /\.test\.tsx?$/.test(file.path);

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The 1-based line on which an offset of a text lies. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** How many lines a text has; a final line break does not open another one. */
export function lineCount(text: string): number {
  if (text === '') return 0;
  return lineAt(text, text.endsWith('\n') ? text.length - 1 : text.length);
}

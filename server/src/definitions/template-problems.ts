import type { TemplateProblem } from '@samovar/channels';
import type { Problem } from '@samovar/contract';

/** Places a problem inside a template's text at its line in the file. */
export function templateProblems(file: string, text: string, problems: TemplateProblem[]): Problem[] {
  return problems.map((problem) => {
    const line = startLine(text, problem.where) + Math.max(0, (problem.where.line ?? 1) - 1);
    return {
      code: 'invalid_template' as const, file, line, column: problem.where.column ?? 1, excerpt: text.split('\n')[line - 1]?.trim() ?? '',
      message: `${[problem.where.language, problem.where.part].filter(Boolean).join(' ')}: ${problem.message}`, mend: problem.mend,
    };
  });
}

/** The file line on which a part of a language's text begins. */
function startLine(text: string, where: TemplateProblem['where']): number {
  const lines = text.split('\n');
  const language = where.language === null ? -1 : lines.findIndex((line) => line.trim() === `${where.language}:` || line.trim() === `"${where.language}":`);
  const part = lines.findIndex((line, index) => index > language && line.trim().startsWith(`${where.part}:`));
  if (part < 0) return Math.max(1, language + 1);
  const block = /:\s*[|>][+-]?\d*\s*$/u.test(lines[part] ?? '');
  return part + (block ? 2 : 1);
}

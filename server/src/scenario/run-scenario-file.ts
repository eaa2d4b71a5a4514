import type { ScenarioFile } from '@samovar/contract';
import { compileProgram } from '@samovar/core';
import type { Definition, Program } from '@samovar/core';
import { formatCase } from './format-case.ts';
import { judgeCase, templatesOf } from './judge-case.ts';
import { runCase } from './run-case.ts';

export interface CaseResult {
  file: string;
  line: number;
  name: string;
  passed: boolean;
  /** What is wrong, a sentence each. */
  failures: string[];
  /** The failure with its two time lines, for a person; empty when the case passed. */
  report: string;
}

/**
 * Plays every case of a file on a virtual clock. All definitions take part, as they will when they are applied; the
 * expected messages are those of the journey that the file is about.
 * @throws ProgramError where the definitions contradict each other
 */
export function runScenarioFile(file: ScenarioFile, definitions: readonly Definition[]): CaseResult[] {
  const program = programOf(definitions);
  const templates = templatesOf(definitions);
  return file.cases.map((one) => {
    const run = runCase(one, program);
    const verdict = judgeCase({ file, one, run, templates, program });
    const passed = verdict.failures.length === 0;
    return { file: file.file, line: one.line, name: one.name, passed, failures: verdict.failures, report: passed ? '' : formatCase({ file, one, run }, verdict) };
  });
}

/** The definitions of a directory as a program on its own. */
export function programOf(definitions: readonly Definition[]): Program {
  return compileProgram({ workspaceId: 1, version: 1, live: definitions.map((definition) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, keptSince: {} });
}

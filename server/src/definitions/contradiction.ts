import { ProgramError, compileProgram, type Definition } from '@samovar/core';
import type { Problem } from '@samovar/contract';

interface Given {
  definitions: readonly { file: string; definition: Definition }[];
  files: readonly { path: string; text: string }[];
}

/** What only shows when all definitions are put together into one program; null: nothing is wrong. */
export function contradiction({ definitions, files }: Given): Problem | null {
  const error = compileError(definitions);
  if (error === null) return null;
  // That without which all would be well.
  const culprit = definitions.find((one) => one.definition.kind !== 'computed-trait' && compileError(definitions.filter((other) => other !== one)) === null);
  const file = files.find(({ path }) => path === culprit?.file) ?? files[0];
  const [excerpt = ''] = (file?.text ?? '').split('\n', 1);
  const code = CODES[error.code];
  return { code, file: file?.path ?? '', line: 1, column: 1, excerpt, message: error.message, mend: 'Change one of the definitions that it names.' };
}

const CODES = {
  unknown_segment: 'unknown_segment', segment_cycle: 'segment_cycle', journey_only: 'not_in_journey', too_many_times: 'invalid_times', unknown_step: 'unknown_step', unknown_score: 'unknown_score',
  unknown_persona: 'unknown_persona', period_not_possible: 'period_not_possible',
} as const satisfies Record<ProgramError['code'], Problem['code']>;

function compileError(definitions: readonly { definition: Definition }[]): ProgramError | null {
  try {
    compileProgram({ workspaceId: 1, version: 1, live: definitions.map(({ definition }) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, keptSince: {} });
    return null;
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
}

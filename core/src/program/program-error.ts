export type ProgramErrorCode = 'unknown_segment' | 'segment_cycle' | 'journey_only' | 'too_many_times' | 'unknown_step' | 'unknown_score' | 'unknown_persona' | 'period_not_possible';

/** Definitions that cannot hold together. Validation of files finds these first; this is the last line. */
export class ProgramError extends Error {
  readonly code: ProgramErrorCode;

  constructor(code: ProgramErrorCode, message: string) {
    super(message);
    this.name = 'ProgramError';
    this.code = code;
  }
}

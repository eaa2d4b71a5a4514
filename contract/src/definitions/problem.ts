import { DEFINITION_LIMITS } from './limits.ts';

/** Everything that can be wrong with a definition file. Codes are stable: programs may depend on them. */
export const DEFINITION_PROBLEMS = {
  file_empty: 'The file says nothing',
  file_too_large: 'The file is too large',
  file_too_complex: 'The file holds too many values or nests them too deeply',
  too_many_problems: 'Further problems are not listed',
  yaml_syntax: 'The file is not valid YAML',
  yaml_tab: 'A tab where YAML wants spaces',
  yaml_tag: 'YAML tags are not used here',
  yaml_alias: 'An alias without its anchor',
  several_documents: 'More than one object in a file',
  duplicate_key: 'The same key twice',
  unknown_kind: 'The file does not say what it defines',
  unknown_key: 'A key that does not belong here',
  missing_key: 'A key is missing',
  conflicting_keys: 'Keys that exclude each other',
  wrong_type: 'A value of the wrong type',
  unknown_word: 'A word that is not known here',
  empty: 'An empty value or list',
  too_long: 'A text is too long',
  invalid_text: 'A text holds characters that cannot be kept',
  invalid_key: 'Not a valid key',
  invalid_number: 'A number outside its range',
  invalid_duration: 'Not a duration',
  invalid_time: 'Not a time',
  invalid_rate: 'Not a rate',
  invalid_times: 'Not a number of times',
  invalid_range: 'A range that ends before it begins',
  invalid_pattern: 'Not a regular expression',
  invalid_place: 'Not a place',
  period_not_possible: 'A figure that cannot be told for that period',
  invalid_email: 'Not an e-mail address',
  invalid_timezone: 'Not an IANA time zone',
  invalid_currency: 'Not an ISO 4217 currency',
  invalid_country: 'Not an ISO 3166-1 country',
  invalid_language: 'Not a BCP 47 language tag',
  not_in_journey: 'A condition that works in journeys only',
  trigger_without_event: 'The journey is not started by an event',
  unreachable_step: 'A step that can never run',
  too_many_steps: 'Too many steps',
  duplicate_step_id: 'Two steps with the same id',
  duplicate_name: 'The same name twice',
  duplicate_definition: 'The same definition in two files',
  unknown_step: 'A step that does not exist',
  step_not_before: 'A step that cannot come before',
  unknown_template: 'A template that does not exist',
  unknown_segment: 'A segment that does not exist',
  unknown_journey: 'A journey that does not exist',
  unknown_score: 'A score that does not exist',
  unknown_persona: 'A persona that does not exist',
  confirmation_without_request: 'A confirmation of what nobody requested',
  segment_cycle: 'Segments that refer to each other in a circle',
  invalid_template: 'A template that cannot be compiled',
} as const;

export type DefinitionProblemCode = keyof typeof DEFINITION_PROBLEMS;

/** One thing wrong with a file: where it stands, what is wrong, and how to mend it. */
export interface Problem {
  code: DefinitionProblemCode;
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in characters. */
  column: number;
  /** The offending text, shortened. */
  excerpt: string;
  message: string;
  mend: string;
}

/** A problem as a few lines for a terminal. */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const excerpt = problem.excerpt === '' ? '' : `\n  ${String(problem.line).padStart(4)} | ${problem.excerpt}`;
  return `${place} ${problem.message} [${problem.code}]${excerpt}\n       ${problem.mend}`;
}

/** The first line of a text, shortened for an excerpt. */
export function shorten(text: string): string {
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  const max = DEFINITION_LIMITS.maxExcerptLength;
  return (line.length > max ? `${line.slice(0, max - 1)}…` : line).trimEnd();
}

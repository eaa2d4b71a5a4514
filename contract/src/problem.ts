import { z } from 'zod';

/** RFC 9457. */
export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/**
 * Every error that the HTTP API answers with. Codes are stable; `docs` is the anchor in docs/reference/errors.md. Which
 * HTTP status goes with a code is the server's business.
 */
export const API_PROBLEMS = {
  bad_json: { title: 'The body is not valid JSON', docs: 'bad_json' },
  validation_failed: { title: 'The request does not have the right form', docs: 'validation_failed' },
  unauthorized: { title: 'The key is missing or unknown', docs: 'unauthorized' },
  forbidden: { title: 'The key may not do this', docs: 'forbidden' },
  not_found: { title: 'There is no such thing', docs: 'not_found' },
  method_not_allowed: { title: 'The path does not know this method', docs: 'method_not_allowed' },
  conflict: { title: 'The request does not fit the present state', docs: 'conflict' },
  payload_too_large: { title: 'The body is too large', docs: 'payload_too_large' },
  unsupported_media_type: { title: 'The content type is not supported', docs: 'unsupported_media_type' },
  batch_invalid: { title: 'The batch has no list of items', docs: 'batch_invalid' },
  definitions_invalid: { title: 'The definitions have problems', docs: 'definitions_invalid' },
  decision_needed: { title: 'A question must be answered first', docs: 'decision_needed' },
  clock_not_manual: { title: 'The clock of this server cannot be moved', docs: 'clock_not_manual' },
  clock_backwards: { title: 'The clock moves forward only', docs: 'clock_backwards' },
  rate_limited: { title: 'Too many requests', docs: 'rate_limited' },
  overloaded: { title: 'The server cannot take more now', docs: 'overloaded' },
  unavailable: { title: 'The server is starting, stopping or without its database', docs: 'unavailable' },
  internal: { title: 'A fault of the server', docs: 'internal' },
} as const;

export type ApiProblemCode = keyof typeof API_PROBLEMS;

/** One of several things wrong with a request. */
export interface ProblemPart {
  message: string;
  code?: string;
  /** JSON pointer into the body. */
  pointer?: string;
  /** Place in a definition file. */
  file?: string;
  line?: number;
  column?: number;
  excerpt?: string;
  mend?: string;
}

export interface ProblemDetails {
  /** A name for the kind of problem, `urn:samovar:error:…`; explained in docs/reference/errors.md. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ApiProblemCode;
  instance?: string;
  errors?: ProblemPart[];
}

/** The body of an error answer. */
export function problemDetails(code: ApiProblemCode, status: number, detail: string, extra: { instance?: string; errors?: ProblemPart[] } = {}): ProblemDetails {
  const { title, docs } = API_PROBLEMS[code];
  return { type: `urn:samovar:error:${docs}`, title, status, detail, code, ...extra };
}

const codes = Object.keys(API_PROBLEMS).filter((code): code is ApiProblemCode => Object.hasOwn(API_PROBLEMS, code));

/** The same as a schema, for the description of the API. */
export const problemDetailsSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(codes),
    instance: z.string().exactOptional(),
    errors: z
      .array(
        z.object({
          message: z.string(),
          code: z.string().exactOptional(),
          pointer: z.string().exactOptional(),
          file: z.string().exactOptional(),
          line: z.int().exactOptional(),
          column: z.int().exactOptional(),
          excerpt: z.string().exactOptional(),
          mend: z.string().exactOptional(),
        }),
      )
      .exactOptional(),
  })
  .meta({ id: 'Problem' }) satisfies z.ZodType<ProblemDetails>;

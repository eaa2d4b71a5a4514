import { PROBLEM_CONTENT_TYPE, problemDetails } from '@samovar/contract';
import type { ApiProblemCode, ProblemDetails, ProblemPart } from '@samovar/contract';

/** The problems of the tracking API and their HTTP status. */
const STATUSES = {
  unauthorized: 401,
  bad_json: 400,
  validation_failed: 400,
  batch_invalid: 400,
  payload_too_large: 413,
  unsupported_media_type: 415,
  method_not_allowed: 405,
  not_found: 404,
  overloaded: 503,
  unavailable: 503,
} as const satisfies Partial<Record<ApiProblemCode, number>>;

/** A request that is refused as a whole. */
export class TrackingProblem extends Error {
  readonly code: keyof typeof STATUSES;
  readonly errors: ProblemPart[] | undefined;

  constructor(code: keyof typeof STATUSES, detail: string, errors?: ProblemPart[]) {
    super(detail);
    this.name = 'TrackingProblem';
    this.code = code;
    this.errors = errors;
  }

  get statusCode(): number {
    return STATUSES[this.code];
  }

  details(): ProblemDetails {
    return problemDetails(this.code, this.statusCode, this.message, this.errors === undefined ? {} : { errors: this.errors });
  }
}

export const PROBLEM_TYPE = `${PROBLEM_CONTENT_TYPE}; charset=utf-8`;

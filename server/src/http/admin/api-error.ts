import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { PROBLEM_CONTENT_TYPE, problemDetails } from '@samovar/contract';
import type { ApiProblemCode, ProblemPart } from '@samovar/contract';
import { ClockError } from '../../clock/clock-control.ts';

const STATUSES: Readonly<Record<ApiProblemCode, number>> = {
  bad_json: 400, validation_failed: 400, unauthorized: 401, forbidden: 403, not_found: 404, method_not_allowed: 405, conflict: 409, payload_too_large: 413,
  unsupported_media_type: 415, batch_invalid: 400, definitions_invalid: 422, decision_needed: 409, clock_not_manual: 409, clock_backwards: 409, rate_limited: 429,
  overloaded: 503, unavailable: 503, internal: 500,
};

/** What a route throws to answer with a problem. */
export class ApiError extends Error {
  readonly code: ApiProblemCode;
  readonly errors: ProblemPart[] | null;

  constructor(code: ApiProblemCode, detail: string, errors: ProblemPart[] | null = null) {
    super(detail);
    this.name = 'ApiError';
    this.code = code;
    this.errors = errors;
  }
}

export function notFound(what: string): ApiError {
  return new ApiError('not_found', `There is no ${what} like this in your workspace.`);
}

/** Answers with problem details; what nobody expected is told to the operator and not to the caller. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, onTrouble: (message: string, error: unknown) => void): FastifyReply {
  const { code, detail, errors } = problemOf(error);
  if (code === 'internal') onTrouble(`${request.method} ${request.routeOptions.url ?? request.url} failed`, error);
  const status = STATUSES[code];
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="samovar"');
  if (status === 503) void reply.header('retry-after', '5');
  return reply.code(status).type(PROBLEM_CONTENT_TYPE).serializer(JSON.stringify).send(problemDetails(code, status, detail, errors === null ? {} : { errors }));
}

interface Problem {
  code: ApiProblemCode;
  detail: string;
  errors: ProblemPart[] | null;
}

function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return { code: error.code, detail: error.message, errors: error.errors };
  if (error instanceof ClockError) return { code: error.code, detail: error.message, errors: null };
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map((issue) => ({ pointer: pointerOf(error.validationContext, issue.instancePath), message: messageOf(issue) }));
    return { code: 'validation_failed', detail: `The ${error.validationContext ?? 'request'} does not have the right form.`, errors };
  }
  const { statusCode, code } = (error instanceof Error ? error : {}) as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return { code: 'payload_too_large', detail: 'The body is larger than this route takes.', errors: null };
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return { code: 'unsupported_media_type', detail: 'Send the body as application/json.', errors: null };
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return { code: 'bad_json', detail: 'The body is said to be JSON and is empty. Send `{}`, or no content-type.', errors: null };
  if (statusCode === 400) return { code: 'bad_json', detail: 'The body is not valid JSON.', errors: null };
  if (statusCode === 503) return { code: 'unavailable', detail: 'The server is starting or stopping.', errors: null };
  return { code: 'internal', detail: 'Something went wrong on our side. The operator of this server finds it in the log.', errors: null };
}

/** Pointers are into the body, whose whole is named by the empty one (RFC 6901); a parameter is named by itself. */
function pointerOf(context: string | undefined, instancePath: string): string {
  const path = instancePath === '/' ? '' : instancePath;
  return context === 'body' || context === undefined ? path : `/${context}${path}`;
}

interface Issue {
  message: string;
  path: readonly PropertyKey[];
}

/** What is wrong; of a value that may have several forms, what keeps it from each. */
function messageOf({ message = 'is not valid', params }: { message?: string | undefined; params: Record<string, unknown> }): string {
  const forms = params.errors as readonly (readonly Issue[])[] | undefined;
  if (!Array.isArray(forms) || forms.length === 0) return message;
  const reasons = forms.map((issues: readonly Issue[]) => issues.map((issue) => [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': ')).join(', '));
  return `Fits none of its forms (${reasons.map((reason, index) => `${index + 1}. ${reason}`).join('; ')})`;
}

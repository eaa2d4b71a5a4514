import type { FastifyReply, FastifyRequest } from 'fastify';

/** Headers that known libraries send. */
const USUAL_HEADERS = ['authorization', 'content-type', 'content-encoding', 'anonymousid', 'sentat', 'x-retry-count'];

/** How long a browser may remember the answer to a preflight; browsers cap it lower themselves. */
const PREFLIGHT_SECONDS = 86_400;

const HEADER_NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const REQUESTED_HEADERS_LIMIT = 30;

/** The usual headers and those asked for, as far as they are header names at all. */
export function allowedHeaders(requested: string | undefined): string {
  const asked = (requested ?? '').toLowerCase().split(',', REQUESTED_HEADERS_LIMIT).map((name) => name.trim()).filter((name) => HEADER_NAME.test(name));
  return [...new Set([...USUAL_HEADERS, ...asked])].join(', ');
}

/** Write keys say who may write, not origins: a page anywhere may send, and no cookie is ever looked at. */
export function allowAnyOrigin(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  reply.header('access-control-allow-origin', '*');
  done();
}

/** Answers a preflight. */
export async function answerPreflight(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await reply
    .code(204)
    .header('access-control-allow-methods', 'GET, POST, OPTIONS')
    .header('access-control-allow-headers', allowedHeaders(request.headers['access-control-request-headers']))
    .header('access-control-max-age', PREFLIGHT_SECONDS)
    .header('vary', 'access-control-request-headers')
    .send();
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseBatch, parseTimestamp } from '@samovar/contract';
import type { ProblemPart, TrackingType } from '@samovar/contract';
import type { ListedKey, NewRecord, RejectedItem } from '@samovar/store';
import type { Clock } from '../../clock/clock.ts';
import { CollectorError } from '../../collector/collector.ts';
import type { Collector } from '../../collector/collector.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import { BODY_LIMIT_BYTES, checkContentType, parseBody } from './body.ts';
import { allowAnyOrigin, answerPreflight } from './cors.ts';
import { recordOfItem } from './item-record.ts';
import type { Sender } from './item-record.ts';
import { PROBLEM_TYPE, TrackingProblem } from './problem.ts';
import { projectSettings } from './settings.ts';
import { writeKeyOf } from './write-key.ts';

export interface TrackingOptions {
  clock: Clock;
  collector: Collector;
  keys: KeyRing;
  /** Where browsers reach this server, when it is not what their requests say. */
  publicUrl?: string;
}

/** Calls and the short paths that the browser library uses for them. */
const PATHS: Record<TrackingType, string[]> = {
  identify: ['/v1/identify', '/v1/i'],
  track: ['/v1/track', '/v1/t'],
  page: ['/v1/page', '/v1/p'],
  screen: ['/v1/screen', '/v1/s'],
  group: ['/v1/group', '/v1/g'],
  alias: ['/v1/alias', '/v1/a'],
};
const BATCH_PATHS = ['/v1/batch', '/v1/b'];
/** Batches of what happened long ago: kept and counted, but nothing is sent because of them. */
const HISTORY_PATHS = ['/v1/import'];
const SETTINGS_PATH = '/v1/projects/:key/settings';

const SUCCESS = '{"success":true}';
const JSON_TYPE = 'application/json; charset=utf-8';

interface RejectedAnswer {
  index: number;
  code: string;
  message: string;
  pointer: string;
}

function headerOf(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** RudderStack's browser library names the visitor in a header, in base64. */
function visitorOf(request: FastifyRequest): string | null {
  const header = headerOf(request, 'anonymousid');
  if (header === null) return null;
  const decoded = Buffer.from(header, 'base64');
  const text = decoded.toString('utf8');
  return decoded.toString('base64').replace(/=+$/, '') === header.replace(/=+$/, '') && !text.includes('\uFFFD') ? text : header;
}

function senderOf(request: FastifyRequest, key: ListedKey, receivedAt: number, historical: boolean): Sender {
  const browser = key.kind === 'browser';
  return {
    workspaceId: key.workspaceId,
    trusted: !browser,
    historical,
    receivedAt,
    sentAt: parseTimestamp(headerOf(request, 'sentat')),
    context: null,
    anonymousId: visitorOf(request),
    ip: browser ? request.ip : null,
    userAgent: browser ? headerOf(request, 'user-agent') : null,
  };
}

async function authorize({ keys }: TrackingOptions, request: FastifyRequest): Promise<ListedKey> {
  const clearKey = writeKeyOf(request.headers.authorization, request.body);
  if (clearKey === null) throw new TrackingProblem('unauthorized', 'Send the write key as the user name of basic authentication, or as writeKey in the body.');
  const key = await keys.find(clearKey);
  if (key === null) throw new TrackingProblem('unauthorized', 'Check the write key; it may have been revoked.');
  return key;
}

interface Sorted {
  records: NewRecord[];
  rejected: RejectedItem[];
  answers: RejectedAnswer[];
}

function partOf({ code, message, pointer }: ProblemPart): ProblemPart {
  return { message, ...(code === undefined ? {} : { code }), ...(pointer === undefined ? {} : { pointer }) };
}

function sortItems(items: readonly unknown[], type: TrackingType | null, sender: Sender): Sorted {
  const sorted: Sorted = { records: [], rejected: [], answers: [] };
  items.forEach((payload, index) => {
    const result = recordOfItem(payload, type, sender);
    if (result.kind === 'record') {
      sorted.records.push(result.record);
      return;
    }
    const { code, message, pointer } = result;
    sorted.rejected.push({ workspaceId: sender.workspaceId, receivedAt: sender.receivedAt, code, message, pointer, payload });
    sorted.answers.push({ index, code, message, pointer });
  });
  return sorted;
}

function acceptSingle(options: TrackingOptions, type: TrackingType) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const receivedAt = options.clock.now();
    const key = await authorize(options, request);
    const { records, rejected, answers } = sortItems([request.body], type, senderOf(request, key, receivedAt, false));
    await options.collector.accept({ records, rejected });
    const [problem] = answers;
    if (problem !== undefined) throw new TrackingProblem('validation_failed', problem.message, [partOf(problem)]);
    return reply.type(JSON_TYPE).send(SUCCESS);
  };
}

function acceptBatch(options: TrackingOptions, historical: boolean) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const receivedAt = options.clock.now();
    const key = await authorize(options, request);
    const batch = parseBatch(request.body);
    if (batch.kind === 'invalid') throw new TrackingProblem('batch_invalid', batch.message, [partOf(batch)]);
    const fromRequest = senderOf(request, key, receivedAt, historical);
    const sender: Sender = { ...fromRequest, sentAt: batch.sentAt ?? fromRequest.sentAt, context: batch.context };
    const { records, rejected, answers } = sortItems(batch.items, null, sender);
    await options.collector.accept({ records, rejected });
    return reply.type(JSON_TYPE).send(answers.length === 0 ? SUCCESS : JSON.stringify({ success: true, rejected: answers }));
  };
}

function answerSettings(options: TrackingOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { key } = request.params as { key: string };
    if (await options.keys.find(key) === null) throw new TrackingProblem('not_found', 'Check the write key in the address.');
    const baseUrl = new URL(options.publicUrl ?? `${request.protocol}://${request.host}`);
    return reply.header('cache-control', 'public, max-age=60').send(projectSettings(key, baseUrl));
  };
}

function problemOf(error: unknown): TrackingProblem | null {
  if (error instanceof TrackingProblem) return error;
  if (error instanceof CollectorError) return new TrackingProblem(error.code === 'overloaded' ? 'overloaded' : 'unavailable', `${error.message}. Send it again later; what arrives twice counts once.`);
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new TrackingProblem('payload_too_large', `A request may have ${BODY_LIMIT_BYTES} bytes. Send smaller batches.`);
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return new TrackingProblem('bad_json', 'The body is not as long as its content-length says.');
  return null;
}

function sendProblem(error: unknown, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  // Not ours: the server's own error handler answers.
  if (problem === null) throw error;
  if (error instanceof CollectorError) reply.header('retry-after', error.retryAfterSeconds);
  if (problem.statusCode === 401) reply.header('www-authenticate', 'Basic realm="samovar"');
  return reply.code(problem.statusCode).type(PROBLEM_TYPE).send(JSON.stringify(problem.details()));
}

const WRONG_METHODS = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const;

function addCall(app: FastifyInstance, path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>): void {
  for (const url of [path, `${path}/`]) {
    app.post(url, handler);
    app.options(url, answerPreflight);
    app.route({
      method: [...WRONG_METHODS],
      url,
      handler: async (_request, reply) => {
        reply.header('allow', 'POST, OPTIONS');
        throw new TrackingProblem('method_not_allowed', 'Calls of the tracking API are sent with POST.');
      },
    });
  }
}

/** Without promises for the usual body: one request of a browser costs as much as its event. */
function readBody({ headers }: FastifyRequest, body: Buffer, done: (error: Error | null, body?: unknown) => void): void {
  let parsed: unknown;
  try {
    checkContentType(headers['content-type']);
    parsed = parseBody(body, headers['content-encoding']);
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (parsed instanceof Promise) parsed.then((value: unknown) => done(null, value), done);
  else done(null, parsed);
}

/** The HTTP tracking API of Segment, so that the libraries made for it work by changing the host. */
export async function trackingRoutes(app: FastifyInstance, options: TrackingOptions): Promise<void> {
  app.addHook('onRequest', allowAnyOrigin);
  app.setErrorHandler((error, _request, reply) => sendProblem(error, reply));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, readBody);
  for (const [type, paths] of Object.entries(PATHS) as [TrackingType, string[]][]) {
    for (const path of paths) addCall(app, path, acceptSingle(options, type));
  }
  for (const path of BATCH_PATHS) addCall(app, path, acceptBatch(options, false));
  for (const path of HISTORY_PATHS) addCall(app, path, acceptBatch(options, true));
  app.get(SETTINGS_PATH, answerSettings(options));
  app.options(SETTINGS_PATH, answerPreflight);
}

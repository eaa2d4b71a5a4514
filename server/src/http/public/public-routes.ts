import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ContactId, MessageId } from '@samovar/core';
import { readToken } from '@samovar/channels';
import type { TrackingKey } from '@samovar/channels';
import type { Database, NewRecord } from '@samovar/store';
import type { Clock } from '../../clock/clock.ts';
import { confirmationRoutes } from './confirmation-routes.ts';
import { pageLanguage } from './page-texts.ts';
import { PAGE_HEADERS, renderPage } from './page.ts';
import { subscriptionRoutes } from './subscription-routes.ts';
import { VisitRecorder } from './visit-recorder.ts';

export interface PublicDependencies {
  db: Database;
  clock: Clock;
  shardCount: number;
  signingKeys: readonly TrackingKey[];
  /** Resolves after commit, having woken the workers. */
  append: (records: readonly NewRecord[]) => Promise<unknown>;
  onTrouble?: (message: string, error: unknown) => void;
}

export interface PublicRoutes {
  /** Writes the opens and clicks that are still in memory. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The smallest transparent GIF. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** Tokens are shorter than the longest link and what is added to it. */
const BODY_LIMIT_BYTES = 10_000;

type Request = FastifyRequest<{ Params: { token: string } }>;

/** What recipients of messages reach: links, pixels, and the pages about their subscription. */
export function publicRoutes(app: FastifyInstance, dependencies: PublicDependencies): PublicRoutes {
  const onTrouble = dependencies.onTrouble ?? ((): void => {});
  const recorder = new VisitRecorder({ ...dependencies, onTrouble });
  void app.register(async (scope) => {
    // Whatever a form or a mail client sends is taken as text: nothing of it decides more than which list to leave.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) => done(null, body));
    scope.get<{ Params: { token: string } }>('/c/:token', (request, reply) => follow(request, reply, dependencies, recorder));
    scope.get<{ Params: { token: string } }>('/o/:token', (request, reply) => open(request, reply, dependencies, recorder));
    subscriptionRoutes(scope, { ...dependencies, onTrouble });
    confirmationRoutes(scope, { ...dependencies, onTrouble });
  });
  return { flush: () => recorder.flush(), close: () => recorder.flush() };
}

/** Leads on at once; the click is written down later. */
function follow(request: Request, reply: FastifyReply, { signingKeys, clock }: PublicDependencies, recorder: VisitRecorder): FastifyReply {
  const now = clock.now();
  const read = readToken(signingKeys, 'click', request.params.token, now);
  if (!read.ok) return brokenLink(request, reply);
  const { url, workspaceId, messageId, contactId } = read.payload;
  if (request.method !== 'HEAD') {
    recorder.record({
      kind: 'click', workspaceId, messageId: messageId as MessageId, contactId: contactId as ContactId, url, userAgent: userAgentOf(request), ip: request.ip, at: now,
    });
  }
  return reply.code(302).header('location', headerSafe(url)).header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').send();
}

function open(request: Request, reply: FastifyReply, { signingKeys, clock }: PublicDependencies, recorder: VisitRecorder): FastifyReply {
  const now = clock.now();
  const read = readToken(signingKeys, 'open', request.params.token.replace(/\.gif$/, ''), now);
  if (read.ok && request.method !== 'HEAD') {
    const { workspaceId, messageId, contactId } = read.payload;
    recorder.record({
      kind: 'open', workspaceId, messageId: messageId as MessageId, contactId: contactId as ContactId, url: null, userAgent: userAgentOf(request), ip: request.ip, at: now,
    });
  }
  // A picture is a picture, also for a token that means nothing: nobody looks at an error in its place.
  return reply.headers({ 'content-type': 'image/gif', 'cache-control': 'no-store, private', 'referrer-policy': 'no-referrer' }).send(PIXEL);
}

function brokenLink(request: Request, reply: FastifyReply): FastifyReply {
  const page = pageLanguage(null, request.headers['accept-language']);
  const { brokenTitle: title, broken: text } = page.texts;
  return reply.code(404).headers(PAGE_HEADERS).send(renderPage(page, { mood: 'sorry', title, text, form: null, shop: '' }));
}

/** Letters beyond ASCII are written as bytes, as browsers would; what is encoded already stays so. */
function headerSafe(url: string): string {
  return url.replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character.replace(/\p{Surrogate}/gu, '\uFFFD')));
}

function userAgentOf(request: Request): string | null {
  return request.headers['user-agent']?.slice(0, 500) ?? null;
}

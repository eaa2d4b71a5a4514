import { z } from 'zod';
import {
  createKey, listKeys, listRejected, listWorkspaces, revokeKey, textArray, writeSendingMode,
} from '@samovar/store';
import { instant, iso, keyOf, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { decodeCursor, page, pageOf, pageQuery } from './paging.ts';
import { suppressionRoutes } from './suppression-routes.ts';

const rejectedEvent = z.object({ id: z.uuid(), receivedAt: instant, code: z.string(), message: z.string(), pointer: z.string(), payload: z.unknown() }).meta({ id: 'RejectedEvent' });
const sending = z.object({ mode: z.enum(['live', 'test', 'stopped']), testRecipients: z.array(z.string()) }).meta({ id: 'Sending' });
const apiKey = z.object({ id: z.string(), kind: z.enum(['browser', 'server', 'admin']), label: z.string(), createdAt: instant, revokedAt: instant.nullable() }).meta({ id: 'Key' });
const clockState = z.object({ mode: z.enum(['system', 'manual']), now: instant }).meta({ id: 'Clock' });

/** Test recipients of a workspace at most; it is a list for trying, not an audience. */
const TEST_RECIPIENT_LIMIT = 100;

/** What operating a shop's automation takes: what was refused, who must not be written to, stopping, keys, the clock. */
export function operationRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  rejectedRoutes(app, dependencies);
  suppressionRoutes(app, dependencies);
  sendingRoutes(app, dependencies);
  keyRoutes(app, dependencies);
  clockRoutes(app, dependencies);
}

function rejectedRoutes(app: AdminApp, { db }: AdminDependencies): void {
  app.get('/rejected-events', {
    schema: { summary: 'Events that were refused, with the reason', tags: ['events'], querystring: z.object(pageQuery), response: { 200: pageOf(rejectedEvent), ...problems } },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const place = decodeCursor(z.tuple([z.int(), z.uuid()]), cursor);
    const rows = await listRejected(db, workspaceOf(request), { limit, ...(place === null ? {} : { after: { receivedAt: place[0], rejectedId: place[1] } }) });
    const { items, next } = page(rows, limit, (last) => [last.receivedAt, last.rejectedId]);
    return { items: items.map(({ rejectedId, receivedAt, code, message, pointer, payload }) => ({ id: rejectedId, receivedAt: iso(receivedAt), code, message, pointer, payload })), next };
  });
}

function sendingRoutes(app: AdminApp, { db }: AdminDependencies): void {
  const read = async (workspaceId: number): Promise<z.infer<typeof sending>> => {
    const workspace = (await listWorkspaces(db)).find((one) => one.workspaceId === workspaceId);
    if (workspace === undefined) throw notFound('workspace');
    return { mode: workspace.sending, testRecipients: workspace.testRecipients };
  };
  app.get('/sending', { schema: { summary: 'Whether and to whom mail leaves', tags: ['sending'], response: { 200: sending, ...problems } } }, (request) => read(workspaceOf(request)));
  app.put('/sending', {
    schema: {
      summary: 'Send, send to test recipients only, or stop at once', tags: ['sending'],
      description: 'A stop holds within a fraction of a second in every process; what is queued stays queued. In test mode messages to others than the test recipients are cancelled.',
      body: z.strictObject({
        mode: z.enum(['live', 'test', 'stopped']),
        testRecipients: z.array(z.string().max(320).regex(/^[^@\s]*@[^@\s]+$/, 'is neither an address nor a domain like @example.com')).max(TEST_RECIPIENT_LIMIT).optional(),
      }),
      response: { 200: sending, ...problems },
    },
  }, async (request) => {
    const { mode, testRecipients } = request.body;
    await writeSendingMode(db, workspaceOf(request), mode, testRecipients === undefined ? null : textArray(testRecipients));
    return read(workspaceOf(request));
  });
}

function keyRoutes(app: AdminApp, { db, clock, onKeysChanged }: AdminDependencies): void {
  app.get('/keys', { schema: { summary: 'Keys of the workspace', tags: ['keys'], response: { 200: z.object({ items: z.array(apiKey) }), ...problems } } }, async (request) => {
    const items = await listKeys(db, workspaceOf(request));
    return { items: items.map(({ keyDigest, kind, label, createdAt, revokedAt }) => ({ id: keyDigest, kind, label, createdAt: iso(createdAt), revokedAt: iso(revokedAt) })) };
  });
  app.post('/keys', {
    schema: {
      summary: 'Make a key', tags: ['keys'], body: z.strictObject({ kind: z.enum(['browser', 'server', 'admin']), label: z.string().min(1).max(200) }),
      response: { 201: z.object({ key: z.string().describe('Shown this once.') }), ...problems },
    },
  }, async (request, reply) => {
    const key = await createKey(db, { workspaceId: workspaceOf(request), ...request.body, now: clock.now() });
    onKeysChanged?.();
    return reply.code(201).send({ key });
  });
  app.delete('/keys/:id', {
    schema: { summary: 'Revoke a key', tags: ['keys'], params: z.object({ id: z.string().regex(/^[0-9a-f]{64}$/) }), response: { 204: z.null(), ...problems } },
  }, async (request, reply) => {
    if (request.params.id === keyOf(request).keyDigest) throw new ApiError('conflict', 'This is the key that you are using; revoke it with another one.');
    if (!(await revokeKey(db, workspaceOf(request), request.params.id, clock.now()))) throw notFound('key');
    onKeysChanged?.();
    return reply.code(204).send(null);
  });
}

function clockRoutes(app: AdminApp, { clockControl }: AdminDependencies): void {
  const state = (): z.infer<typeof clockState> => {
    const { mode, now } = clockControl.state();
    return { mode, now: iso(now) };
  };
  app.get('/clock', { schema: { summary: 'The time by which everything is decided', tags: ['clock'], response: { 200: clockState, ...problems } } }, async () => state());
  app.post('/clock', {
    schema: {
      summary: 'Move a manual clock forward', tags: ['clock'],
      description: 'Stops at every time at which something falls due, and answers once all that is due by then has settled, sends and their outcomes included.',
      body: z.union([z.strictObject({ to: instant }), z.strictObject({ advanceMs: z.int().min(0) })]), response: { 200: clockState, ...problems },
    },
  }, async (request) => {
    const { body } = request;
    await clockControl.advanceTo('to' in body ? Date.parse(body.to) : clockControl.state().now + body.advanceMs);
    return state();
  });
}

import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { contactIdOf, normaliseIdentifier, SUPPRESSION_LIFTED } from '@samovar/core';
import type { NewRecord } from '@samovar/store';
import { addressDigest, listSuppressions, readSuppressions, suppress, suppressDigests, unsuppress, unsuppressDigest } from '@samovar/store';
import { emailAddress, instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound } from './api-error.ts';
import { decodeCursor, page, pageOf, pageQuery } from './paging.ts';

const suppression = z.object({
  addressDigest: z.string().describe('SHA-256 of the address, trimmed and in lower case, as 64 hexadecimal digits. One of 32 digits is from before lists could be exchanged and means nothing elsewhere.'),
  reason: z.string().describe('`bounced`, `complained`, `manual`, or words of your own.'), at: instant,
}).meta({ id: 'Suppression', description: 'Addresses themselves are not kept; look one up by `address`.' });
const address = emailAddress;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/i, 'is not a SHA-256 in hexadecimal digits');
const reason = z.string().min(1).max(200);

/** Most entries of one import; more are sent in several requests. */
export const SUPPRESSION_IMPORT_LIMIT = 10_000;

const imported = z.strictObject({ address: address.optional(), sha256: sha256.optional(), reason: reason.default('manual'), at: instant.optional() })
  .refine((one) => (one.address === undefined) !== (one.sha256 === undefined), 'needs either `address` or `sha256`');

/** Addresses that are never written to: looked up, added, let go, and exchanged as lists. */
export function suppressionRoutes(app: AdminApp, { db, clock, shardCount, append }: AdminDependencies): void {
  app.get('/suppressions', {
    schema: {
      summary: 'Addresses that are never written to', tags: ['sending'], querystring: z.object({ ...pageQuery, address: address.optional().describe('Only this one.') }),
      response: { 200: pageOf(suppression), ...problems },
    },
  }, async (request) => {
    const { limit, cursor, address: wanted } = request.query;
    const workspaceId = workspaceOf(request);
    if (wanted !== undefined) {
      const [found] = await readSuppressions(db, [{ workspaceId, address: wanted }], shardCount);
      return { items: found === null || found === undefined ? [] : [{ addressDigest: found.addressDigest, reason: found.reason, at: iso(found.at) }], next: null };
    }
    const place = decodeCursor(z.tuple([z.int(), z.string().regex(/^[0-9a-f]{1,64}$/)]), cursor);
    const rows = await listSuppressions(db, workspaceId, place === null ? null : { shard: place[0], addressDigest: place[1] }, limit);
    const { items, next } = page(rows, limit, (last) => [last.shard, last.addressDigest]);
    return { items: items.map(({ addressDigest: digest, reason: why, at }) => ({ addressDigest: digest, reason: why, at: iso(at) })), next };
  });
  app.post('/suppressions', {
    schema: {
      summary: 'Never write to an address again', tags: ['sending'], body: z.strictObject({ address, reason: reason.default('manual') }),
      response: { 201: z.object({ added: z.boolean().describe('false: it was suppressed already, and keeps its first reason.') }), ...problems },
    },
  }, async (request, reply) => {
    const added = await suppress(db, { workspaceId: workspaceOf(request), channel: 'email', ...request.body, at: clock.now() }, shardCount);
    return reply.code(201).send({ added });
  });
  app.post('/suppressions/import', {
    schema: {
      summary: 'Never write to many addresses again', tags: ['sending'],
      description: 'Addresses, or their SHA-256 as another system exports them. All of a request is taken or nothing; taking it again changes nothing.',
      body: z.strictObject({ items: z.array(imported).min(1).max(SUPPRESSION_IMPORT_LIMIT) }),
      response: { 200: z.object({ added: z.int(), known: z.int().describe('They were suppressed already, or stand twice in the list.') }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { items } = request.body;
    const rows = items.map((one) => ({
      workspaceId, reason: one.reason, at: one.at === undefined ? clock.now() : Date.parse(one.at),
      digest: one.sha256 === undefined ? addressDigest(one.address ?? '') : Buffer.from(one.sha256, 'hex'),
    }));
    const added = await db.transaction((tx) => suppressDigests(tx, rows, shardCount), { idempotent: true });
    return { added, known: items.length - added };
  });
  app.delete('/suppressions', {
    schema: {
      summary: 'Let an address be written to again', tags: ['sending'],
      querystring: z.object({ address: address.optional(), sha256: sha256.optional() }).refine((one) => (one.address === undefined) !== (one.sha256 === undefined), 'needs either `address` or `sha256`'),
      response: { 204: z.null(), ...problems },
    },
  }, async (request, reply) => {
    const { address: named, sha256: digest } = request.query;
    const workspaceId = workspaceOf(request);
    const removed = named === undefined
      ? await unsuppressDigest(db, workspaceId, Buffer.from(digest ?? '', 'hex'), shardCount) : await unsuppress(db, workspaceId, named, shardCount);
    if (!removed) throw notFound('suppressed address');
    // Contacts remember what bounced, and hear that it is over; of a digest nobody knows whose it is.
    if (named !== undefined) await append([liftedRecord(workspaceId, named, clock.now())]);
    return reply.code(204).send(null);
  });
}

/** For whoever the address leads to. It names nobody, so that no contact comes of it. */
function liftedRecord(workspaceId: number, email: string, now: number): NewRecord {
  return {
    workspaceId, contactId: contactIdOf(workspaceId, normaliseIdentifier({ kind: 'email', value: email })),
    record: {
      kind: 'event', type: 'track', name: SUPPRESSION_LIFTED, messageId: randomUUID(), receivedAt: now, occurredAt: now, identifiers: [], properties: { email }, traits: {}, context: {},
      trusted: true, historical: false,
    },
  };
}

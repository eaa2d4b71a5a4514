import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { currentAddress } from '@samovar/core';
import type { JsonObject, TrackedEvent } from '@samovar/core';
import { idsOf, readConsents, writeAddressConsents } from '@samovar/store';
import { emailAddress, instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { contactParams, findContact } from './contact-routes.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from './paging.ts';

const change = z.object({
  purpose: z.enum(['marketing', 'profiling']), channel: z.string().nullable(), topic: z.string().nullable(), state: z.enum(['granted', 'withdrawn']), at: instant,
  address: z.string().nullable().describe('The address that it was said for.'),
  proof: z.record(z.string(), z.unknown()).describe('Who, where, when, from which address and with which wording, as far as it was told.'),
}).meta({ id: 'ConsentChange' });

/** What may be told as proof of consent. */
const proof = z.strictObject({
  source: z.string().min(1).max(200).describe('Where it was given, e.g. `checkout`.'), wording: z.string().max(2_000).optional(), wording_version: z.string().max(100).optional(),
  form: z.string().max(200).optional(), ip: z.string().max(100).optional(), user_agent: z.string().max(500).optional(), url: z.string().max(2_000).optional(), by: z.string().max(200).optional(),
});

/** The last entry seen of each of a contact's ids. */
const place = z.record(z.uuid(), z.int());

/** What contacts agreed to, and how that is known. */
export function consentRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/contacts/:id/consents', {
    schema: {
      summary: 'Every grant and withdrawal of consent with its proof, the latest first', tags: ['contacts'], params: contactParams, querystring: z.object(pageQuery),
      response: { 200: pageOf(change), ...problems },
    },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const after = decodeCursor(place, cursor);
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    const { rows, place: reached, more } = await readConsents(dependencies.db, idsOf(state), after ?? {}, limit, dependencies.shardCount);
    return { items: rows.map(({ at, contactId: _id, n: _n, ...row }) => ({ ...row, at: iso(at) })), next: more ? encodeCursor(reached) : null };
  });
  app.post('/contacts/:id/consent', {
    schema: {
      summary: 'Grant or withdraw consent, with its proof', tags: ['contacts'], params: contactParams,
      body: z.strictObject({
        purpose: z.enum(['marketing', 'profiling']).default('marketing'), channel: z.literal('email').default('email'),
        topic: z.string().min(1).max(128).nullable().default(null).describe('Marketing only; null: the whole channel.'), state: z.enum(['granted', 'withdrawn']),
        address: emailAddress.optional().describe('The address that it is said for. Default: the contact\'s.'), proof,
      }),
      response: { 202: z.object({ event: z.string().describe('The id of the event that says so in the contact\'s timeline.') }), ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { purpose, channel, topic, state, address, proof: given } = request.body;
    const contact = await findContact(dependencies, workspaceId, request.params.id);
    const { id } = contact;
    const now = dependencies.clock.now();
    const properties: JsonObject = purpose === 'profiling' ? { purpose } : { channel };
    for (const [name, value] of Object.entries(given)) if (value !== undefined) properties[name] = value;
    if (topic !== null && purpose === 'marketing') properties.topic = topic;
    if (address !== undefined) properties.email = address;
    const granted = state === 'granted';
    const name = properties.topic === undefined ? (granted ? 'Consent Granted' : 'Consent Withdrawn') : (granted ? 'Topic Subscribed' : 'Topic Unsubscribed');
    const record: TrackedEvent = {
      kind: 'event', type: 'track', name, messageId: randomUUID(), receivedAt: now, occurredAt: now, identifiers: [], properties, traits: {}, context: {}, trusted: true, historical: false,
    };
    const about = address ?? currentAddress(contact);
    if (!granted && purpose === 'marketing' && about !== null) {
      // Stops what is queued for the address under any contact, before the workers hear of it.
      const withdrawal = { workspaceId, channel, topic, address: about, state, confirmed: false, at: now };
      await dependencies.db.transaction(async (tx) => writeAddressConsents(tx, [withdrawal], dependencies.shardCount), { idempotent: true });
    }
    await dependencies.append([{ workspaceId, contactId: id, record }]);
    return reply.code(202).send({ event: record.messageId });
  });
}

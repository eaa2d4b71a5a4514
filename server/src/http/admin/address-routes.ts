import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { API_CONTEXT, consentStates, currentAddress, normaliseAddress, standingOf } from '@samovar/core';
import type { ContactState, TrackedEvent } from '@samovar/core';
import { emailAddress, instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError } from './api-error.ts';
import { contactParams, findContact } from './contact-routes.ts';

const address = z.object({
  address: z.string(), primary: z.boolean().describe('Messages go there.'), verified: z.boolean().describe('Told with a server key.'),
  identifies: z.boolean().describe('Whether events that name the address alone are this contact\'s.'),
  until: instant.nullable().describe('Until when it was the primary one; null: it is, or never was.'), suppressed: z.string().nullable().describe('Why nothing may be sent there.'),
  consents: z.array(z.object({ topic: z.string().nullable(), state: z.enum(['none', 'granted', 'withdrawn', 'elsewhere']).describe('`elsewhere`: granted for other addresses only.') })),
}).meta({ id: 'ContactAddress' });

/** The e-mail addresses of a contact, of which one is written to. */
export function addressRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/contacts/:id/addresses', {
    schema: { summary: 'E-mail addresses of a contact', tags: ['contacts'], params: contactParams, response: { 200: z.object({ items: z.array(address) }), ...problems } },
  }, async (request) => ({ items: addressesOf(await findContact(dependencies, workspaceOf(request), request.params.id)) }));
  app.put('/contacts/:id/primary-address', {
    schema: {
      summary: 'Choose the address that is written to', tags: ['contacts'], params: contactParams,
      description: 'One of the contact\'s addresses. Consent follows the address: what was granted for another one does not hold for it.',
      body: z.strictObject({ address: emailAddress }),
      response: { 202: z.object({ event: z.string().describe('The id of the event that says so in the contact\'s timeline.') }), ...problems },
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const state = await findContact(dependencies, workspaceId, request.params.id);
    const wanted = normaliseAddress(request.body.address);
    const known = addressesOf(state).find((one) => one.address === wanted);
    if (known === undefined) throw new ApiError('conflict', 'This is none of the contact\'s addresses. GET /api/contacts/{id}/addresses lists them; a new one is told with identify.');
    const now = dependencies.clock.now();
    const record: TrackedEvent = {
      kind: 'event', type: 'identify', name: 'Identify', messageId: randomUUID(), receivedAt: now, occurredAt: now, identifiers: [state.home], properties: {}, traits: { email: known.address },
      context: { ...API_CONTEXT }, trusted: true, historical: false,
    };
    await dependencies.append([{ workspaceId, contactId: state.id, record }]);
    return reply.code(202).send({ event: record.messageId });
  });
}

function addressesOf(state: ContactState): z.infer<typeof address>[] {
  const primary = currentAddress(state);
  const identifying = new Set([state.home, ...state.identifiers].flatMap(({ kind, value }) => (kind === 'email' ? [value] : [])));
  const past = new Map(state.pastAddresses?.map((one) => [one.address, one.until]));
  const all = new Set([...(primary === null ? [] : [primary]), ...identifying, ...[...past.keys()].reverse()]);
  return [...all].map((one) => ({
    address: one, primary: one === primary, verified: identifying.has(one) || (one === primary && state.traits.email?.verified === true), identifies: identifying.has(one),
    until: iso(one === primary ? null : (past.get(one) ?? null)), suppressed: state.suppressed[one] ?? null,
    consents: consentStates(state).map(({ topic, entry }) => ({ topic, state: standingOf(entry, one) })),
  }));
}

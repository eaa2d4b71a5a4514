import { z } from 'zod';
import { computedTraits, contactIdOf, minorDigits, normaliseIdentifier, scoreVariables, traitValues } from '@samovar/core';
import type { ContactId, ContactState, Identifier } from '@samovar/core';
import { idsOf, listContacts, readContactsBehind, readEnrollments, readOrders } from '@samovar/store';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound } from './api-error.ts';
import { consentsOf, consentState, jurisdiction, jurisdictionOfContact, workspaceDefinitionOf } from './consent-view.ts';
import { decodeCursor, page, pageOf, pageQuery, shardPlace } from './paging.ts';

const contactSummary = z.object({ id: z.uuid(), userId: z.string().nullable(), email: z.string().nullable(), createdAt: instant }).meta({ id: 'ContactSummary' });
const identifier = z.object({ kind: z.enum(['user', 'anonymous', 'email', 'phone', 'order']), value: z.string() });
export const enrollment = z.object({
  id: z.uuid(), journey: z.string(), version: z.int(), key: z.string().nullable(), status: z.enum(['active', 'completed', 'exited']), step: z.string().nullable(),
  reason: z.string().nullable(), enteredAt: instant, changedAt: instant,
}).meta({ id: 'Enrollment' });
const order = z.object({
  orderId: z.string(), at: instant, currency: z.string(), total: z.number(), refunded: z.number(), messageId: z.uuid().nullable(), journey: z.string().nullable(), step: z.string().nullable(),
}).meta({ id: 'Order' });
const contact = contactSummary.extend({
  identifiers: z.array(identifier), mergedIds: z.array(z.uuid()), traits: z.record(z.string(), z.unknown()),
  computedTraits: z.record(z.string(), z.unknown()).describe('Worked out of events, as the definitions say.'), tags: z.array(z.string()), consents: z.array(consentState), jurisdiction,
  suppressed: z.array(z.object({ address: z.string(), reason: z.string() })), segments: z.array(z.object({ segment: z.string(), since: instant })),
  standing: z.record(z.string(), z.unknown()).describe('What scores and personas make of the contact, as templates see it: `score`, `band`, `temperature`, `persona`. Line by line: /contacts/{id}/scores.'),
  enrollments: z.array(enrollment), orders: z.array(order),
}).meta({ id: 'Contact' });

/** Passages and orders shown with a contact; the rest is in its timeline. */
const SHOWN_LIMIT = 100;

export const contactParams = z.object({ id: z.uuid() });

/** The contact of the caller's workspace behind an id, redirects followed. */
export async function findContact({ db, shardCount }: AdminDependencies, workspaceId: number, id: string): Promise<ContactState> {
  const found = (await readContactsBehind(db, [id as ContactId], shardCount)).get(id as ContactId);
  if (found === undefined || found.workspaceId !== workspaceId) throw notFound('contact');
  return found;
}

function summaryOf(state: ContactState): z.infer<typeof contactSummary> {
  const user = [state.home, ...state.identifiers].find((one) => one.kind === 'user');
  const email = state.traits.email?.value;
  return { id: state.id, userId: user?.value ?? null, email: typeof email === 'string' ? email : null, createdAt: iso(state.createdAt) };
}

export function enrollmentView(row: { enrollmentId: string; journey: string; version: number; key: string | null; status: 'active' | 'completed' | 'exited'; step: string | null; reason: string | null; enteredAt: number; changedAt: number }): z.infer<typeof enrollment> {
  const { enrollmentId, journey, version, key, status, step, reason, enteredAt, changedAt } = row;
  return { id: enrollmentId, journey, version, key, status, step, reason, enteredAt: iso(enteredAt), changedAt: iso(changedAt) };
}

export function contactRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount } = dependencies;
  app.get('/contacts', {
    schema: {
      summary: 'Contacts, or the one with an identifier', tags: ['contacts'],
      querystring: z.object({ ...pageQuery, email: z.string().max(512).optional(), userId: z.string().max(512).optional(), anonymousId: z.string().max(512).optional() }),
      response: { 200: pageOf(contactSummary), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { limit, cursor, ...by } = request.query;
    const wanted = identifierOf(by);
    if (wanted !== null) {
      const id = contactIdOf(workspaceId, wanted);
      const found = (await readContactsBehind(db, [id], shardCount)).get(id);
      return { items: found === undefined ? [] : [summaryOf(found)], next: null };
    }
    const place = decodeCursor(shardPlace, cursor);
    const rows = await listContacts(db, workspaceId, { shard: place?.[0] ?? 0, key: place?.[1] ?? null }, limit, shardCount);
    const { items, next } = page(rows, limit, (last) => [last.shard, last.contactId]);
    return { items: items.map(({ contactId, userId, email, createdAt }) => ({ id: contactId, userId, email, createdAt: iso(createdAt) })), next };
  });
  app.get('/contacts/:id', { schema: { summary: 'One contact', tags: ['contacts'], params: contactParams, response: { 200: contact, ...problems } } }, async (request) => {
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    const ids = idsOf(state);
    const [enrollments, orders, program] = await Promise.all([
      readEnrollments(db, ids, SHOWN_LIMIT, shardCount), readOrders(db, state.id, SHOWN_LIMIT, shardCount), dependencies.program(workspaceOf(request)),
    ]);
    return {
      ...summaryOf(state), identifiers: [state.home, ...state.identifiers], mergedIds: ids.slice(1), traits: traitValues(state),
      computedTraits: program === null ? {} : computedTraits(state, program, clock.now()), tags: state.tags,
      consents: consentsOf(state), jurisdiction: jurisdictionOfContact(state, await workspaceDefinitionOf(dependencies, workspaceOf(request))),
      suppressed: Object.entries(state.suppressed).map(([address, reason]) => ({ address, reason })),
      standing: program === null ? {} : scoreVariables(program, state, clock.now()),
      segments: Object.entries(state.segments).filter(([segment]) => !segment.includes('/')).map(([segment, since]) => ({ segment, since: iso(since) })), enrollments: enrollments.map(enrollmentView),
      orders: orders.map(({ totalMinor, refundedMinor, at, ...rest }) => {
        const unit = 10 ** minorDigits(rest.currency);
        return { ...rest, at: iso(at), total: totalMinor / unit, refunded: refundedMinor / unit };
      }),
    };
  });
}

function identifierOf({ email, userId, anonymousId }: { email?: string | undefined; userId?: string | undefined; anonymousId?: string | undefined }): Identifier | null {
  if (userId !== undefined) return normaliseIdentifier({ kind: 'user', value: userId });
  if (email !== undefined) return normaliseIdentifier({ kind: 'email', value: email });
  return anonymousId === undefined ? null : normaliseIdentifier({ kind: 'anonymous', value: anonymousId });
}

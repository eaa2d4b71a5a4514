import type { InjectOptions } from 'fastify';

/** A request for one route. */
export interface RouteExample {
  method: InjectOptions['method'];
  url: string;
  payload?: object;
  /** Whether it names something that another workspace does not have. */
  names: boolean;
  /** What it answers even so, where that is no success. */
  answers?: number;
}

/** Of what is known for a while only. */
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

/** What is known of a contact, part by part. */
function profileRoutes(contact: string): RouteExample[] {
  return [
    { method: 'GET', url: `/api/contacts/${contact}/parts`, names: true },
    { method: 'POST', url: `/api/contacts/${contact}/unmerge`, payload: { mergedId: contact }, names: true, answers: 409 },
    { method: 'GET', url: `/api/contacts/${contact}/traits`, names: true },
    { method: 'GET', url: `/api/contacts/${contact}/traits/first_name/history`, names: true },
    { method: 'GET', url: `/api/contacts/${contact}/notes`, names: true },
    { method: 'POST', url: `/api/contacts/${contact}/notes`, payload: { text: 'Called back.' }, names: true },
    { method: 'DELETE', url: `/api/contacts/${contact}/notes/${UNKNOWN_ID}`, names: true, answers: 404 },
    { method: 'GET', url: `/api/contacts/${contact}/addresses`, names: true },
    { method: 'PUT', url: `/api/contacts/${contact}/primary-address`, payload: { address: 'u0@example.com' }, names: true },
    { method: 'GET', url: '/api/schema', names: false },
  ];
}

/** Every route with a request that succeeds, so that no route can be forgotten by the tests of access. */
export function everyRoute(ids: { contact: string; message: string; key: string }): RouteExample[] {
  return [...ofContacts(ids.contact), ...ofGroups(ids.contact), ...ofScores(ids.contact), ...ofQuality(), ...ofTheRest(ids)];
}

/** People one by one. */
function ofContacts(contact: string): RouteExample[] {
  return [
    { method: 'GET', url: '/api/contacts', names: false },
    { method: 'GET', url: `/api/contacts/${contact}`, names: true },
    { method: 'GET', url: `/api/contacts/${contact}/timeline`, names: true },
    { method: 'GET', url: `/api/contacts/${contact}/why?journey=news`, names: true },
    ...profileRoutes(contact),
    { method: 'GET', url: `/api/contacts/${contact}/consents`, names: true },
    { method: 'POST', url: `/api/contacts/${contact}/consent`, payload: { state: 'granted', topic: 'x', proof: { source: 'test' } }, names: true },
    { method: 'POST', url: '/api/contacts/00000000-0000-8000-8000-000000000000/erase', payload: { reason: 'asked' }, names: true, answers: 404 },
    { method: 'GET', url: `/api/contacts/${contact}/export`, names: true },
    { method: 'GET', url: '/api/erasures', names: false },
    { method: 'GET', url: '/api/erasures/00000000-0000-8000-8000-000000000000', names: true, answers: 404 },
  ];
}

/** Segments and lists. */
function ofGroups(contact: string): RouteExample[] {
  return [
    { method: 'GET', url: '/api/segments', names: false },
    { method: 'GET', url: '/api/segments/buyers', names: true },
    { method: 'GET', url: '/api/segments/buyers/members', names: true },
    { method: 'GET', url: `/api/segments/buyers/contacts/${contact}`, names: true },
    { method: 'GET', url: `/api/contacts/${contact}/segments`, names: true },
    { method: 'POST', url: '/api/segments/preview', payload: { segment: 'buyers' }, names: true },
    { method: 'GET', url: `/api/segments/preview/${UNKNOWN_ID}`, names: true, answers: 404 },
    { method: 'DELETE', url: `/api/segments/preview/${UNKNOWN_ID}`, names: true, answers: 404 },
    { method: 'GET', url: '/api/lists', names: false },
    { method: 'POST', url: '/api/lists', payload: { key: 'Fair' }, names: false, answers: 400 },
    { method: 'PATCH', url: '/api/lists/friends', payload: { description: 'Met in person' }, names: true },
    { method: 'DELETE', url: '/api/lists/gone', names: true, answers: 404 },
    { method: 'GET', url: '/api/lists/friends/members', names: true },
    { method: 'POST', url: '/api/lists/friends/members', payload: { members: [{ contactId: contact }] }, names: true },
    { method: 'DELETE', url: '/api/lists/friends/members', payload: { members: [{ contactId: contact }] }, names: true },
    { method: 'POST', url: '/api/lists/friends/import/try', payload: { csv: 'mail\na@example.com\n', mapping: { email: 'mail' } }, names: true },
    { method: 'POST', url: '/api/lists/friends/import', payload: { csv: 'mail\n', mapping: { email: 'mail' } }, names: true },
    { method: 'GET', url: '/api/lists/friends/imports', names: true },
    { method: 'GET', url: `/api/lists/friends/imports/${UNKNOWN_ID}`, names: true, answers: 404 },
    { method: 'DELETE', url: `/api/lists/friends/imports/${UNKNOWN_ID}`, names: true, answers: 404 },
    { method: 'GET', url: '/api/backfill', names: false },
    { method: 'POST', url: '/api/backfill/pause', names: false },
    { method: 'POST', url: '/api/backfill/resume', names: false },
    { method: 'POST', url: '/api/backfill/cancel', names: false, answers: 409 },
  ];
}

/** Scores and personas; there are none where this is asked. */
function ofScores(contact: string): RouteExample[] {
  return [
    { method: 'GET', url: `/api/contacts/${contact}/scores`, names: true },
    { method: 'GET', url: '/api/scores', names: false },
    { method: 'GET', url: '/api/scores/engagement', names: true, answers: 404 },
    { method: 'GET', url: '/api/scores/engagement/bands/hot/contacts', names: true, answers: 404 },
    { method: 'GET', url: '/api/personas', names: false },
    { method: 'GET', url: '/api/personas/shoppers', names: true, answers: 404 },
    { method: 'GET', url: '/api/personas/shoppers/collector/contacts', names: true, answers: 404 },
  ];
}

/** What is known of the data itself. */
function ofQuality(): RouteExample[] {
  return [
    { method: 'GET', url: '/api/quality', names: false },
    { method: 'GET', url: '/api/quality/settings', names: false },
    { method: 'PUT', url: '/api/quality/settings', payload: {}, names: false },
    { method: 'GET', url: '/api/quality/address-invalid/contacts', names: true, answers: 404 },
    { method: 'GET', url: '/api/quality/duplicates/email', names: true, answers: 404 },
    { method: 'POST', url: `/api/quality/duplicates/email/${'0'.repeat(32)}/merge`, payload: {}, names: true, answers: 404 },
    { method: 'GET', url: '/api/quality/values/country', names: true, answers: 404 },
    { method: 'PUT', url: '/api/quality/values/country', payload: { value: 'UK', choice: 'accepted' }, names: true, answers: 404 },
    { method: 'POST', url: '/api/quality/values/country/apply', names: true, answers: 404 },
    { method: 'GET', url: '/api/quality/applications/latest', names: true, answers: 404 },
    { method: 'POST', url: '/api/quality', payload: {}, names: false },
  ];
}

/** Definitions, journeys, messages, and what operating takes. */
function ofTheRest({ message, key }: { message: string; key: string }): RouteExample[] {
  return [
    { method: 'GET', url: '/api/definitions', names: false },
    { method: 'GET', url: '/api/definitions/journey/news', names: true },
    { method: 'GET', url: '/api/definitions/journey/news/versions', names: true },
    { method: 'PUT', url: '/api/definitions', payload: { files: [], dryRun: true }, names: false },
    { method: 'GET', url: '/api/journeys', names: false },
    { method: 'GET', url: '/api/journeys/news', names: true },
    { method: 'GET', url: '/api/journeys/news/enrollments', names: false },
    { method: 'GET', url: '/api/messages', names: false },
    { method: 'GET', url: `/api/messages/${message}`, names: true },
    { method: 'GET', url: `/api/messages/${message}/rendered`, names: true },
    { method: 'GET', url: '/api/stats?journey=news', names: true },
    { method: 'GET', url: '/api/rejected-events', names: false },
    { method: 'GET', url: '/api/suppressions', names: false },
    { method: 'POST', url: '/api/suppressions/import', payload: { items: [{ address: 'listed@example.com' }] }, names: false },
    { method: 'POST', url: '/api/suppressions', payload: { address: 'gone@example.com' }, names: false },
    { method: 'DELETE', url: '/api/suppressions?address=gone@example.com', names: true },
    { method: 'GET', url: '/api/sending', names: false },
    { method: 'PUT', url: '/api/sending', payload: { mode: 'live' }, names: false },
    { method: 'GET', url: '/api/keys', names: false },
    { method: 'POST', url: '/api/keys', payload: { kind: 'browser', label: 'site' }, names: false },
    { method: 'DELETE', url: `/api/keys/${key}`, names: true },
    { method: 'GET', url: '/api/clock', names: false },
    { method: 'POST', url: '/api/clock', payload: { advanceMs: 0 }, names: false },
  ];
}

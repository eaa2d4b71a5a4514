import { z } from 'zod';
import type { LogRecord } from '@samovar/core';
import { idsOf, readTimeline } from '@samovar/store';
import type { TimelineEntry } from '@samovar/store';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { contactParams, findContact } from './contact-routes.ts';
import { decisionInWords, reasonInWords } from './decision-words.ts';
import { decodeCursor, encodeCursor, pageOf, pageQuery } from './paging.ts';

const detail = z.record(z.string(), z.unknown());
const entry = z.object({
  at: instant, kind: z.enum(['event', 'outcome', 'message', 'decision', 'consent']), id: z.string(),
  title: z.string().describe('In a few words, for people.'), detail,
}).meta({ id: 'TimelineEntry' });

const place = z.record(z.string().regex(/^[rmdc][0-9a-f]{8}$/), z.tuple([z.int(), z.union([z.int(), z.uuid()])]));

export function timelineRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/contacts/:id/timeline', {
    schema: {
      summary: 'What happened to a contact and what was decided about it, the latest first', tags: ['contacts'], params: contactParams, querystring: z.object(pageQuery),
      response: { 200: pageOf(entry), ...problems },
    },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const after = decodeCursor(place, cursor);
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    const { entries, place: reached, more } = await readTimeline(dependencies.db, idsOf(state), after ?? {}, limit, dependencies.shardCount);
    return { items: entries.map(viewOf), next: more ? encodeCursor(reached) : null };
  });
}

function viewOf(one: TimelineEntry): z.infer<typeof entry> {
  const { id } = one;
  const at = iso(one.at);
  switch (one.kind) {
    case 'record': return { at, id, ...recordView(one.record) };
    case 'message': {
      const { journey, step, template, status, reason, sentAt } = one;
      const why = reason === null ? '' : `, since ${reasonInWords(reason)}`;
      return { at, id, kind: 'message', title: `Message ${template} of ${journey}: ${status}${why}`, detail: { journey, step, template, status, reason, sentAt: iso(sentAt) } };
    }
    case 'decision': {
      const { code, journey, version, enrollmentId, step, detail: because } = one.decision;
      return { at, id, kind: 'decision', title: decisionInWords(one.decision), detail: { code, journey, version, enrollmentId, step, because } };
    }
    case 'consent': {
      const { purpose, channel, topic, state, proof } = one;
      return { at, id, kind: 'consent', title: `Consent to ${topic ?? purpose} ${state}`, detail: { purpose, channel, topic, state, proof } };
    }
  }
}

function recordView(record: LogRecord): Pick<z.infer<typeof entry>, 'kind' | 'title' | 'detail'> {
  if (record.kind === 'outcome') {
    const { messageId, outcome, machine, detail: answer } = record;
    return { kind: 'outcome', title: `Message ${outcome}${machine ? ' by a machine' : ''}`, detail: { messageId, outcome, machine, answer } };
  }
  if (record.kind === 'unmerge') return { kind: 'decision', title: `Asked to undo a merge, by ${record.by}`, detail: { code: 'unmerge_asked', by: record.by, reason: record.reason } };
  const { name, type, messageId, receivedAt, identifiers, properties, traits, context, trusted, historical } = record;
  return { kind: 'event', title: name, detail: { type, messageId, receivedAt: iso(receivedAt), identifiers, properties, traits, context, trusted, historical } };
}

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

const KINDS = ['event', 'outcome', 'message', 'decision', 'segment', 'consent', 'trait', 'note'] as const;

const detail = z.record(z.string(), z.unknown());
const entry = z.object({
  at: instant, kind: z.enum(KINDS), id: z.string(),
  title: z.string().describe('In a few words, for people.'), detail,
}).meta({ id: 'TimelineEntry' });

const place = z.record(z.string().regex(/^[rmdctn][0-9a-f]{8}$/), z.tuple([z.int(), z.union([z.int(), z.uuid()])]));

const SEGMENT_DECISIONS: ReadonlySet<string> = new Set(['segment_entered', 'segment_left', 'list_joined', 'list_left']);

/** Kinds of entries, as a query names them. */
const kinds = z.string().max(200).transform((text) => text.split(',')).pipe(z.array(z.enum(KINDS)).min(1)).transform((given) => new Set(given));

export function timelineRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/contacts/:id/timeline', {
    schema: {
      summary: 'What happened to a contact and what was decided about it, the latest first', tags: ['contacts'], params: contactParams,
      querystring: z.object({ ...pageQuery, kind: kinds.optional().describe('Only these, separated by commas.') }),
      response: { 200: pageOf(entry), ...problems },
    },
  }, async (request) => {
    const { limit, cursor, kind } = request.query;
    const after = decodeCursor(place, cursor);
    const state = await findContact(dependencies, workspaceOf(request), request.params.id);
    const { entries, place: reached, more } = await readTimeline(dependencies.db, idsOf(state), after ?? {}, limit, dependencies.shardCount, kind);
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
      return { at, id, kind: SEGMENT_DECISIONS.has(code) ? 'segment' : 'decision', title: decisionInWords(one.decision), detail: { code, journey, version, enrollmentId, step, because } };
    }
    case 'consent': {
      const { purpose, channel, topic, state, proof } = one;
      return { at, id, kind: 'consent', title: `Consent to ${topic ?? purpose} ${state}`, detail: { purpose, channel, topic, state, proof } };
    }
    case 'trait': {
      const { trait, before, after, source, toldAt } = one.change;
      return { at, id, kind: 'trait', title: `${trait}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`, detail: { trait, before, after, source, toldAt: iso(toldAt) } };
    }
    case 'note': {
      const { by, text } = one.note;
      return { at, id, kind: 'note', title: `Note by ${by}`, detail: { by, text } };
    }
  }
}

function recordView(record: LogRecord): Pick<z.infer<typeof entry>, 'kind' | 'title' | 'detail'> {
  if (record.kind === 'outcome') {
    const { messageId, outcome, machine, detail: answer } = record;
    return { kind: 'outcome', title: `Message ${outcome}${machine ? ' by a machine' : ''}`, detail: { messageId, outcome, machine, answer } };
  }
  if (record.kind === 'unmerge') return { kind: 'event', title: `${record.by} asked to undo a merge`, detail: { by: record.by, reason: record.reason } };
  const { name, type, messageId, receivedAt, identifiers, properties, traits, context, trusted, historical } = record;
  return { kind: 'event', title: name, detail: { type, messageId, receivedAt: iso(receivedAt), identifiers, properties, traits, context, trusted, historical } };
}

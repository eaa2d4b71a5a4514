import { z } from 'zod';
import { completeWorkspace } from '@samovar/core';
import type { WorkspaceDefinition } from '@samovar/core';
import { prepareTemplate, TemplateRenderError } from '@samovar/channels';
import type { CompiledTemplate } from '@samovar/channels';
import { listMessages, readAttempts, readCompiledTemplate, readMessage, readSendingSettings } from '@samovar/store';
import type { StoredMessage } from '@samovar/store';
import { renderMessage } from '../../sender/compose-email.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { findContact } from './contact-routes.ts';
import { reasonInWords } from './decision-words.ts';
import { decodeCursor, page, pageOf, pageQuery } from './paging.ts';

const status = z.enum(['queued', 'sending', 'sent', 'failed', 'cancelled', 'unknown']);
const message = z.object({
  id: z.uuid(), contactId: z.uuid(), enrollmentId: z.uuid(), journey: z.string(), version: z.int(), step: z.string(), template: z.string(), templateVersion: z.int(),
  class: z.enum(['marketing', 'legitimate-interest', 'transactional', 'confirmation']), topic: z.string().nullable(), status, reason: z.string().nullable(), reasonInWords: z.string().nullable(), address: z.string(),
  attempts: z.int(), decidedAt: instant, sendAfter: instant, expiresAt: instant, sentAt: instant.nullable(), openedAt: instant.nullable(), machineOpenedAt: instant.nullable(),
  clickedAt: instant.nullable(),
}).meta({ id: 'Message' });
const attempt = z.object({
  attempt: z.int(), startedAt: instant, deadline: instant, endedAt: instant.nullable(),
  outcome: z.string().nullable().describe('accepted, rejected, temporary, not-sent, unknown; null: under way.'), detail: z.string().nullable(),
}).meta({ id: 'Attempt' });
const rendered = z.object({ language: z.string(), direction: z.enum(['ltr', 'rtl']), subject: z.string(), html: z.string(), text: z.string() }).meta({ id: 'RenderedMessage' });
const params = z.object({ id: z.uuid() });

function viewOf(row: StoredMessage): z.infer<typeof message> {
  const { messageId, contactId, enrollmentId, journey, version, step, template, templateVersion, topic, reason, address, attempts } = row;
  return {
    id: messageId, contactId, enrollmentId, journey, version, step, template, templateVersion, class: row.class, topic, status: status.parse(row.status), reason,
    reasonInWords: reason === null ? null : reasonInWords(reason), address, attempts, decidedAt: iso(row.decidedAt), sendAfter: iso(row.sendAfter), expiresAt: iso(row.expiresAt),
    sentAt: iso(row.sentAt), openedAt: iso(row.openedAt), machineOpenedAt: iso(row.machineOpenedAt), clickedAt: iso(row.clickedAt),
  };
}

export function messageRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, shardCount } = dependencies;
  app.get('/messages', {
    schema: {
      summary: 'Messages, the latest decided first', tags: ['messages'],
      querystring: z.object({ ...pageQuery, journey: z.string().max(200).optional(), step: z.string().max(200).optional(), status: status.optional() }),
      response: { 200: pageOf(message), ...problems },
    },
  }, async (request) => {
    const { limit, cursor, journey, step, status: wanted } = request.query;
    const place = decodeCursor(z.tuple([z.int(), z.uuid()]), cursor);
    const after = place === null ? null : { decidedAt: place[0], messageId: place[1] as StoredMessage['messageId'] };
    const rows = await listMessages(db, workspaceOf(request), { journey: journey ?? null, step: step ?? null, status: wanted ?? null }, after, limit);
    const { items, next } = page(rows, limit, (last) => [last.decidedAt, last.messageId]);
    return { items: items.map(viewOf), next };
  });
  app.get('/messages/:id', {
    schema: { summary: 'One message with every attempt to send it', tags: ['messages'], params, response: { 200: message.extend({ ledger: z.array(attempt) }).meta({ id: 'MessageWithLedger' }), ...problems } },
  }, async (request) => {
    const row = await readMessage(db, workspaceOf(request), request.params.id, shardCount);
    if (row === null) throw notFound('message');
    const ledger = await readAttempts(db, row.shard, row.messageId);
    return {
      ...viewOf(row),
      ledger: ledger.map(({ startedAt, deadline, endedAt, ...rest }) => ({ ...rest, startedAt: iso(startedAt), deadline: iso(deadline), endedAt: iso(endedAt) })),
    };
  });
  app.get('/messages/:id/rendered', {
    schema: {
      summary: 'A message as its recipient sees it', tags: ['messages'], params, response: { 200: rendered, ...problems },
      description: 'Filled in now, from what is known of the contact now; links lead straight to where they lead.',
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const row = await readMessage(db, workspaceId, request.params.id, shardCount);
    if (row === null) throw notFound('message');
    return renderStored(dependencies, workspaceId, row);
  });
}

async function renderStored(dependencies: AdminDependencies, workspaceId: number, row: StoredMessage & { body: Buffer }): Promise<z.infer<typeof rendered>> {
  const { db, clock } = dependencies;
  const [compiled, settings, contact, program] = await Promise.all([
    readCompiledTemplate(db, workspaceId, row.template, row.templateVersion), readSendingSettings(db, workspaceId), findContact(dependencies, workspaceId, row.contactId), dependencies.program(workspaceId),
  ]);
  if (compiled === null) throw notFound('template of this message');
  const { messageId, journey, step, topic, address, body } = row;
  try {
    return renderMessage(prepareTemplate(compiled as CompiledTemplate), {
      row: { message_id: messageId, workspace_id: workspaceId, contact_id: row.contactId, journey, step, class: row.class, topic, address, body },
      contact, workspace: completeWorkspace(settings.workspace as Partial<WorkspaceDefinition> | null), program, date: row.sentAt ?? clock.now(),
    }, null);
  } catch (error) {
    if (error instanceof TemplateRenderError) throw new ApiError('conflict', `The template cannot be filled in: ${error.message}`);
    throw error;
  }
}

import { Readable } from 'node:stream';
import { z } from 'zod';
import { DEFAULT_WORKSPACE, computedTraits, scoreVariables, zoneOf } from '@samovar/core';
import { contactSections } from '../../export/contact-sections.ts';
import { exportHtml } from '../../export/export-html.ts';
import { exportJson } from '../../export/export-json.ts';
import { wantedLanguage } from '../../sender/compose-email.ts';
import { PAGE_HEADERS } from '../public/page.ts';
import { pageLanguage } from '../public/page-texts.ts';
import { problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { contactParams, findContact } from './contact-routes.ts';

/** Everything that is known of a contact, for the contact. */
export function exportRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { clock, onTrouble } = dependencies;
  app.get('/contacts/:id/export', {
    schema: {
      summary: 'Everything that is known of a contact', tags: ['privacy'], params: contactParams,
      description: 'As JSON, which is complete when it ends with `"complete":true`; or as an HTML document for the contact, in the language of the contact. Messages are filled in again from what is known now.',
      querystring: z.object({ format: z.enum(['json', 'html']).default('json'), language: z.enum(['en', 'ar', 'fa', 'he']).optional().describe('Of the document; default: that of the contact.') }),
      response: problems, produces: ['application/json', 'text/html'],
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { format, language } = request.query;
    const contact = await findContact(dependencies, workspaceId, request.params.id);
    const program = await dependencies.program(workspaceId);
    const workspace = program?.workspace ?? DEFAULT_WORKSPACE;
    const now = clock.now();
    const conclusions = program === null ? {} : { ...scoreVariables(program, contact, now), computedTraits: computedTraits(contact, program, now) };
    const sections = contactSections(dependencies, contact, conclusions);
    const about = { exportedAt: now, shop: workspace.name };
    const html = format === 'html';
    const pieces = html
      ? exportHtml(contact, sections, { ...about, language: language ?? pageLanguage(wantedLanguage(contact) ?? workspace.language, undefined).language, zone: zoneOf(contact, workspace) })
      : exportJson(contact, sections, about);
    const body = Readable.from(pieces, { objectMode: false });
    body.on('error', (error) => onTrouble?.('an export could not be finished', error));
    void reply.headers(html ? PAGE_HEADERS : { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    void reply.header('content-disposition', `attachment; filename="contact-${contact.id}.${format}"`);
    return reply.send(body as never);
  });
}

import { z } from 'zod';
import type { Definition } from '@samovar/core';
import { definitionSchema } from '@samovar/contract';
import { listDefinitionVersions, readDefinitions } from '@samovar/store';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { decodeCursor, page, pageOf, pageQuery } from './paging.ts';

const kind = z.enum(['workspace', 'segment', 'journey', 'template', 'topic', 'schema', 'score', 'personas', 'computed-trait']);
const summary = z.object({ kind, key: z.string(), name: z.string(), version: z.int(), source: z.string().optional() }).meta({ id: 'DefinitionSummary' });
const stored = z.object({ kind, key: z.string(), version: z.int(), live: z.boolean(), definition: definitionSchema, source: z.string().describe('The file as it was applied.') }).meta({ id: 'StoredDefinition' });
export const change = z.object({ kind, key: z.string(), change: z.enum(['added', 'changed', 'removed', 'unchanged']), version: z.int() }).meta({ id: 'DefinitionChange' });
const question = z.object({ journey: z.string(), segment: z.string(), inside: z.int() }).meta({ id: 'EntryQuestion' });
const warning = z.object({ kind, key: z.string(), message: z.string() }).meta({ id: 'DefinitionWarning', description: 'Something that may be meant so, and may surprise.' });
const applied = z.object({ kind: z.enum(['applied', 'dry-run']), version: z.int(), changes: z.array(change), questions: z.array(question), warnings: z.array(warning) }).meta({ id: 'Applied' });

/** Files of one publication at most, and how long each may be. */
export const FILE_COUNT_LIMIT = 5_000;
export const FILE_LENGTH_LIMIT = 500_000;
const BODY_LIMIT_BYTES = 50_000_000;

/** The key of a definition; the workspace's own has none. */
export function keyOfDefinition(definition: Definition): string {
  return definition.kind === 'workspace' ? 'workspace' : definition.key;
}

export function definitionRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, liveDefinitions } = dependencies;
  app.get('/definitions', {
    schema: {
      summary: 'Definitions that hold', tags: ['definitions'], querystring: z.object({ kind: kind.optional(), sources: z.stringbool().default(false).describe('With the files as they were applied.') }),
      response: { 200: z.object({ version: z.int().describe('Of the publication; 0: nothing was published.'), items: z.array(summary) }), ...problems },
    },
  }, async (request) => {
    const live = await liveDefinitions(workspaceOf(request));
    const items = (live?.live ?? []).filter((one) => request.query.kind === undefined || one.definition.kind === request.query.kind);
    return {
      version: live?.version ?? 0,
      items: items.map(({ definition, version, source }) => ({
        kind: definition.kind, key: keyOfDefinition(definition), name: definition.kind === 'topic' ? (Object.values(definition.names)[0] ?? definition.key) : definition.name, version, ...(request.query.sources ? { source } : {}),
      })),
    };
  });
  const params = z.object({ kind, key: z.string().min(1).max(200) });
  app.get('/definitions/:kind/:key', {
    schema: {
      summary: 'One definition', tags: ['definitions'], params, querystring: z.object({ version: z.coerce.number().int().min(1).optional().describe('Without: the one that holds.') }),
      response: { 200: stored, ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { kind: wanted, key } = request.params;
    const live = (await liveDefinitions(workspaceId))?.live.find(({ definition }) => definition.kind === wanted && keyOfDefinition(definition) === key);
    const version = request.query.version ?? live?.version;
    if (version === undefined) throw notFound('definition');
    const [found] = await readDefinitions(db, workspaceId, [{ kind: wanted, key, version }]);
    if (found === undefined) throw notFound('definition');
    return { kind: found.kind, key: found.key, version: found.version, live: live?.version === found.version, definition: found.definition, source: found.source };
  });
  app.get('/definitions/:kind/:key/versions', {
    schema: {
      summary: 'Versions of a definition, the latest first', tags: ['definitions'], params, querystring: z.object(pageQuery),
      response: { 200: pageOf(z.object({ version: z.int(), createdAt: instant })), ...problems },
    },
  }, async (request) => {
    const { limit, cursor } = request.query;
    const before = decodeCursor(z.int(), cursor);
    const rows = await listDefinitionVersions(db, workspaceOf(request), request.params.kind, request.params.key, before, limit);
    if (rows.length === 0 && before === null) throw notFound('definition');
    const { items, next } = page(rows, limit, (last) => last.version);
    return { items: items.map(({ version, createdAt }) => ({ version, createdAt: iso(createdAt) })), next };
  });
  publishRoute(app, dependencies);
}

function publishRoute(app: AdminApp, { applyFiles }: AdminDependencies): void {
  app.put('/definitions', {
    config: { bringsFile: true },
    bodyLimit: BODY_LIMIT_BYTES,
    schema: {
      summary: 'Publish files: all of them, or none', tags: ['definitions'],
      description: 'A journey that starts on entering a segment in which contacts already are raises a question: name it in `enterExisting` for them to enter, '
        + 'or send `enterExisting` without it for them not to. Until that is answered nothing is published (409, decision_needed).',
      body: z.strictObject({
        files: z.array(z.strictObject({ path: z.string().min(1).max(500), text: z.string().max(FILE_LENGTH_LIMIT) })).max(FILE_COUNT_LIMIT),
        enterExisting: z.array(z.string().max(200)).max(FILE_COUNT_LIMIT).optional(),
        dryRun: z.boolean().default(false),
        prune: z.boolean().default(false).describe('Take away what is in none of the files.'),
      }),
      response: { 200: applied, ...problems },
    },
  }, async (request) => {
    const { files, enterExisting, dryRun, prune } = request.body;
    const result = await applyFiles({ workspaceId: workspaceOf(request), files, enterExisting: enterExisting ?? [], decided: enterExisting === undefined ? 'none' : 'all', dryRun, prune });
    switch (result.kind) {
      case 'applied': case 'dry-run': return result;
      case 'problems':
        throw new ApiError('definitions_invalid', `${result.problems.length} problems; nothing was published.`,
          result.problems.map(({ code, file, line, column, excerpt, message, mend }) => ({ code, file, line, column, excerpt, message, mend })));
      case 'undecided':
        throw new ApiError('decision_needed', 'Shall contacts that are in the segment already enter? Nothing was published.',
          result.questions.map(({ journey, segment, inside }) => ({ code: 'enter_existing', pointer: '/enterExisting', message: `${journey}: ${inside} contacts are in ${segment} already` })));
    }
  });
}

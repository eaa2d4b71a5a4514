import { z } from 'zod';
import { readListImport, readListImports, type ListImport } from '@samovar/store';
import { ImportError } from '../../import/import-error.ts';
import { listMapping } from '../../lists/list-mapping.ts';
import { BAD_LINE_LIMIT, ListImports, type ListImportSummary } from '../../lists/list-imports.ts';
import { TRY_LINE_LIMIT, tryListFile, type TriedLine } from '../../lists/try-list-file.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { findList } from './find-list.ts';
import { keyParams } from './segment-routes.ts';

/** About 200,000 lines; what is larger can be imported in parts. */
const CSV_CHARS_LIMIT = 20_000_000;
/** JSON writes some characters as six. */
const BODY_LIMIT_BYTES = 60_000_000;
/** Imports shown with a list. */
export const SHOWN_IMPORTS = 50;

const problem = z.object({ line: z.int(), code: z.string(), message: z.string(), text: z.string() });
const listImport = z.object({
  id: z.uuid(), list: z.string(), file: z.string(), state: z.enum(['running', 'done', 'failed', 'cancelled']), startedAt: instant,
  people: z.int().describe('Good lines so far.'), lines: z.int(), badLines: z.int(), problems: z.array(problem).max(BAD_LINE_LIMIT).describe('The first bad lines.'),
  progress: z.object({ done: z.int(), of: z.int() }).describe('Characters of the file.'), failure: z.string().nullable(),
}).meta({ id: 'ListImport' });
const triedLine = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('good'), line: z.int(), identifiers: z.array(z.object({ kind: z.string(), value: z.string() })), traits: z.record(z.string(), z.unknown()),
    would: z.enum(['create', 'add', 'stay']).describe('`create`: make a contact and add it; `stay`: it is on the list.'),
  }),
  z.object({ kind: z.literal('bad'), line: z.int(), code: z.string(), message: z.string() }),
]);
const body = z.strictObject({
  csv: z.string().min(1).max(CSV_CHARS_LIMIT).describe('The file; its first line names the columns.'), file: z.string().min(1).max(200).default('upload.csv'), mapping: listMapping,
  trigger: z.boolean().default(false).describe('Let journeys that start on joining start.'),
});

/** CSV files onto lists: first tried, then read in the background. */
export function listImportRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount, onTrouble } = dependencies;
  const imports = new ListImports({ db, clock, shardCount, onTrouble: onTrouble ?? ((): void => {}) });
  app.addHook('onReady', () => imports.resume());
  app.addHook('onClose', () => imports.close());
  app.post('/lists/:key/import/try', {
    config: { bringsFile: true },
    bodyLimit: BODY_LIMIT_BYTES,
    schema: {
      summary: 'What would happen with the first lines of a file', tags: ['lists'], description: `Looks at ${TRY_LINE_LIMIT} lines and changes nothing.`, params: keyParams, body,
      response: { 200: z.object({ lines: z.array(triedLine) }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { key } = await findList(dependencies, workspaceId, request.params.key);
    return { lines: await tryFile(dependencies, workspaceId, key, request.body) };
  });
  app.post('/lists/:key/import', {
    config: { bringsFile: true },
    bodyLimit: BODY_LIMIT_BYTES,
    schema: {
      summary: 'Read a CSV file onto a list', tags: ['lists'], params: keyParams, body, response: { 202: listImport, ...problems },
      description: 'Each line becomes a contact with the traits that the mapping names, unless it is one already, and joins the list. No line gives consent. Goes on by itself when the server is started again.',
    },
  }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const { key } = await findList(dependencies, workspaceId, request.params.key);
    const { csv, file, mapping, trigger } = request.body;
    // Columns that are missing are found before anything is kept.
    await tryFile(dependencies, workspaceId, key, request.body);
    return reply.code(202).send(view(await imports.start(workspaceId, { list: key, fileName: file, text: csv, mapping, trigger })));
  });
  app.get('/lists/:key/imports', {
    schema: { summary: 'Files that were read onto a list, the latest first', tags: ['lists'], params: keyParams, response: { 200: z.object({ items: z.array(listImport) }), ...problems } },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { key } = await findList(dependencies, workspaceId, request.params.key);
    return { items: (await readListImports(db, workspaceId, key, SHOWN_IMPORTS)).map(view) };
  });
  const params = keyParams.extend({ id: z.uuid() });
  app.get('/lists/:key/imports/:id', { schema: { summary: 'How far a file has been read', tags: ['lists'], params, response: { 200: listImport, ...problems } } }, async (request) => {
    const found = await readListImport(db, workspaceOf(request), request.params.id);
    if (found === null || found.list !== request.params.key) throw notFound('import');
    return view(found);
  });
  app.delete('/lists/:key/imports/:id', {
    schema: { summary: 'Stop reading a file; who was read stays on the list', tags: ['lists'], params, response: { 200: listImport, ...problems } },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { key, id } = request.params;
    const found = await readListImport(db, workspaceId, id);
    if (found === null || found.list !== key) throw notFound('import');
    if (!(await imports.cancel(workspaceId, id))) throw new ApiError('conflict', 'It has ended already.');
    return view({ ...found, state: 'cancelled' });
  });
}

async function tryFile({ db, clock, shardCount }: AdminDependencies, workspaceId: number, list: string, { csv, file, mapping }: z.output<typeof body>): Promise<TriedLine[]> {
  try {
    return await tryListFile(db, shardCount, workspaceId, { text: csv, fileName: file, mapping, list, receivedAt: clock.now() });
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    throw new ApiError('validation_failed', error.message, [{ pointer: '/mapping', message: error.message, code: error.code }]);
  }
}

function view({ id, list, fileName, state, createdAt, summary: kept }: ListImport): z.infer<typeof listImport> {
  const { people, lines, badLines, problems: found, done, of, failure } = kept as unknown as ListImportSummary;
  return { id, list, file: fileName, state, startedAt: iso(createdAt), people, lines, badLines, problems: found, progress: { done, of }, failure };
}

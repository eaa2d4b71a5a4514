import { z } from 'zod';
import type { ContactState } from '@samovar/core';
import { traitAt } from '@samovar/core';
import { estimate, type Estimate } from '../../preview/estimate.ts';
import type { PreviewJob } from '../../preview/preview-jobs.ts';
import { PREVIEW_JOB_LIMIT, PreviewJobs } from '../../preview/preview-jobs.ts';
import { previewProgram } from '../../preview/preview-program.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError, notFound } from './api-error.ts';
import { FILE_LENGTH_LIMIT } from './definition-routes.ts';

const count = z.object({
  id: z.uuid(), state: z.enum(['waiting', 'counting', 'done', 'failed', 'cancelled']), startedAt: instant,
  members: z.int().describe('So far; of everybody once it is `done`.'), contacts: z.object({ done: z.int(), of: z.int() }),
}).meta({ id: 'PreviewCount' });
const shown = z.object({ contactId: z.uuid(), email: z.string().nullable(), userId: z.string().nullable(), name: z.string().nullable() }).meta({ id: 'PreviewMember' });
const preview = z.object({
  estimate: z.object({
    members: z.int(), low: z.int(), high: z.int().describe('In 95 of 100 cases the truth is between these.'), exact: z.boolean().describe('Everybody was asked.'),
    sampled: z.int(), hits: z.int(), contacts: z.int().describe('Contacts of the workspace, estimated where there are many.'),
  }),
  members: z.array(shown).describe('Some of those who would be inside.'),
  count,
}).meta({ id: 'SegmentPreview' });

const EXAMPLES = { usual: 10, most: 50 } as const;

/** Who would be in a segment, before it is published. */
export function previewRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock, shardCount, onTrouble } = dependencies;
  const jobs = new PreviewJobs({ db, clock, shardCount, onTrouble: onTrouble ?? ((): void => {}) });
  app.addHook('onClose', () => jobs.close());
  const params = z.object({ id: z.uuid() });
  app.post('/segments/preview', {
    config: { bringsFile: true },
    schema: {
      summary: 'Estimate who would be in a segment, and begin to count', tags: ['segments'],
      description: 'Answers within about a second with an estimate from contacts drawn at random. The exact count goes on in the background: ask for it by its id. Nothing is published and nothing starts.',
      body: z.union([
        z.strictObject({ definition: z.string().min(1).max(FILE_LENGTH_LIMIT).describe('The text of a segment\'s file. It may refer to what is published.'), members: exampleCount() }),
        z.strictObject({ segment: z.string().min(1).max(200).describe('The key of a published one.'), members: exampleCount() }),
      ]),
      response: { 200: preview, ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const { body } = request;
    const source = 'definition' in body ? { kind: 'definition' as const, text: body.definition } : { kind: 'segment' as const, key: body.segment };
    const compiled = await previewProgram(db, workspaceId, source);
    if (compiled.kind === 'unknown-segment') throw notFound('segment');
    if (compiled.kind === 'problems') {
      throw new ApiError('definitions_invalid', `${compiled.problems.length} problems; nothing was counted.`,
        compiled.problems.map(({ code, file, line, column, excerpt, message, mend }) => ({ code, file, line, column, excerpt, message, mend })));
    }
    const question = { program: compiled.program, key: compiled.key, shardCount, now: clock.now() };
    const estimated = await estimate(db, question, { examples: body.members });
    const job = await jobs.start(workspaceId, source, question);
    if (job === null) throw new ApiError('rate_limited', `${PREVIEW_JOB_LIMIT} previews are being counted; cancel one or wait.`);
    return viewOf(estimated, job);
  });
  app.get('/segments/preview/:id', { schema: { summary: 'How far the exact count of a preview is', tags: ['segments'], params, response: { 200: count, ...problems } } }, async (request) => {
    const job = await jobs.find(workspaceOf(request), request.params.id);
    if (job === null) throw notFound('preview');
    return countView(job);
  });
  app.delete('/segments/preview/:id', { schema: { summary: 'Stop the exact count of a preview', tags: ['segments'], params, response: { 204: z.null(), ...problems } } }, async (request, reply) => {
    if (!(await jobs.cancel(workspaceOf(request), request.params.id))) throw notFound('preview');
    return reply.code(204).send(null);
  });
}

function exampleCount(): z.ZodDefault<z.ZodInt> {
  return z.int().min(0).max(EXAMPLES.most).default(EXAMPLES.usual);
}

function viewOf({ members, low, high, sampled, hits, population, counted, examples }: Estimate, job: PreviewJob): z.infer<typeof preview> {
  return {
    estimate: { members, low, high, exact: counted && sampled >= population, sampled, hits, contacts: population },
    members: examples.map(memberView), count: countView(job),
  };
}

function countView({ id, state, startedAt, progress }: PreviewJob): z.infer<typeof count> {
  return { id, state, startedAt: iso(startedAt), members: progress.members, contacts: { ...progress.contacts } };
}

function memberView(state: ContactState): z.infer<typeof shown> {
  const user = [state.home, ...state.identifiers].find((one) => one.kind === 'user');
  return { contactId: state.id, email: textTrait(state, 'email'), userId: user?.value ?? null, name: nameOf(state) };
}

function nameOf(state: ContactState): string | null {
  const parts = [textTrait(state, 'first_name'), textTrait(state, 'last_name')].filter((part) => part !== null);
  return textTrait(state, 'name') ?? (parts.length === 0 ? null : parts.join(' '));
}

function textTrait(state: ContactState, name: string): string | null {
  const value = traitAt(state, name, name);
  return typeof value === 'string' && value !== '' ? value : null;
}

import { z } from 'zod';
import { pauseBackfill, readBackfill, readLatestManifest, resumeBackfill } from '@samovar/store';
import { fillingSegments, isComplete } from '../../segments/filling-segments.ts';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { ApiError } from './api-error.ts';
import { change } from './definition-routes.ts';

const progress = z.object({ done: z.int(), of: z.int() });
const backfill = z.object({
  state: z.enum(['complete', 'running', 'paused']), pausedSince: instant.nullable().describe('A pause also holds what is published later.'),
  version: z.int().describe('The publication that contacts are brought up to; 0: nothing was published.'),
  restores: z.int().nullable().describe('The publication whose definitions it brings back, where another one was cancelled.'),
  contacts: progress.describe('Looked at, of those that were there when it began.'), shards: progress, startedAt: instant.nullable(),
  segments: z.array(z.string()).describe('Segments whose members are not all known yet. They start no journeys for those who are found inside.'),
}).meta({ id: 'Backfill' });

/** Bringing the contacts that are there up to what was published: how far it is, and holding or undoing it. */
export function backfillRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  const { db, clock } = dependencies;
  app.get('/backfill', { schema: { summary: 'How far contacts have been brought up to what was published', tags: ['segments'], response: { 200: backfill, ...problems } } },
    (request) => view(dependencies, workspaceOf(request)));
  app.post('/backfill/pause', {
    schema: { summary: 'Hold it, and what is published from now on', tags: ['segments'], description: 'Events go on being decided, under the new definitions for each contact that they concern.', response: { 200: backfill, ...problems } },
  }, async (request) => {
    await pauseBackfill(db, workspaceOf(request), clock.now());
    return view(dependencies, workspaceOf(request));
  });
  app.post('/backfill/resume', { schema: { summary: 'Go on where it was held', tags: ['segments'], response: { 200: backfill, ...problems } } }, async (request) => {
    await resumeBackfill(db, workspaceOf(request));
    return view(dependencies, workspaceOf(request));
  });
  app.post('/backfill/cancel', {
    schema: {
      summary: 'Take back what is still being applied', tags: ['segments'],
      description: 'Publishes what held before the first publication that is not applied to everybody yet, as the next one; whatever was published since is taken back with it and named in `changes`. '
        + 'Contacts that were reached already are brought back without starting anything; those who entered a journey meanwhile finish it.',
      response: { 200: backfill.extend({ changes: z.array(change) }).meta({ id: 'BackfillCancelled' }), ...problems },
    },
  }, async (request) => {
    const workspaceId = workspaceOf(request);
    const result = await dependencies.takeBack(workspaceId);
    if (result.kind === 'complete') throw new ApiError('conflict', 'Everybody has been looked at: there is nothing to take back. Publish the files as they were before.');
    if (result.kind === 'under-way') throw new ApiError('conflict', 'What was cancelled is being taken back already.');
    return { ...(await view(dependencies, workspaceId)), changes: result.changes };
  });
}

async function view({ db, shardCount, liveDefinitions }: AdminDependencies, workspaceId: number): Promise<z.infer<typeof backfill>> {
  const [found, live, latest] = await Promise.all([readBackfill(db, workspaceId, shardCount), liveDefinitions(workspaceId), readLatestManifest(db, workspaceId)]);
  const filling = await fillingSegments(db, workspaceId, found, live?.live ?? []);
  const complete = found === null || isComplete(found);
  return {
    state: complete ? 'complete' : found.pausedAt === null ? 'running' : 'paused', pausedSince: iso(found?.pausedAt ?? null), version: found?.version ?? 0,
    restores: latest?.manifest.restores ?? null, contacts: found?.contacts ?? { done: 0, of: 0 }, shards: found?.shards ?? { done: shardCount, of: shardCount },
    startedAt: iso(found?.startedAt ?? null), segments: [...filling].sort(),
  };
}

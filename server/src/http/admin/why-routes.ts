import { z } from 'zod';
import { idsOf, readAttempts, readJourneyDecisions, readMessage } from '@samovar/store';
import type { KeptDecision } from '@samovar/store';
import { instant, iso, problems, workspaceOf } from './admin-app.ts';
import type { AdminApp } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound } from './api-error.ts';
import { contactParams, findContact } from './contact-routes.ts';
import { decisionInWords, reasonInWords } from './decision-words.ts';
import { whyNeverEntered } from './why-never-entered.ts';

const decision = z.object({
  at: instant, code: z.string(), version: z.int().nullable(), enrollmentId: z.uuid().nullable(), step: z.string().nullable(), because: z.unknown(),
  words: z.string(),
}).meta({ id: 'Decision' });
const why = z.object({
  answer: z.string().describe('The answer in a sentence or two.'),
  decisions: z.array(decision).describe('What it rests on, the latest first.'),
}).meta({ id: 'Why' });

/** Decisions shown with an answer. */
const DECISION_LIMIT = 200;

export function whyRoutes(app: AdminApp, dependencies: AdminDependencies): void {
  app.get('/contacts/:id/why', {
    schema: {
      summary: 'Why a contact is or is not in a journey, or why it got or did not get a message', tags: ['contacts'], params: contactParams,
      querystring: z.union([z.object({ journey: z.string().min(1).max(200) }), z.object({ message: z.uuid() })]), response: { 200: why, ...problems },
    },
  }, async (request) => {
    const { query } = request;
    const workspaceId = workspaceOf(request);
    return 'journey' in query ? whyJourney(dependencies, workspaceId, request.params.id, query.journey) : whyMessage(dependencies, workspaceId, request.params.id, query.message);
  });
}

async function whyJourney(dependencies: AdminDependencies, workspaceId: number, id: string, journey: string): Promise<z.infer<typeof why>> {
  const { db, shardCount } = dependencies;
  const contact = await findContact(dependencies, workspaceId, id);
  const decisions = await readJourneyDecisions(db, idsOf(contact), journey, DECISION_LIMIT, shardCount);
  const entered = decisions.find((one) => one.code === 'entered');
  const inside = contact.enrollments.filter((one) => one.journey === journey);
  const [latest] = decisions;
  if (inside.length > 0) {
    const waiting = inside.map((one) => `at ${one.step}${Number.isFinite(one.wakeAt) ? ` until ${iso(one.wakeAt)}` : ''}`).join(' and ');
    return { answer: `It is in ${journey}, waiting ${waiting}.`, decisions: decisions.map(viewOf) };
  }
  if (entered !== undefined && latest !== undefined) {
    const ended = decisions.find((one) => one.code === 'exited' || one.code === 'completed');
    return { answer: `It was in ${journey}. ${decisionInWords(ended ?? latest)}`, decisions: decisions.map(viewOf) };
  }
  const refused = decisions.find((one) => one.code === 'not_entered');
  if (refused !== undefined) return { answer: decisionInWords(refused), decisions: decisions.map(viewOf) };
  return { answer: await whyNeverEntered(dependencies, contact, journey), decisions: decisions.map(viewOf) };
}

async function whyMessage(dependencies: AdminDependencies, workspaceId: number, id: string, messageId: string): Promise<z.infer<typeof why>> {
  const { db, shardCount } = dependencies;
  const contact = await findContact(dependencies, workspaceId, id);
  const ids = idsOf(contact);
  const message = await readMessage(db, workspaceId, messageId, shardCount);
  if (message === null || !ids.includes(message.contactId)) throw notFound('message of this contact');
  const [decisions, attempts] = await Promise.all([readJourneyDecisions(db, ids, message.journey, DECISION_LIMIT, shardCount), readAttempts(db, message.shard, message.messageId)]);
  const own = decisions.filter((one) => one.enrollmentId === message.enrollmentId);
  const because = message.reason === null ? '' : `, since ${reasonInWords(message.reason)}`;
  const said = attempts.at(-1)?.detail ?? null;
  const words: Readonly<Record<string, string>> = {
    queued: `It waits to be sent${because}`, sending: 'It is being sent', sent: `It was sent at ${iso(message.sentAt)}`, failed: `It could not be sent${because}`,
    cancelled: `It was not sent${because}`, unknown: `Nobody knows whether it arrived: ${reasonInWords('unknown')}`,
  };
  const answer = `${words[message.status] ?? message.status}${said === null ? '' : ` (the server said: ${said})`}. It was decided at ${iso(message.decidedAt)}, at ${message.step} of ${message.journey}.`;
  return { answer, decisions: own.map(viewOf) };
}

function viewOf(one: KeptDecision): z.infer<typeof decision> {
  return { at: iso(one.at), code: one.code, version: one.version, enrollmentId: one.enrollmentId, step: one.step, because: one.detail, words: decisionInWords(one) };
}

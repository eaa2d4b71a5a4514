import { completeWorkspace, minorDigits } from '@samovar/core';
import type { ContactState, Identifier, Json, JsonObject, Program, WorkspaceDefinition } from '@samovar/core';
import { TemplateRenderError } from '@samovar/channels';
import { decodeRecord, idsOf, readAttempts, readSendingSettings, readWholeContact } from '@samovar/store';
import type { Database, WholeDecision, WholeMessage, WholeRecord } from '@samovar/store';
import { liveProgram } from '../definitions/live.ts';
import { ProgramCache } from '../definitions/program-cache.ts';
import { renderMessage } from '../sender/compose-email.ts';
import { SettingsCache } from '../sender/sending-settings.ts';

/** The parts of an export, in its order. */
export const SECTION_NAMES = ['identifiers', 'traits', 'traitHistory', 'profile', 'consents', 'segments', 'orders', 'messages', 'journeys', 'events', 'outcomes', 'notes', 'merges', 'decisions'] as const;
export type SectionName = (typeof SECTION_NAMES)[number];

/** A part of an export; its rows are read when they are asked for. */
export interface Section {
  name: SectionName;
  rows: AsyncIterable<JsonObject>;
}

export interface ExportDependencies {
  db: Database;
  shardCount: number;
}

/** What the profile does not repeat, since another section tells it better, or since it is nothing but a place in the log or an aggregate of the events. */
const TOLD_ELSEWHERE = new Set<string>([
  'id', 'workspaceId', 'home', 'identifiers', 'traits', 'leaves', 'segmentDue', 'segments', 'enrollments', 'entries', 'orders', 'messages', 'programVersion', 'seq', 'absorbed', 'decisions', 'at',
  'toldOrders', 'erased',
]);

const MERGE_CODES = new Set(['merged', 'unmerged', 'split', 'merge_refused']);

/**
 * Everything that is known of a contact, part by part, without ever holding more than a page of it.
 * @param conclusions what is made of the contact now, scores and personas among it
 */
export function contactSections({ db, shardCount }: ExportDependencies, contact: ContactState, conclusions: JsonObject): Section[] {
  const ids = idsOf(contact);
  const read = (): ReturnType<typeof readWholeContact> => readWholeContact(db, ids, shardCount);
  const sections: Record<SectionName, AsyncIterable<JsonObject>> = {
    identifiers: list([contact.home, ...contact.identifiers].map(({ kind, value }: Identifier) => ({ kind, value }))),
    traits: list(Object.entries(contact.traits).map(([name, { value, at, verified, since }]) => ({ name, value, at: iso(at), since: iso(since), verified }))),
    traitHistory: map(read().traitChanges, (row) => ({
      at: iso(row.at_ms), toldAt: iso(row.told_at_ms), name: row.trait, before: parsed(row.before), value: parsed(row.after), source: parsed(row.source),
    })),
    profile: list([
      ...Object.entries(contact).flatMap(([name, value]) => (TOLD_ELSEWHERE.has(name) || isEmpty(value) ? [] : [{ name, value: withInstants(name, value as Json) }])),
      ...Object.entries(conclusions).flatMap(([name, value]) => (isEmpty(value) ? [] : [{ name, value }])),
    ]),
    consents: map(read().consents, ({ at_ms: at, purpose, channel, topic, state, address, proof }) => ({ at: iso(at), purpose, channel, topic, state, address, proof: proof as JsonObject })),
    segments: map(read().memberships, (row) => ({
      segment: row.segment, enteredAt: iso(row.entered_at_ms), enteredBy: parsed(row.entered_by), leftAt: iso(row.left_at_ms), leftBy: parsed(row.left_by),
    })),
    orders: map(read().orders, ({ order_id: orderId, at_ms: at, currency, total_minor: total, refunded_minor: refunded, journey, step }) => {
      const unit = 10 ** minorDigits(currency);
      return { orderId, at: iso(at), currency, total: total / unit, refunded: refunded / unit, journey, step };
    }),
    messages: messageRows({ db, shardCount }, contact, read().messages),
    journeys: map(read().enrollments, (row) => ({
      journey: row.journey, version: row.version, key: row.entry_key, status: row.status, step: row.step, reason: row.reason, enteredAt: iso(row.entered_at_ms), changedAt: iso(row.changed_at_ms),
    })),
    events: map(read().events, eventRow),
    outcomes: map(read().outcomes, outcomeRow),
    notes: map(read().notes, ({ at_ms: at, written_by: by, body }) => ({ at: iso(at), name: by, text: body })),
    merges: mergeRows(contact, read().decisions),
    decisions: map(read().decisions, decisionRow),
  };
  return SECTION_NAMES.map((name) => ({ name, rows: sections[name] }));
}

async function* messageRows({ db }: ExportDependencies, contact: ContactState, rows: AsyncIterable<WholeMessage>): AsyncGenerator<JsonObject> {
  const templates = new SettingsCache();
  const settings = await readSendingSettings(db, contact.workspaceId);
  const workspace = completeWorkspace(settings.workspace as Partial<WorkspaceDefinition> | null);
  const program = await liveProgram(db, new ProgramCache(), contact.workspaceId);
  for await (const row of rows) {
    const attempts = await readAttempts(db, row.shard, row.message_id);
    yield {
      id: row.message_id, decidedAt: iso(row.decided_at_ms), status: row.status, reason: row.reason, address: row.address, class: row.class, topic: row.topic, journey: row.journey, step: row.step,
      template: row.template, sentAt: iso(row.sent_at_ms), deliveredAt: iso(row.delivered_at_ms), openedAt: iso(row.opened_at_ms), machineOpenedAt: iso(row.machine_opened_at_ms),
      clickedAt: iso(row.clicked_at_ms), data: parsed(row.body.toString('utf8')), ...await rendered(db, templates, { contact, workspace, program, row }),
      attempts: attempts.map(({ attempt, startedAt, endedAt, outcome, detail }) => ({ attempt, startedAt: iso(startedAt), endedAt: iso(endedAt), outcome, detail })),
    };
  }
}

/** Filled in again, from what is known now: a message is not kept as it left. */
async function rendered(
  db: Database, templates: SettingsCache, { contact, workspace, program, row }: { contact: ContactState; workspace: WorkspaceDefinition; program: Program | null; row: WholeMessage },
): Promise<{ subject: string | null; text: string | null; html: string | null }> {
  const template = await templates.template(db, contact.workspaceId, row.template, row.template_version);
  if (template === null) return { subject: null, text: null, html: null };
  try {
    const { subject, text, html } = renderMessage(template, { row: { ...row, workspace_id: contact.workspaceId }, contact, workspace, program, date: row.sent_at_ms ?? row.decided_at_ms }, null);
    return { subject, text, html };
  } catch (error) {
    if (error instanceof TemplateRenderError) return { subject: null, text: null, html: null };
    throw error;
  }
}

function eventRow(row: WholeRecord): JsonObject {
  const record = decodeRecord({ kind: row.kind, name: row.name, body: row.body, receivedAt: row.received_at_ms, occurredAt: row.occurred_at_ms });
  if (record.kind !== 'event') return {};
  const { name, type, messageId, receivedAt, occurredAt, identifiers, properties, traits, context, trusted, historical } = record;
  return {
    at: iso(occurredAt), receivedAt: iso(receivedAt), name, type, messageId, identifiers: identifiers.map(({ kind, value }) => ({ kind, value })), properties, traits, context, trusted, historical,
  };
}

function outcomeRow(row: WholeRecord): JsonObject {
  const record = decodeRecord({ kind: row.kind, name: row.name, body: row.body, receivedAt: row.received_at_ms, occurredAt: row.occurred_at_ms });
  if (record.kind !== 'outcome') return {};
  const { receivedAt, outcome, messageId, machine, detail } = record;
  return { at: iso(receivedAt), outcome, messageId, machine, detail };
}

function decisionRow({ at_ms: at, code, journey, version, step, detail }: WholeDecision): JsonObject {
  return { at: iso(at), code, journey, version, step, detail: parsed(detail === null ? null : detail.toString('utf8')) };
}

async function* mergeRows(contact: ContactState, decisions: AsyncIterable<WholeDecision>): AsyncGenerator<JsonObject> {
  for (const id of idsOf(contact).slice(1)) yield { at: null, code: 'id', detail: id };
  for await (const decision of decisions) if (MERGE_CODES.has(decision.code)) yield decisionRow(decision);
}

async function* list(rows: readonly JsonObject[]): AsyncGenerator<JsonObject> {
  yield* rows;
}

async function* map<Row>(rows: AsyncIterable<Row>, view: (row: Row) => JsonObject): AsyncGenerator<JsonObject> {
  for await (const row of rows) yield view(row);
}

/** Names under which the state of a contact keeps times. */
const TIME_NAME = /^(?:at|since|until|deadline|.*At)$/;

/** Times as people read them; the state keeps them as milliseconds. */
function withInstants(name: string, value: Json): Json {
  if (Array.isArray(value)) return value.map((one) => withInstants(name, one));
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withInstants(name === 'grants' ? 'at' : key, inner)]));
  return typeof value === 'number' && TIME_NAME.test(name) ? iso(value) : value;
}

function parsed(text: string | null): Json {
  return text === null ? null : JSON.parse(text) as Json;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function iso(at: number): string;
function iso(at: number | null): string | null;
function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

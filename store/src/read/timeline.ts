import { shardOf } from '@samovar/core';
import type { ConsentPurpose, ContactId, EnrollmentId, Json, JsonObject, LogRecord, MessageId, Millis } from '@samovar/core';
import { int2Array } from '../binary-arrays.ts';
import { LOG_KIND, decodeRecord } from '../log/encoding.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import { readNotes, type NoteRow } from './notes.ts';
import { readTraitChanges, type TraitChangeRow } from './traits.ts';

/** A decision as it was kept. */
export interface KeptDecision {
  contactId: ContactId;
  n: number;
  at: Millis;
  code: string;
  journey: string | null;
  version: number | null;
  enrollmentId: EnrollmentId | null;
  step: string | null;
  detail: Json;
}

export type TimelineEntry =
  | { kind: 'record'; at: Millis; id: string; record: LogRecord }
  | { kind: 'message'; at: Millis; id: MessageId; journey: string; step: string; template: string; status: string; reason: string | null; sentAt: Millis | null }
  | { kind: 'decision'; at: Millis; id: string; decision: KeptDecision }
  | { kind: 'consent'; at: Millis; id: string; purpose: ConsentPurpose; channel: string | null; topic: string | null; state: 'granted' | 'withdrawn'; proof: JsonObject }
  | { kind: 'trait'; at: Millis; id: string; change: TraitChangeRow }
  | { kind: 'note'; at: Millis; id: string; note: NoteRow };

/** How far each stream has been read: by stream, time and number (or id) of the last entry taken. */
export type TimelinePlace = Readonly<Record<string, readonly [Millis, number | string]>>;

type Stream = 'record' | 'message' | 'decision' | 'consent' | 'trait' | 'note';

/** What a timeline can be asked for; `segment` are the decisions about segments and lists, `decision` all others. */
export type TimelineKind = 'event' | 'outcome' | 'message' | 'decision' | 'segment' | 'consent' | 'trait' | 'note';

/** In which streams each kind is found. */
const STREAM_OF: Readonly<Record<TimelineKind, Stream>> = {
  event: 'record', outcome: 'record', message: 'message', decision: 'decision', segment: 'decision', consent: 'consent', trait: 'trait', note: 'note',
};
export const TIMELINE_KINDS: ReadonlySet<TimelineKind> = new Set(Object.keys(STREAM_OF) as TimelineKind[]);
const SEGMENT_CODES = ['segment_entered', 'segment_left', 'list_joined', 'list_left'];

interface Placed {
  stream: string;
  place: readonly [Millis, number | string];
  entry: TimelineEntry;
}

const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const LAST: Readonly<Record<Stream, readonly [Millis, number | string]>> = {
  record: [Number.MAX_SAFE_INTEGER, 0], message: [Number.MAX_SAFE_INTEGER, LAST_UUID], decision: [Number.MAX_SAFE_INTEGER, 0x7fff_ffff], consent: [Number.MAX_SAFE_INTEGER, 0x7fff_ffff],
  trait: [Number.MAX_SAFE_INTEGER, 0x7fff_ffff], note: [Number.MAX_SAFE_INTEGER, LAST_UUID],
};

const readRecords = statement(
  'read_timeline_records',
  `select e.seq, e.kind, e.name, e.received_at_ms, e.occurred_at_ms, e.body from event_log e
   where e.shard = $1 and e.contact_id = $2 and e.occurred_at_ms <= $3 and (e.occurred_at_ms, e.seq) < ($3, $4)
     and e.kind = any($6::smallint[])
   order by e.occurred_at_ms desc, e.seq desc limit $5`,
);
const readMessages = statement(
  'read_timeline_messages',
  `select m.message_id, m.journey, m.step, m.template, m.status, m.reason, m.decided_at_ms, m.sent_at_ms from messages m
   where m.shard = $1 and m.contact_id = $2 and m.decided_at_ms <= $3 and (m.decided_at_ms, m.message_id) < ($3, $4::uuid)
   order by m.decided_at_ms desc, m.message_id desc limit $5`,
);
/** Numbers count up with time, so their index is in the order of time too. */
const readDecisionRows = statement(
  'read_timeline_decisions',
  `select d.contact_id, d.n, d.at_ms, d.code, d.journey, d.version, d.enrollment_id, d.step, d.detail from decisions d
   where d.shard = $1 and d.contact_id = $2 and d.n < $3 and ($5 = 'all' or (d.code = any('{${SEGMENT_CODES.join()}}'::text[])) = ($5 = 'segment'))
   order by d.n desc limit $4`,
);
const readConsentRows = statement(
  'read_timeline_consents',
  `select c.n, c.at_ms, c.purpose, c.channel, c.topic, c.state, c.proof from consents c
   where c.shard = $1 and c.contact_id = $2 and c.n < $3 order by c.n desc limit $4`,
);

interface RecordRow { seq: number; kind: number; name: string; received_at_ms: Millis; occurred_at_ms: Millis; body: Buffer }
interface MessageRow { message_id: MessageId; journey: string; step: string; template: string; status: string; reason: string | null; decided_at_ms: Millis; sent_at_ms: Millis | null }
interface DecisionRow { contact_id: ContactId; n: number; at_ms: Millis; code: string; journey: string | null; version: number | null; enrollment_id: EnrollmentId | null; step: string | null; detail: Buffer | null }
interface ConsentRow { n: number; at_ms: Millis; purpose: ConsentPurpose; channel: string | null; topic: string | null; state: 'granted' | 'withdrawn'; proof: JsonObject }

function decisionOf(row: DecisionRow): KeptDecision {
  return {
    contactId: row.contact_id, n: row.n, at: row.at_ms, code: row.code, journey: row.journey, version: row.version, enrollmentId: row.enrollment_id, step: row.step,
    detail: row.detail === null ? null : (JSON.parse(row.detail.toString('utf8')) as Json),
  };
}

interface Asked {
  limit: number;
  kinds: ReadonlySet<TimelineKind>;
  shardCount: number;
}

type StreamReader = (db: Queryable, shard: number, id: ContactId, place: readonly [Millis, number | string], asked: Asked) => Promise<{ place: readonly [Millis, number | string]; entry: TimelineEntry }[]>;

/** Control rows of the log concern no contact, so what is read here is a record. */
const STREAMS: Readonly<Record<Stream, StreamReader>> = {
  record: async (db, shard, id, [at, seq], { limit, kinds }) => {
    const wanted = [...(kinds.has('event') ? [LOG_KIND.event, LOG_KIND.unmerge] : []), ...(kinds.has('outcome') ? [LOG_KIND.outcome] : [])];
    const { rows } = await db.query<RecordRow>(readRecords, [shard, id, at, seq, limit, int2Array(wanted)]);
    return rows.map((row) => {
      const record = decodeRecord({ kind: row.kind, name: row.name, body: row.body, receivedAt: row.received_at_ms, occurredAt: row.occurred_at_ms });
      return { place: [row.occurred_at_ms, row.seq], entry: { kind: 'record', at: row.occurred_at_ms, id: `${shard}-${row.seq}`, record } };
    });
  },
  message: async (db, shard, id, [at, messageId], { limit }) => {
    const { rows } = await db.query<MessageRow>(readMessages, [shard, id, at, messageId, limit]);
    return rows.map((row) => ({
      place: [row.decided_at_ms, row.message_id],
      entry: {
        kind: 'message', at: row.decided_at_ms, id: row.message_id, journey: row.journey, step: row.step, template: row.template, status: row.status, reason: row.reason,
        sentAt: row.sent_at_ms,
      },
    }));
  },
  decision: async (db, shard, id, [, n], { limit, kinds }) => {
    const which = kinds.has('decision') ? (kinds.has('segment') ? 'all' : 'other') : 'segment';
    const { rows } = await db.query<DecisionRow>(readDecisionRows, [shard, id, n, limit, which]);
    return rows.map((row) => ({ place: [row.at_ms, row.n], entry: { kind: 'decision', at: row.at_ms, id: `${row.contact_id}-${row.n}`, decision: decisionOf(row) } }));
  },
  consent: async (db, shard, id, [, n], { limit }) => {
    const { rows } = await db.query<ConsentRow>(readConsentRows, [shard, id, n, limit]);
    return rows.map(({ n: number, at_ms: at, ...row }) => ({ place: [at, number], entry: { kind: 'consent', at, id: `${id}-${number}`, ...row } }));
  },
  trait: async (db, _shard, id, [, n], { limit, shardCount }) => {
    const rows = await readTraitChanges(db, id, Number(n), limit, shardCount);
    return rows.map((change) => ({ place: [change.at, change.n], entry: { kind: 'trait', at: change.at, id: `${id}-${change.n}`, change } }));
  },
  note: async (db, _shard, id, [at, noteId], { limit, shardCount }) => {
    const rows = await readNotes(db, id, [at, String(noteId)], limit, shardCount);
    return rows.map((note) => ({ place: [note.at, note.noteId], entry: { kind: 'note', at: note.at, id: note.noteId, note } }));
  },
};

/**
 * What happened to a contact and what was decided about it, the latest first, whichever of its ids it was written under.
 * Every stream walks its own index from where the page before ended, so a page costs the same at any depth.
 */
export async function readTimeline(
  db: Queryable, ids: readonly ContactId[], after: TimelinePlace, limit: number, shardCount: number, kinds: ReadonlySet<TimelineKind> = TIMELINE_KINDS,
): Promise<{ entries: TimelineEntry[]; place: TimelinePlace; more: boolean }> {
  const streams = [...new Set([...kinds].map((kind) => STREAM_OF[kind]))];
  const parts = await Promise.all(ids.flatMap((id) => streams.map(async (kind): Promise<Placed[]> => {
    const stream = `${kind[0] ?? ''}${id.slice(0, 8)}`;
    const read = await STREAMS[kind](db, shardOf(id, shardCount), id, after[stream] ?? LAST[kind], { limit: limit + 1, kinds, shardCount });
    return read.map((one) => ({ stream, ...one }));
  })));
  const place = { ...after };
  const entries: TimelineEntry[] = [];
  while (entries.length < limit) {
    const next = latestHead(parts);
    if (next === null) break;
    place[next.stream] = next.place;
    entries.push(next.entry);
  }
  return { entries, place, more: parts.some((part) => part.length > 0) };
}

/** Takes the latest of the entries that stand first in their streams, so that no stream is ever read out of its order. */
function latestHead(parts: Placed[][]): Placed | null {
  let latest: Placed[] | null = null;
  for (const part of parts) {
    const [head] = part;
    if (head !== undefined && (latest?.[0] === undefined || head.entry.at > latest[0].entry.at)) latest = part;
  }
  return latest?.shift() ?? null;
}

const readDecisionsOfJourney = statement(
  'read_decisions_of_journey',
  `select d.contact_id, d.n, d.at_ms, d.code, d.journey, d.version, d.enrollment_id, d.step, d.detail from decisions d
   where d.shard = $1 and d.contact_id = $2 and d.journey = $3 order by d.n desc limit $4`,
);

/** Decisions about a contact and a journey, the latest first. */
export async function readJourneyDecisions(db: Queryable, ids: readonly ContactId[], journey: string, limit: number, shardCount: number): Promise<KeptDecision[]> {
  const parts = await Promise.all(ids.map((id) => db.query<DecisionRow>(readDecisionsOfJourney, [shardOf(id, shardCount), id, journey, limit])));
  return parts.flatMap(({ rows }) => rows.map(decisionOf)).sort((a, b) => b.at - a.at || b.n - a.n).slice(0, limit);
}

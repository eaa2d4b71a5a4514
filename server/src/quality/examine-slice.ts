import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { addToTally, examineContact, mailDomainOf, shardOf } from '@samovar/core';
import type { ContactId, ContactState, Examination, ExaminedContact, MailDomainVerdict, QualityLists } from '@samovar/core';
import { addValues, insertDuplicateKeys, insertFindings, readContactRecords, readContactStates, readSuppressions } from '@samovar/store';
import type { Database, QualityRun, Queryable, TraitValue } from '@samovar/store';
import type { DomainChecker } from './domain-checker.ts';
import type { ReportProgress, ReportQuestions } from './report-progress.ts';

/** Contacts examined and committed together: a few megabytes with their events, and a tenth of a second. */
const SLICE_CONTACTS = 200;
/** Latest events by which visitors are told from bots. */
const EVENTS_PER_CONTACT = 20;
/** After so many contacts others get their turn in this process. */
const BREATH_CONTACTS = 25;
/** Different values of one trait that are kept; a trait with more is no category. */
export const VALUE_LIMIT = 10_000;
const DIGEST_BYTES = 16;

export interface SliceContext {
  db: Database;
  shardCount: number;
  lists: QualityLists;
  /** null: domains are not checked. */
  domains: DomainChecker | null;
}

/** What one slice of contacts adds, to be written in the transaction that moves the report on. */
export interface ExaminedSlice {
  /** Answers with where the report then stands. May be called again when the transaction is. */
  write(tx: Queryable): Promise<ReportProgress>;
}

/** Examines the next contacts from where a report stands. */
export async function examineSlice({ db, shardCount, lists, domains }: SliceContext, run: QualityRun, questions: ReportQuestions): Promise<ExaminedSlice> {
  const progress = structuredClone(run.progress as ReportProgress);
  const { shard } = progress;
  const contacts = await readContactStates(db, shard, run.workspaceId, progress.after, SLICE_CONTACTS);
  const examined = await readExamined({ db, shardCount, domains }, run.workspaceId, contacts);
  const found = new Map<ContactId, Examination>();
  for (const [index, one] of examined.entries()) {
    if (index % BREATH_CONTACTS === BREATH_CONTACTS - 1) await setImmediate();
    const examination = examineContact(one, questions, lists, run.startedAt);
    found.set(one.contact.id, examination);
    addToTally(progress.tally, examination);
  }
  if (domains !== null) progress.domainsGivenUp ||= domains.stopped;
  const values = countValues(found, progress);
  const last = contacts.at(-1);
  const more = contacts.length === SLICE_CONTACTS && last !== undefined;
  progress.after = more ? last.id : null;
  if (!more) progress.shard += 1;
  if (progress.shard >= shardCount) Object.assign(progress, { phase: 'duplicates', shard: 0 } satisfies Partial<ReportProgress>);
  return {
    write: async (tx) => {
      await insertFindings(tx, shard, run, [...found].map(([contactId, { figures, details }]) => ({ contactId, figures, details })));
      await insertDuplicateKeys(tx, run, keysOf(found, run.workspaceId, shardCount));
      const added = await addValues(tx, run, values, shardCount);
      const seen = { ...progress.values };
      for (const [trait, count] of Object.entries(added)) seen[trait] = (seen[trait] ?? 0) + count;
      return { ...progress, values: seen };
    },
  };
}

async function readExamined({ db, shardCount, domains }: Pick<SliceContext, 'db' | 'shardCount' | 'domains'>, workspaceId: number, contacts: readonly ContactState[]): Promise<ExaminedContact[]> {
  const records = await readContactRecords(db, contacts, EVENTS_PER_CONTACT, shardCount);
  const addresses = contacts.map(addressOf);
  const suppressions = await readSuppressions(db, addresses.map((address) => ({ workspaceId, address })), shardCount);
  const asked = new Set(contacts.map(mailDomainOf).filter((domain) => domain !== null));
  const verdicts: ReadonlyMap<string, MailDomainVerdict> = domains === null ? new Map() : await domains.verdicts(asked);
  return contacts.map((contact, index) => {
    const { events = [], lastEventAt = null, lastEngagedAt = null, consents = [] } = records.get(contact.id) ?? {};
    const suppressed = suppressions[index]?.reason ?? contact.suppressed[addresses[index] ?? ''] ?? null;
    return { contact, events, lastEventAt, lastEngagedAt, consents, suppressed, mailDomain: verdicts.get(mailDomainOf(contact) ?? '') ?? 'unknown' };
  });
}

function addressOf({ traits }: ContactState): string {
  const email = traits['email']?.value;
  return typeof email === 'string' ? email.trim().toLowerCase() : '';
}

function countValues(found: ReadonlyMap<ContactId, Examination>, progress: ReportProgress): TraitValue[] {
  const counts = new Map<string, TraitValue>();
  for (const { values } of found.values()) {
    for (const { trait, value } of values) {
      if ((progress.values[trait] ?? 0) >= VALUE_LIMIT) continue;
      const count = counts.get(`${trait}\n${value}`);
      if (count === undefined) counts.set(`${trait}\n${value}`, { trait, value, contacts: 1 });
      else count.contacts += 1;
    }
  }
  return [...counts.values()];
}

function keysOf(found: ReadonlyMap<ContactId, Examination>, workspaceId: number, shardCount: number): { shard: number; kind: string; digest: Buffer; contactId: ContactId }[] {
  return [...found].flatMap(([contactId, { duplicates }]) => duplicates.map(({ kind, key }) => {
    const digest = createHash('sha256').update(`duplicate\0${workspaceId}\0${kind}\0${key}`).digest().subarray(0, DIGEST_BYTES);
    return { shard: shardOf(digest.toString('hex'), shardCount), kind, digest, contactId };
  }));
}


import { derivedUuid, shardOf } from '@samovar/core';
import type { MailDomainVerdict, Millis } from '@samovar/core';
import { int2Array, int8Array, textArray } from '../binary-arrays.ts';
import { statement } from '../statement.ts';
import type { Queryable } from '../transaction.ts';
import type { RunPlace } from './findings.ts';

/** A value of a trait, and how many contacts bear it. */
export interface TraitValue {
  trait: string;
  value: string;
  contacts: number;
}

const shardOfValue = (workspaceId: number, trait: string, value: string, shardCount: number): number =>
  shardOf(derivedUuid('value', String(workspaceId), trait, value), shardCount);

const add = statement(
  'quality_add_values',
  `insert into quality_values as v (shard, workspace_id, run_id, trait, value, contacts)
   select u.shard, $1, $2, u.trait, u.value, u.contacts from unnest($3::smallint[], $4::text[], $5::text[], $6::bigint[]) u (shard, trait, value, contacts)
   on conflict (shard, workspace_id, run_id, trait, value) do update set contacts = v.contacts + excluded.contacts
   returning v.trait, v.xmax = 0 as added`,
);

/** Counts values; answers how many of each trait had not been seen before. */
export async function addValues(db: Queryable, { workspaceId, runId }: RunPlace, values: readonly TraitValue[], shardCount: number): Promise<Record<string, number>> {
  const added: Record<string, number> = {};
  if (values.length === 0) return added;
  const { rows } = await db.query<{ trait: string; added: boolean }>(add, [
    workspaceId, runId, int2Array(values.map(({ trait, value }) => shardOfValue(workspaceId, trait, value, shardCount))), textArray(values.map(({ trait }) => trait)),
    textArray(values.map(({ value }) => value)), int8Array(values.map(({ contacts }) => contacts)),
  ]);
  for (const row of rows) if (row.added) added[row.trait] = (added[row.trait] ?? 0) + 1;
  return added;
}

export type ValueChoice = { choice: 'accepted' | 'replaced'; canonical: string } | { choice: 'rejected'; canonical: null };

export interface ChosenValue extends TraitValue {
  /** null: nobody has decided. */
  chosen: ValueChoice | null;
}

const read = statement(
  'quality_read_values',
  `select v.trait, v.value, v.contacts, c.choice, c.canonical from quality_values v
   left join quality_choices c on c.shard = v.shard and c.workspace_id = $1 and c.trait = v.trait and c.value = v.value
   where v.workspace_id = $1 and v.run_id = $2 and v.trait = any($3::text[]) order by v.contacts desc, v.trait, v.value`,
);

/** The values of some traits, the commonest first, with what was decided about them. There are at most as many as a run keeps. */
export async function readValues(db: Queryable, { workspaceId, runId }: RunPlace, traits: readonly string[]): Promise<ChosenValue[]> {
  const { rows } = await db.query<{ trait: string; value: string; contacts: number; choice: ValueChoice['choice'] | null; canonical: string | null }>(read, [workspaceId, runId, textArray(traits)]);
  return rows.map(({ trait, value, contacts, choice, canonical }) => ({ trait, value, contacts, chosen: choiceOf(choice, canonical) }));
}

function choiceOf(choice: ValueChoice['choice'] | null, canonical: string | null): ValueChoice | null {
  if (choice === null) return null;
  return choice === 'rejected' || canonical === null ? { choice: 'rejected', canonical: null } : { choice, canonical };
}

const choose = statement(
  'quality_choose',
  `insert into quality_choices as c (shard, workspace_id, trait, value, choice, canonical, at_ms) values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (shard, workspace_id, trait, value) do update set choice = excluded.choice, canonical = excluded.canonical, at_ms = excluded.at_ms`,
);
const unchoose = statement('quality_unchoose', 'delete from quality_choices where shard = $1 and workspace_id = $2 and trait = $3 and value = $4');

/** Keeps what a person has decided about a value; null: leaves it open again. */
export async function writeChoice(db: Queryable, workspaceId: number, { trait, value }: Pick<TraitValue, 'trait' | 'value'>, chosen: ValueChoice | null, now: Millis, shardCount: number): Promise<void> {
  const place = [shardOfValue(workspaceId, trait, value, shardCount), workspaceId, trait, value];
  if (chosen === null) await db.query(unchoose, place);
  else await db.query(choose, [...place, chosen.choice, chosen.canonical, now]);
}

const shardOfDomain = (domain: string, shardCount: number): number => shardOf(derivedUuid('domain', domain), shardCount);

const readDomains = statement(
  'quality_read_domains',
  `select d.domain, d.verdict, d.checked_at_ms from unnest($1::smallint[], $2::text[]) u (shard, domain) join mail_domains d on d.shard = u.shard and d.domain = u.domain`,
);
const writeDomain = statement(
  'quality_write_domain',
  `insert into mail_domains as d (shard, domain, verdict, checked_at_ms) values ($1, $2, $3, $4)
   on conflict (shard, domain) do update set verdict = excluded.verdict, checked_at_ms = excluded.checked_at_ms`,
);

export interface CheckedDomain {
  domain: string;
  verdict: MailDomainVerdict;
  checkedAt: Millis;
}

/** What is remembered of some domains. */
export async function readMailDomains(db: Queryable, domains: readonly string[], shardCount: number): Promise<CheckedDomain[]> {
  const { rows } = await db.query<{ domain: string; verdict: MailDomainVerdict; checked_at_ms: Millis }>(readDomains, [
    int2Array(domains.map((domain) => shardOfDomain(domain, shardCount))), textArray(domains),
  ]);
  return rows.map((row) => ({ domain: row.domain, verdict: row.verdict, checkedAt: row.checked_at_ms }));
}

export async function writeMailDomain(db: Queryable, { domain, verdict, checkedAt }: CheckedDomain, shardCount: number): Promise<void> {
  await db.query(writeDomain, [shardOfDomain(domain, shardCount), domain, verdict, checkedAt]);
}

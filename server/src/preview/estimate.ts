import { randomBytes } from 'node:crypto';
import type { ContactState } from '@samovar/core';
import { countShardContacts, readContactRun, type Database } from '@samovar/store';
import { shareOf } from './interval.ts';
import { membersAmong, type Question } from './members-among.ts';

/** Contacts asked for an estimate at most, which makes it exact to about two hundredths of everybody. */
export const SAMPLE_LIMIT = 2_000;
/** An estimate is answered within a second; what was counted and asked by then has to do. */
const COUNT_FOR_MS = 250;
const SAMPLE_FOR_MS = 500;
/** Neighbours by id are as good a sample as any others, and cheaper to read. */
const RUN_LENGTH = 25;
const LANES = 4;
/** Of one shard of a small workspace. */
const ALL_LIMIT = 10_000;

export interface Estimate {
  sampled: number;
  hits: number;
  /** Contacts of the workspace, estimated from some shards unless `counted`. */
  population: number;
  counted: boolean;
  members: number;
  low: number;
  high: number;
  /** The first of the members that were found. */
  examples: ContactState[];
}

export interface EstimateOptions {
  examples: number;
  sampleLimit?: number;
  sampleForMs?: number;
  countForMs?: number;
}

/** Estimates how many members a segment would have, from contacts drawn at random. */
export async function estimate(db: Database, question: Question, { examples, sampleLimit = SAMPLE_LIMIT, sampleForMs = SAMPLE_FOR_MS, countForMs = COUNT_FOR_MS }: EstimateOptions): Promise<Estimate> {
  const { contacts, counted } = await countContacts(db, question, countForMs);
  const sample = new Sample(db, question);
  if (counted && contacts <= sampleLimit) await sample.takeAll();
  else await sample.draw(sampleLimit, performance.now() + sampleForMs);
  const population = Math.max(contacts, sample.size);
  const { share, low, high } = shareOf(sample.members.length, sample.size, counted ? population : Math.max(population, sample.size + 1));
  return {
    sampled: sample.size, hits: sample.members.length, population, counted, members: Math.round(share * population), low: Math.floor(low * population), high: Math.ceil(high * population),
    examples: sample.members.slice(0, examples),
  };
}

/** Everybody in as many random shards as there is time for; the others have as many, but for chance. */
async function countContacts(db: Database, { program: { workspaceId }, shardCount }: Question, forMs: number): Promise<{ contacts: number; counted: boolean }> {
  const until = performance.now() + forMs;
  const shards = shuffled(shardCount);
  let [contacts, known] = [0, 0];
  for (const shard of shards) {
    contacts += await countShardContacts(db, shard, workspaceId);
    known += 1;
    if (performance.now() > until) break;
  }
  return { contacts: Math.round((contacts * shardCount) / known), counted: known === shardCount };
}

function shuffled(count: number): number[] {
  const drawn = Array.from({ length: count }, (_, shard) => ({ shard, lot: randomBytes(4).readUInt32BE() }));
  return drawn.sort((a, b) => a.lot - b.lot).map(({ shard }) => shard);
}

/** Runs of contacts from random places of random shards; nobody counts twice. */
class Sample {
  readonly members: ContactState[] = [];
  readonly #db: Database;
  readonly #question: Question;
  readonly #seen = new Set<string>();

  constructor(db: Database, question: Question) {
    this.#db = db;
    this.#question = question;
  }

  get size(): number {
    return this.#seen.size;
  }

  async draw(limit: number, until: number): Promise<void> {
    await Promise.all(Array.from({ length: LANES }, async () => {
      do await this.#askSome(Math.min(RUN_LENGTH, limit - this.size));
      while (this.size < limit && performance.now() < until);
    }));
  }

  async takeAll(): Promise<void> {
    for (let shard = 0; shard < this.#question.shardCount; shard += 1) await this.#ask(shard, null, ALL_LIMIT);
  }

  async #askSome(length: number): Promise<void> {
    const place = randomBytes(16);
    const hex = place.toString('hex');
    const after = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    await this.#ask(place.readUInt16BE() % this.#question.shardCount, after, Math.max(1, length));
  }

  async #ask(shard: number, after: string | null, length: number): Promise<void> {
    const { program: { workspaceId } } = this.#question;
    const rows = (await readContactRun(this.#db, shard, workspaceId, after, length)).filter(({ contact_id: id }) => !this.#seen.has(id));
    for (const { contact_id: id } of rows) this.#seen.add(id);
    this.members.push(...(await membersAmong(this.#db, this.#question, rows)));
  }
}

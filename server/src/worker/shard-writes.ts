import { HOUR_MS, shardOf, type ContactId, type DecidedMessage, type Decision, type Effect, type EnrollmentChange, type OutcomeRecord } from '@samovar/core';
import {
  addressDigest, blankRecords, encodeInput, wipe, writeErasurePart, removeTimers, writeAddressConsents, writeConsents, writeContacts, writeCounters, writeDecisions, writeEnrollments, writeInbox, writeMemberships, writeMessages,
  suppressDigests, writeOrders, writeOutcomes, writeTimers, writeTraitChanges, writeTraitExamples,
  type AddressConsent, type ConsentWrite, type ContactWrite, type CounterRow, type DigestSuppression, type MembershipChange, type Of, type OrderWrite, type Posting, type Queryable, type TraitExample, type TraitWrite,
} from '@samovar/store';

const TRAIT_THING = 'trait:';

/** Gathers what one transaction writes for one shard: the one performer of every kind of effect. */
export class ShardWrites {
  readonly contacts: ContactWrite[] = [];
  readonly timers: { id: ContactId; dueAt: number }[] = [];
  readonly timersGone: ContactId[] = [];
  readonly outcomes: OutcomeRecord[] = [];
  /** Records that tell again what was erased. */
  readonly blanks: number[] = [];
  readonly #erasures: Of<Extract<Effect, { kind: 'erase' }>>[] = [];
  #memberships: Of<MembershipChange>[] = [];
  readonly #enrollments = new Map<string, Of<EnrollmentChange>>();
  readonly #orders = new Map<string, Of<OrderWrite>>();
  readonly #counters = new Map<string, CounterRow>();
  #decisions: Of<Decision>[] = [];
  #consents: Of<ConsentWrite>[] = [];
  readonly #suppressions: DigestSuppression[] = [];
  readonly #addressConsents: AddressConsent[] = [];
  #traits: Of<TraitWrite>[] = [];
  readonly #traitExamples = new Map<string, TraitExample>();
  #messages: Of<DecidedMessage>[] = [];
  readonly #postings: Posting[] = [];
  readonly #shardCount: number;
  #outSeq: number;

  constructor(shardCount: number, outSeq: number) {
    this.#shardCount = shardCount;
    this.#outSeq = outSeq;
  }

  /** The last number given to an input handed to another contact. */
  get outSeq(): number {
    return this.#outSeq;
  }

  get messageCount(): number {
    return this.#messages.length;
  }

  get decisionCount(): number {
    return this.#decisions.length;
  }

  get postedShards(): number[] {
    return [...new Set(this.#postings.map((posting) => posting.toShard))];
  }

  add(workspaceId: number, contactId: ContactId, effect: Effect): void {
    const of = <T>(value: T): Of<T> => ({ workspaceId, contactId, value });
    switch (effect.kind) {
      case 'decision': this.#decisions.push(of(effect.decision)); return;
      case 'membership': this.#memberships.push(of(effect)); return;
      case 'enrollment': this.#enrollments.set(effect.enrollment.id, of(effect.enrollment)); return;
      case 'message': this.#messages.push(of(effect.message)); return;
      case 'trait': this.#traits.push(of(effect)); return;
      case 'consent': this.#consents.push(of(effect)); return;
      case 'address-consent': this.#addressConsents.push({ workspaceId, ...effect }); return;
      case 'count':
        this.#count(workspaceId, effect);
        if (effect.value > 0 && effect.thing.startsWith(TRAIT_THING)) this.#noteExample(workspaceId, contactId, effect);
        return;
      case 'order': this.#orders.set(`${contactId}/${effect.orderId}`, of(effect)); return;
      case 'post': this.#post(workspaceId, effect); return;
      case 'blank': this.blanks.push(effect.seq); return;
      case 'erase':
        this.#erasures.push(of(effect));
        if (effect.wipe) this.#drop(contactId);
        return;
      case 'suppress': this.#suppressions.push({ workspaceId, digest: addressDigest(effect.address), reason: effect.reason, at: effect.at }); return;
      // The message's own shard notes outcomes from the log.
      case 'outcome': return;
    }
  }

  /** Removes what was written about contacts that are erased, before anything new is. `logOffset`: what was consumed before. */
  async erase(tx: Queryable, shard: number, logOffset: number): Promise<void> {
    for (const { workspaceId, contactId, value } of this.#erasures) {
      const { erasure, at, seq, received, posted, values } = value;
      const removed = value.wipe ? await wipe(tx, shard, { workspaceId, contactId, at, upToSeq: seq ?? logOffset, values }) : {};
      writeErasurePart(tx, shard, { workspaceId, erasure, contactId, at, received, posted, removed });
    }
    blankRecords(tx, shard, this.blanks);
  }

  /** Issues all statements; they travel together with the commit. */
  issue(tx: Queryable, shard: number): void {
    if (this.contacts.length > 0) void writeContacts(tx, shard, this.contacts);
    if (this.timers.length > 0) void writeTimers(tx, shard, this.timers);
    if (this.timersGone.length > 0) void removeTimers(tx, shard, this.timersGone);
    writeMemberships(tx, shard, this.#memberships);
    writeEnrollments(tx, shard, [...this.#enrollments.values()]);
    writeDecisions(tx, shard, this.#decisions);
    writeConsents(tx, shard, this.#consents);
    writeAddressConsents(tx, this.#addressConsents, this.#shardCount);
    writeTraitChanges(tx, shard, this.#traits);
    void suppressDigests(tx, this.#suppressions, this.#shardCount);
    writeTraitExamples(tx, shard, [...this.#traitExamples.values()]);
    writeMessages(tx, shard, this.#messages);
    writeOutcomes(tx, shard, this.outcomes);
    writeOrders(tx, shard, [...this.#orders.values()]);
    writeCounters(tx, shard, [...this.#counters.values()].filter((row) => row.value !== 0));
    writeInbox(tx, shard, this.#postings);
  }

  /** Forgets what would be written about a contact that has just been erased. */
  #drop(contactId: ContactId): void {
    const others = (one: { contactId: ContactId }): boolean => one.contactId !== contactId;
    this.#decisions = this.#decisions.filter(others);
    this.#consents = this.#consents.filter(others);
    this.#traits = this.#traits.filter(others);
    this.#messages = this.#messages.filter(others);
    this.#memberships = this.#memberships.filter(others);
    for (const gathered of [this.#enrollments, this.#orders, this.#traitExamples]) {
      for (const [name, one] of gathered) if (!others(one)) gathered.delete(name);
    }
  }

  #noteExample(workspaceId: number, contactId: ContactId, { thing, metric: type, at }: Extract<Effect, { kind: 'count' }>): void {
    const trait = thing.slice(TRAIT_THING.length);
    if (trait !== '*') this.#traitExamples.set(`${workspaceId}/${trait}/${type}`, { workspaceId, trait, type, contactId, at });
  }

  #count(workspaceId: number, { thing, metric, at, value }: Extract<Effect, { kind: 'count' }>): void {
    const hour = Math.floor(at / HOUR_MS);
    const name = `${workspaceId}/${thing}/${metric}/${hour}`;
    const row = this.#counters.get(name);
    if (row === undefined) this.#counters.set(name, { workspaceId, thing, metric, hour, value });
    else row.value += value;
  }

  #post(workspaceId: number, { to, input }: Extract<Effect, { kind: 'post' }>): void {
    this.#outSeq += 1;
    this.#postings.push({ toShard: shardOf(to, this.#shardCount), fromSeq: this.#outSeq, workspaceId, contactId: to, body: encodeInput(input) });
  }
}

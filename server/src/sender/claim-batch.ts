import { DEFAULT_WORKSPACE, HOUR_MS, isPromotion, MINUTE_MS, SECOND_MS } from '@samovar/core';
import type { ContactId, Millis, WorkspaceDefinition } from '@samovar/core';
import {
  beginAttempts, drawBudget, drawConfirmations, lockBudgets, lockQueued, postponeQueued, readAddressWithdrawals, readContactsBehind, readSendingModes, readSuppressions,
} from '@samovar/store';
import type { BudgetKey, Database, Postponement, QueuedRow, Queryable, SendingMode } from '@samovar/store';
import type { ClaimedMessage, RefusedMessage } from './claimed-message.ts';
import { readGateContacts, type GateContact } from './gate-contacts.ts';
import { refuse } from './last-gate.ts';
import type { RateLimits } from './rate-limits.ts';
import type { SettingsCache } from './sending-settings.ts';

export interface ClaimDependencies {
  db: Database;
  shardCount: number;
  settings: SettingsCache;
  rates: RateLimits;
}

export interface ClaimRequest {
  shard: number;
  now: Millis;
  /** Until when the claim holds. */
  deadline: Millis;
  limit: number;
  withoutWorkspaces: readonly number[];
}

export interface ClaimedBatch {
  claimed: ClaimedMessage[];
  refused: RefusedMessage[];
  /** Whether more may be due in the shard. */
  more: boolean;
  /** Which workspaces send, as of this transaction. */
  modes: SendingMode[];
}

/** A refused message is looked at again after so long, should the process end before it wrote the refusal down. */
const REFUSAL_RETRY_MS = MINUTE_MS;
/** What is on its way between shards arrives within moments. */
const MOVING_DELAY_MS = SECOND_MS;

/**
 * Claims the next due messages of a shard in one transaction: the last gate, the ceilings and the rates are asked, and an
 * attempt is written for each that may leave. Only after this has been committed may anything be said to a provider.
 */
export async function claimBatch(dependencies: ClaimDependencies, request: ClaimRequest): Promise<ClaimedBatch> {
  // Run again after an unknown COMMIT it would claim other messages and leave the first ones to their deadline; so it is not.
  return dependencies.db.transaction((tx) => new Claim(dependencies, request, tx).run());
}

interface Candidate {
  row: QueuedRow;
  mode: SendingMode;
}

class Claim {
  readonly #dependencies: ClaimDependencies;
  readonly #request: ClaimRequest;
  readonly #tx: Queryable;

  constructor(dependencies: ClaimDependencies, request: ClaimRequest, tx: Queryable) {
    this.#dependencies = dependencies;
    this.#request = request;
    this.#tx = tx;
  }

  async run(): Promise<ClaimedBatch> {
    const { shard, limit } = this.#request;
    const [modes, rows] = await Promise.all([readSendingModes(this.#tx), lockQueued(this.#tx, shard, this.#request)]);
    if (rows.length === 0) return { claimed: [], refused: [], more: false, modes };
    const modeOf = new Map(modes.map((mode) => [mode.workspaceId, mode]));
    const candidates = rows.flatMap((row): Candidate[] => {
      const mode = modeOf.get(row.workspace_id);
      return mode === undefined || mode.sending === 'stopped' ? [] : [{ row, mode }];
    });
    const { passed, refused } = await this.#gate(candidates);
    // Rates first: what is drawn from a ceiling must leave, while a turn that nobody takes only costs a moment.
    const claimed = await this.#underAskingLimit(await this.#underCeilings(this.#withinRates(passed)), refused);
    this.#write(claimed, refused);
    return { claimed, refused, more: rows.length >= limit, modes };
  }

  async #gate(candidates: readonly Candidate[]): Promise<{ passed: ClaimedMessage[]; refused: RefusedMessage[] }> {
    const { shard, now, deadline } = this.#request;
    const { shardCount } = this.#dependencies;
    const recipients = candidates.map(({ row }) => ({ workspaceId: row.workspace_id, address: row.address, topic: row.topic }));
    const [contacts, suppressions, withdrawals, workspaces] = await Promise.all([
      this.#contacts(candidates), readSuppressions(this.#tx, recipients, shardCount), readAddressWithdrawals(this.#tx, recipients, shardCount), this.#workspaces(candidates),
    ]);
    const passed: ClaimedMessage[] = [];
    const refused: RefusedMessage[] = [];
    const waiting: Postponement[] = [];
    candidates.forEach(({ row, mode }, index) => {
      const { contact, isMoving } = contacts.get(row.contact_id) ?? { contact: null, isMoving: false };
      const reason = refuse(row, {
        mode, contact, suppressed: suppressions[index]?.reason ?? null, addressWithdrawn: withdrawals[index] ?? false, workspace: workspaces.get(mode) ?? DEFAULT_WORKSPACE, now,
      });
      if (reason === null && isMoving) waiting.push({ messageId: row.message_id, until: now + MOVING_DELAY_MS, reason: null });
      else if (reason !== null || contact === null) refused.push({ shard, row, reason: reason ?? 'contact_gone' });
      else passed.push({ shard, row, contact, attempt: row.attempts + 1, firstAttemptAt: row.first_started_at_ms ?? now, deadline, programVersion: mode.programVersion });
    });
    postponeQueued(this.#tx, shard, waiting);
    return { passed, refused };
  }

  async #workspaces(candidates: readonly Candidate[]): Promise<Map<SendingMode, WorkspaceDefinition>> {
    const { settings } = this.#dependencies;
    const found = new Map<SendingMode, WorkspaceDefinition>();
    for (const mode of new Set(candidates.map((one) => one.mode))) {
      found.set(mode, (await settings.settings(this.#tx, mode.workspaceId, mode.programVersion)).workspace);
    }
    return found;
  }

  /** What answers something that a contact did does not ask for consent, and so need not look further than the contact. */
  async #contacts(candidates: readonly Candidate[]): Promise<Map<ContactId, GateContact>> {
    const { shardCount } = this.#dependencies;
    const idsOf = (promotion: boolean): ContactId[] => [...new Set(candidates.flatMap(({ row }) => (isPromotion(row.class) === promotion ? [row.contact_id] : [])))];
    const [marketing, others] = await Promise.all([readGateContacts(this.#tx, idsOf(true), shardCount), readContactsBehind(this.#tx, idsOf(false), shardCount)]);
    const contacts = new Map([...others].map(([id, contact]): [ContactId, GateContact] => [id, { contact, isMoving: false }]));
    for (const [id, contact] of marketing) contacts.set(id, contact);
    return contacts;
  }

  /** Draws first attempts from their journey's hour; what is over the ceiling waits for the next hour. */
  async #underCeilings(passed: readonly ClaimedMessage[]): Promise<ClaimedMessage[]> {
    const { now, shard } = this.#request;
    const { shardCount, settings } = this.#dependencies;
    const hour = Math.floor(now / HOUR_MS);
    const keys = new Map<string, BudgetKey & { ceiling: number }>();
    for (const { row, attempt, programVersion } of passed) {
      const name = `${row.workspace_id}/${row.journey}`;
      if (attempt > 1 || keys.has(name)) continue;
      const { ceilings } = await settings.settings(this.#tx, row.workspace_id, programVersion);
      const ceiling = ceilings.get(row.journey);
      if (ceiling !== undefined) keys.set(name, { workspaceId: row.workspace_id, journey: row.journey, hour, ceiling });
    }
    const used = await lockBudgets(this.#tx, [...keys.values()], shardCount);
    const drawn = new Map<string, number>();
    const waiting: Postponement[] = [];
    const allowed = passed.filter(({ row, attempt }) => {
      const name = `${row.workspace_id}/${row.journey}`;
      const key = keys.get(name);
      if (attempt > 1 || key === undefined) return true;
      const already = drawn.get(name) ?? 0;
      if ((used.get(key) ?? 0) + already >= key.ceiling) {
        waiting.push({ messageId: row.message_id, until: (hour + 1) * HOUR_MS, reason: 'ceiling' });
        return false;
      }
      drawn.set(name, already + 1);
      return true;
    });
    for (const [name, key] of keys) drawBudget(this.#tx, key, drawn.get(name) ?? 0, shardCount);
    postponeQueued(this.#tx, shard, waiting);
    return allowed;
  }

  #withinRates(allowed: readonly ClaimedMessage[]): ClaimedMessage[] {
    const { now, shard } = this.#request;
    const waiting: Postponement[] = [];
    const claimed = allowed.filter(({ row }) => {
      const domain = row.address.slice(row.address.lastIndexOf('@') + 1).toLowerCase();
      const until = this.#dependencies.rates.take(domain, now);
      if (until !== null) waiting.push({ messageId: row.message_id, until, reason: 'rate' });
      return until === null;
    });
    postponeQueued(this.#tx, shard, waiting);
    return claimed;
  }

  /** Draws first attempts of confirmations from what their address may be asked, whoever asks. */
  async #underAskingLimit(allowed: ClaimedMessage[], refused: RefusedMessage[]): Promise<ClaimedMessage[]> {
    const { now, shard } = this.#request;
    const asking = allowed.filter(({ row, attempt }) => row.class === 'confirmation' && attempt === 1);
    if (asking.length === 0) return allowed;
    const requests = asking.map(({ row }) => ({ workspaceId: row.workspace_id, address: row.address }));
    const drawn = await drawConfirmations(this.#tx, requests, now, this.#dependencies.shardCount);
    const tooMany = new Set(asking.filter((_, index) => drawn[index] !== true));
    for (const { row } of tooMany) refused.push({ shard, row, reason: 'confirmation_limit' });
    return allowed.filter((one) => !tooMany.has(one));
  }

  #write(claimed: readonly ClaimedMessage[], refused: readonly RefusedMessage[]): void {
    const { shard, now, deadline } = this.#request;
    beginAttempts(this.#tx, shard, claimed.map(({ row, attempt }) => ({ messageId: row.message_id, attempt })), now, deadline);
    postponeQueued(this.#tx, shard, refused.map(({ row }) => ({ messageId: row.message_id, until: now + REFUSAL_RETRY_MS, reason: null })));
  }
}

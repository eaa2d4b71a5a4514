import type { TrackingKey } from '@samovar/channels';
import { SECOND_MS } from '@samovar/core';
import type { Database } from '@samovar/store';
import type { Clock } from '../clock/clock.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import { composeEmail } from './compose-email.ts';
import { judgeImpossible, judgeOutcome, judgeReleased } from './judge-outcome.ts';
import type { Verdict } from './judge-outcome.ts';
import type { MailProvider } from './mail-provider.ts';
import type { ProviderPause } from './provider-pause.ts';
import type { SenderConfig } from './sender-config.ts';
import type { SendingModes } from './sending-modes.ts';
import type { SettingsCache } from './sending-settings.ts';
import { Turnstile } from './turnstile.ts';

export interface MessageSenderOptions {
  db: Database;
  clock: Clock;
  provider: MailProvider;
  modes: SendingModes;
  settings: SettingsCache;
  pause: ProviderPause;
  signingKey: TrackingKey;
  config: SenderConfig;
}

/** Mails rendered ahead per connection, so that a connection never waits for one. */
const READY_PER_CONNECTION = 2;
/** What was claimed and could not be begun in time tries again after so long. */
const RELEASE_DELAY_MS = SECOND_MS;

/** Renders claimed messages and hands them to the provider, a few more at a time than it has connections. */
export class MessageSender {
  readonly #options: MessageSenderOptions;
  readonly #turnstile: Turnstile;

  constructor(options: MessageSenderOptions) {
    this.#options = options;
    this.#turnstile = new Turnstile(options.provider.concurrency * READY_PER_CONNECTION);
  }

  /** @param startBefore on the process's own clock (`performance.now`): later the attempt must not begin. */
  async send(message: ClaimedMessage, startBefore: number): Promise<Verdict> {
    await this.#turnstile.enter();
    try {
      return await this.#attempt(message, startBefore);
    } finally {
      this.#turnstile.leave();
    }
  }

  async #attempt(message: ClaimedMessage, startBefore: number): Promise<Verdict> {
    const { db, clock, provider, modes, settings, pause, config } = this.#options;
    const { row } = message;
    const template = await settings.template(db, row.workspace_id, row.template, row.template_version);
    if (template === null) return judgeImpossible('template_missing');
    const { workspace, program } = await settings.settings(db, row.workspace_id, message.programVersion);
    const composed = composeEmail(template, { row, contact: message.contact, workspace, program, date: message.firstAttemptAt }, {
      publicUrl: config.publicUrl, hostname: config.hostname, from: config.from, signingKey: this.#options.signingKey,
    });
    if (composed.kind === 'impossible') return judgeImpossible(composed.reason);
    // From here on a stop, or a provider that went away, still holds it back.
    if (await modes.isStopped(row.workspace_id)) return judgeReleased('stopped', clock.now());
    const pausedUntil = pause.until(clock.now());
    if (pausedUntil !== null) return judgeReleased('paused', pausedUntil);
    if (performance.now() > startBefore) return judgeReleased('busy', clock.now() + RELEASE_DELAY_MS);
    const answer = await provider.send(composed.email);
    const now = clock.now();
    const verdict = judgeOutcome(answer, { class: row.class, attempt: message.attempt, expiresAt: row.expires_at_ms, now }, config);
    if (verdict.pause) pause.failed(verdict.detail ?? '', now);
    else if (verdict.outcome !== 'unknown') pause.answered();
    return verdict;
  }
}

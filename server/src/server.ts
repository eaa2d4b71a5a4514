import { mkdir } from 'node:fs/promises';
import { createDkimSigner, createEmailProvider, createTrackingKey, type EmailProvider, type TrackingKey } from '@samovar/channels';
import { ensureSigningKey, listSigningKeys, openClock, type NewRecord } from '@samovar/store';
import { systemClock, type Clock } from './clock/clock.ts';
import { clockControl, type ClockFollower } from './clock/clock-control.ts';
import { ManualClock } from './clock/manual-clock.ts';
import { Collector } from './collector/collector.ts';
import { ensureCredentials, type Credentials } from './config/credentials.ts';
import { openStore, type OpenStore } from './config/open-store.ts';
import { republishOutdated } from './definitions/republish.ts';
import type { StartOptions } from './config/start-options.ts';
import { applyFiles } from './definitions/apply-files.ts';
import { ProgramCache } from './definitions/program-cache.ts';
import { liveDefinitions, liveProgram } from './definitions/live.ts';
import { takeBack } from './definitions/take-back.ts';
import { adminRoutes } from './http/admin/admin-routes.ts';
import { listen } from './http/listen.ts';
import { publicRoutes, type PublicRoutes } from './http/public/public-routes.ts';
import { trackingRoutes } from './http/tracking/routes.ts';
import { Housekeeper } from './housekeeping/housekeeper.ts';
import { KeyRing } from './keys/key-ring.ts';
import { systemResolver } from './quality/mail-resolver.ts';
import { QualityRunner } from './quality/quality-runner.ts';
import { DEFAULT_SENDER_CONFIG, createSender, type Sender } from './sender/sender.ts';
import { WorkerMetrics } from './worker/worker-metrics.ts';
import { Worker } from './worker/worker.ts';

export interface RunningServer {
  url: string;
  /** null: this process has no web role. */
  credentials: Credentials | null;
  stop(): Promise<void>;
  /** Resolves with the reason when the server cannot go on, e.g. because its database ended. */
  stopped: Promise<string>;
}

/** Largest number of shards worked on at once by one process; more than the cores only adds waiting. */
const WORKER_LANES = 3;

/** Wires everything together: the only place that knows all parts. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o711 });
  const store = await openStore(options);
  try {
    return await new Composition(options, store).start();
  } catch (error) {
    await store.close();
    throw error;
  }
}

class Composition {
  readonly #options: StartOptions;
  readonly #store: OpenStore;
  readonly #programs = new ProgramCache();
  readonly #metrics = new WorkerMetrics();
  /** In the order in which a server ends: nothing comes in, then what is under way ends, then the database. */
  readonly #closing: (() => Promise<unknown>)[] = [];

  constructor(options: StartOptions, store: OpenStore) {
    this.#options = options;
    this.#store = store;
  }

  async start(): Promise<RunningServer> {
    try {
      return await this.#compose();
    } catch (error) {
      await this.#stop();
      throw error;
    }
  }

  async #compose(): Promise<RunningServer> {
    const { db, shardCount } = this.#store;
    const clock = await this.#clock();
    await this.#republish(clock);
    const signingKeys = await this.#signingKeys(clock);
    const listener = await listen({ host: this.#options.host, port: this.#options.port, listening: this.#runs('web'), trustProxy: this.#options.trustProxy ?? null });
    const { app, url } = listener;
    this.#closing.push(() => listener.close());
    const provider = this.#provider();
    const worker = this.#worker(clock);
    const collector = new Collector({ db, clock, shardCount, onTrouble: this.#trouble });
    collector.onAppended((shards) => worker.wake(shards));
    const sender = this.#sender(clock, provider, signingKeys, url, (shards) => worker.wake(shards));
    this.#onMessages = (shard) => sender.wake([shard]);
    const append = (records: readonly NewRecord[]): Promise<unknown> => collector.accept({ records: [...records] });
    const keys = new KeyRing(db);
    const quality = new QualityRunner({ db, clock, shardCount, resolver: this.#options.mailResolver ?? systemResolver(), append, onTrouble: this.#trouble });
    const housekeeper = new Housekeeper({ db, clock, shardCount, onTrouble: this.#trouble });
    const pages = publicRoutes(app, { db, clock, shardCount, signingKeys, append, onTrouble: this.#trouble });
    const look = (): void => void worker.look().catch((error: unknown) => this.#trouble('looking for work failed', error));
    const { publicUrl } = this.#options;
    await app.register(trackingRoutes, { clock, collector, keys, ...(publicUrl === null ? {} : { publicUrl }) });
    await adminRoutes(app, {
      db, clock, shardCount, append, sender,
      applyFiles: (request) => applyFiles({ db, clock, onPublished: look }, request),
      takeBack: (workspaceId) => takeBack({ db, clock, shardCount, onPublished: look }, workspaceId),
      liveDefinitions: (workspaceId) => liveDefinitions(db, workspaceId),
      program: (workspaceId) => liveProgram(db, this.#programs, workspaceId),
      clockControl: clockControl(db, clock, [...followers(worker, sender, pages), housekeeping(housekeeper)]),
      onKeysChanged: () => keys.forget(),
      onQualityRun: () => { if (this.#runs('worker')) quality.wake(); },
      readiness: async () => [{ name: 'database', ok: (await db.query('select 1 as one')).rowCount === 1, detail: '' }],
      metrics: async () => this.#metrics.samples(collector.counts),
      onTrouble: this.#trouble,
    });
    const credentials = this.#runs('web') ? await ensureCredentials(db, this.#options.dataDir, url, clock.now()) : null;
    await listener.open();
    if (this.#runs('worker')) worker.start();
    if (this.#runs('worker')) quality.start();
    if (this.#runs('worker')) housekeeper.start();
    if (this.#runs('sender')) sender.start();
    this.#closing.push(() => quality.stop(), () => housekeeper.stop(), () => pages.close(), () => collector.close(), () => worker.stop(), () => sender.stop(), async () => provider?.close(), () => this.#store.close());
    return { url, credentials, stop: () => this.#stop(), stopped: this.#stopped() };
  }

  #onMessages: (shard: number) => void = () => {};

  readonly #trouble = (message: string, error: unknown): void => {
    this.#options.log(`${message}: ${error instanceof Error ? error.message : String(error)}`);
  };

  #runs(role: 'web' | 'worker' | 'sender'): boolean {
    return this.#options.role === 'all' || this.#options.role === role;
  }

  async #clock(): Promise<Clock> {
    const { clock } = this.#options;
    const opened = await openClock(this.#store.db, clock.kind, clock.kind === 'manual' ? (clock.startAt ?? systemClock.now()) : systemClock.now());
    if (opened.mode !== clock.kind) {
      this.#options.log(`this database has a ${opened.mode} clock, which stays so`);
    }
    return opened.mode === 'manual' ? new ManualClock(opened.now) : systemClock;
  }

  async #republish(clock: Clock): Promise<void> {
    const outdated = await republishOutdated(this.#store.db, clock.now());
    if (outdated.length > 0) this.#options.log(`published anew in the form of this version: the definitions of ${outdated.length} workspace${outdated.length === 1 ? '' : 's'}`);
  }

  async #signingKeys(clock: Clock): Promise<TrackingKey[]> {
    await ensureSigningKey(this.#store.db, clock.now());
    return (await listSigningKeys(this.#store.db)).map((key) => createTrackingKey(key.keyId, key.secret));
  }

  #worker(clock: Clock): Worker {
    const { db, shardCount } = this.#store;
    return new Worker({
      db, clock, shardCount, programs: this.#programs, concurrency: WORKER_LANES,
      onTurn: (result, shard) => {
        this.#metrics.add(result);
        if (result.messages > 0) this.#onMessages(shard);
      },
      onError: (error) => this.#trouble('a shard could not be worked on', error),
    });
  }

  #sender(clock: Clock, provider: EmailProvider | null, signingKeys: TrackingKey[], url: string, onAppended: (shards: number[]) => void): Sender {
    const { db, shardCount } = this.#store;
    const publicUrl = this.#options.publicUrl ?? url;
    return createSender(
      { db, clock, shardCount, provider, signingKeys, onAppended, onTrouble: this.#trouble },
      { ...DEFAULT_SENDER_CONFIG, publicUrl, hostname: new URL(publicUrl).hostname, from: this.#options.from ?? null },
    );
  }

  #provider(): EmailProvider | null {
    const { smtpUrl, dkim } = this.#options;
    if (smtpUrl === null) return null;
    return createEmailProvider(smtpUrl, dkim === undefined || dkim === null ? {} : { dkim: [createDkimSigner(dkim)] });
  }

  async #stopped(): Promise<string> {
    const { embedded } = this.#store;
    return embedded === null ? new Promise<string>(() => {}) : `the database ended: ${await embedded.exited}`;
  }

  async #stop(): Promise<void> {
    for (const close of this.#closing.splice(0)) await close();
  }
}

function followers(worker: Worker, sender: Sender, pages: PublicRoutes): ClockFollower[] {
  const decisions: ClockFollower = { settle: () => worker.settle(), nextDueAt: () => worker.look() };
  const sending: ClockFollower = {
    settle: async () => {
      await pages.flush();
      if (await sender.settled()) return false;
      await sender.drain();
      return true;
    },
    nextDueAt: () => sender.nextDueAt(),
  };
  return [decisions, sending];
}

/** It never makes a clock stop: it does what is due on whichever day the clock shows. */
function housekeeping(housekeeper: Housekeeper): ClockFollower {
  return { settle: async () => (await housekeeper.tidy({ inHaste: true })) > 0, nextDueAt: async () => Infinity };
}

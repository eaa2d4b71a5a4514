import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DAY_MS, HOUR_MS, SECOND_MS, type Definition, type Millis } from '@samovar/core';
import { startServer } from '@samovar/server';
import { Driver } from './drive/driver.ts';
import { SamovarClient } from './drive/samovar-client.ts';
import { Mailbox } from './mailbox/mailbox.ts';
import type { DemoOptions } from './options.ts';
import { Shop } from './shop/shop.ts';
import type { Definitions, StoredDefinition } from './story/admin-answers.ts';
import type { State } from './story/feed.ts';
import { Newsroom } from './story/newsroom.ts';
import { planOf } from './story/plan.ts';
import { Reporter } from './story/reporter.ts';
import { startPageServer, type Pace, type PageServer } from './web/page-server.ts';

const RECIPES_DIRECTORY = fileURLToPath(new URL('../../../recipes/', import.meta.url));

/** How long a breath of the story is. */
const BREATH_MS = 60;
/** A look at the figures costs the server something, so not after every breath. */
const ROUND_MS = 400;
/** A story that fell behind does not catch up: it goes on from where it is. */
const LATE_LIMIT_MS = 2 * SECOND_MS;

/** Everything that runs, as long as it runs. */
export class Demo {
  readonly shop: Shop;
  readonly mailbox: Mailbox;
  readonly samovar: SamovarClient;
  readonly page: PageServer;
  readonly startAt: Millis;
  /** Resolves with the reason when the server ended by itself. */
  readonly broken: Promise<string>;
  readonly #driver: Driver;
  readonly #reporter: Reporter;
  readonly #newsroom: Newsroom;
  readonly #pace: Pace;
  readonly #closing: Closing;

  constructor(parts: DemoParts) {
    this.shop = parts.shop;
    this.mailbox = parts.mailbox;
    this.samovar = parts.samovar;
    this.page = parts.page;
    this.startAt = parts.startAt;
    this.broken = parts.broken;
    this.#driver = parts.driver;
    this.#reporter = parts.reporter;
    this.#newsroom = parts.newsroom;
    this.#pace = parts.pace;
    this.#closing = parts.closing;
  }

  get state(): State | null {
    return this.#newsroom.state;
  }

  get now(): Millis {
    return this.#driver.now;
  }

  /** Lets the story go on at its pace until told to stop. */
  async live(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#tell(signal), this.#report(signal)]);
  }

  /** Lets the story go on to a time, as fast as it goes. */
  async liveUntil(until: Millis): Promise<void> {
    await this.#driver.liveUntil(until, new AbortController().signal);
  }

  /** Ends everything; nothing is left behind. */
  async stop(): Promise<void> {
    await close(this.#closing);
  }

  async #tell(signal: AbortSignal): Promise<void> {
    let last = performance.now();
    while (!signal.aborted) {
      await pause(BREATH_MS);
      const now = performance.now();
      const elapsedMs = Math.min(now - last, LATE_LIMIT_MS);
      last = now;
      if (!this.#pace.paused) await this.#driver.liveUntil(this.#driver.now + elapsedMs / SECOND_MS * this.#pace.hoursPerSecond * HOUR_MS, signal);
    }
  }

  async #report(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const counts = await this.#reporter.round(this.#driver.now, this.mailbox.count);
      this.#newsroom.setState({ ...counts, now: this.#driver.now, ...this.#pace });
      for (let waited = 0; waited < ROUND_MS && !signal.aborted; waited += BREATH_MS) {
        await pause(BREATH_MS);
        this.#newsroom.setState({ ...counts, now: this.#driver.now, ...this.#pace });
      }
    }
  }
}

interface DemoParts {
  readonly shop: Shop;
  readonly mailbox: Mailbox;
  readonly samovar: SamovarClient;
  readonly page: PageServer;
  readonly startAt: Millis;
  readonly broken: Promise<string>;
  readonly driver: Driver;
  readonly reporter: Reporter;
  readonly newsroom: Newsroom;
  readonly pace: Pace;
  readonly closing: Closing;
}

/** What is to be ended, in the order in which it was begun. */
type Closing = (() => Promise<unknown>)[];

async function close(closing: Closing): Promise<void> {
  for (const end of closing.splice(0).reverse()) await end();
}

/** Starts server, mailbox, shop and page on a temporary directory. */
export async function startDemo(options: DemoOptions, log: (line: string) => void): Promise<Demo> {
  const closing: Closing = [];
  try {
    return await open(options, closing, log);
  } catch (error) {
    await close(closing);
    throw error;
  }
}

async function open(options: DemoOptions, closing: Closing, log: (line: string) => void): Promise<Demo> {
  const startAt = startOf(options);
  const shop = new Shop({ seed: options.seed, people: options.people, startAt });
  let onMail: ConstructorParameters<typeof Mailbox>[0]['onMail'] = () => {};
  const mailbox = new Mailbox({ isGone: (address) => shop.personByEmail(address)?.unreachable === true, onMail: (mail) => onMail(mail) });
  const dataDir = await mkdtemp(join(tmpdir(), 'samovar-demo-'));
  closing.push(() => rm(dataDir, { recursive: true, force: true }));
  const smtpUrl = await mailbox.start();
  closing.push(() => mailbox.stop());
  const server = await startServer({
    dataDir, databaseUrl: null, host: '127.0.0.1', port: 0, clock: { kind: 'manual', startAt }, role: 'all', smtpUrl, publicUrl: null, temporary: true, log,
  });
  closing.push(() => server.stop());
  if (server.credentials === null) throw new Error('The server gave no keys.');
  const samovar = new SamovarClient(server.url, server.credentials);
  await samovar.publish(await readRecipes());
  await samovar.importHistory(shop.begin(), startAt);

  const newsroom = new Newsroom();
  newsroom.setPlan(await readPlan(samovar, startAt));
  const reporter = new Reporter(samovar, shop, newsroom);
  const driver = new Driver(shop, samovar, startAt, (call) => reporter.noteCall(call));
  onMail = (mail) => {
    driver.take(mail);
    reporter.noteMail(mail);
  };
  const pace: Pace = { hoursPerSecond: options.hoursPerSecond, paused: false };
  const page = await startPageServer(options.port, { newsroom, mailbox, pace });
  closing.push(() => page.stop());
  return new Demo({ shop, mailbox, samovar, page, startAt, broken: server.stopped, driver, reporter, newsroom, pace, closing });
}

/** Six weeks ago, in the morning; for a checked run always the same day, since the same seed shall tell the same story. */
function startOf({ once }: DemoOptions): Millis {
  if (once) return Date.UTC(2026, 2, 2, 5);
  return Math.floor(Date.now() / DAY_MS) * DAY_MS - 42 * DAY_MS + 5 * HOUR_MS;
}

async function readRecipes(): Promise<{ path: string; text: string }[]> {
  const paths = (await readdir(RECIPES_DIRECTORY, { recursive: true })).filter((path) => path.endsWith('.yaml') && !/\.scenarios\.yaml$|node_modules/.test(path));
  return Promise.all(paths.toSorted().map(async (path) => ({ path: path.replaceAll('\\', '/'), text: await readFile(join(RECIPES_DIRECTORY, path), 'utf8') })));
}

/** What was published, as Samovar understood it. */
async function readPlan(samovar: SamovarClient, startAt: Millis): Promise<ReturnType<typeof planOf>> {
  const { items } = await samovar.read<Definitions>('/api/definitions');
  const definitions: Definition[] = [];
  for (const { kind, key } of items) definitions.push((await samovar.read<StoredDefinition>(`/api/definitions/${kind}/${key}`)).definition);
  const workspace = definitions.find((one) => one.kind === 'workspace');
  if (workspace === undefined) throw new Error('The recipes have no workspace.');
  return planOf(workspace, definitions.filter((one) => one.kind === 'journey'), definitions.filter((one) => one.kind === 'template'), startAt);
}

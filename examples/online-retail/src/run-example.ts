import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importFile, mappedEvents, readDefinitionDirectory, readImportMap, replay, systemClock } from '@samovar/server';
import type { ImportMap, ImportSummary, ReplayResult } from '@samovar/server';
import { DEFAULT_SHARD_COUNT, createShards, createWorkspace, migrate, openDatabase, startEmbedded } from '@samovar/store';

const EXAMPLE = fileURLToPath(new URL('..', import.meta.url));

export interface Figures {
  lines: number;
  orders: number;
  contacts: number;
  refunds: number;
  /** Quantity × price over all lines, with or without a customer. */
  revenue: number;
  rejectedLines: number;
  journeys: Record<string, { entered: number; contacts: number; messages: number }>;
  seconds: number;
  peakRssMb: number;
  /** Of everything that the replay decided. */
  sha256: string;
}

/** Imports the file into a fresh database, and lets the year pass through both journeys in virtual time. */
export async function runExample({ data, out }: { data: string; out: string | null }): Promise<Figures> {
  const startedAt = performance.now();
  const mapFile = join(EXAMPLE, 'mapping.yaml');
  const map = readImportMap(await readFile(mapFile, 'utf8'), mapFile);
  const summary = await importIntoFreshDatabase(data, map);
  const { report, sha256 } = await replayYear(data, map, summary.lastAt, out);
  const journeys = Object.entries(report.journeys).map(([key, { entered, contacts, messages }]) => [key, { entered, contacts, messages: messages.total }] as const);
  return {
    lines: summary.lines, orders: summary.orders, contacts: report.contacts, refunds: summary.refunds,
    revenue: Number(summary.revenue['GBP'] ?? 0), rejectedLines: summary.rejectedLines, journeys: Object.fromEntries(journeys),
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024), sha256,
  };
}

async function importIntoFreshDatabase(file: string, map: ImportMap): Promise<ImportSummary> {
  const dataDir = await mkdtemp(join(tmpdir(), 'samovar-online-retail-'));
  const embedded = await startEmbedded({ dataDir, temporary: true });
  try {
    const db = await openDatabase({ connection: embedded.connection, maxConnections: 4 });
    try {
      await migrate(db);
      await createShards(db, DEFAULT_SHARD_COUNT);
      const { workspaceId } = await createWorkspace(db, 'online-retail', systemClock.now());
      return await importFile({ db, clock: systemClock, shardCount: DEFAULT_SHARD_COUNT, workspaceId, file, map, rejectedFile: join(dataDir, 'rejected.ndjson') });
    } finally {
      await db.close();
    }
  } finally {
    await embedded.stop();
  }
}

/** The file has neither addresses nor consent, so both are assumed: the question is what would have been sent. */
async function replayYear(file: string, map: ImportMap, until: number | null, out: string | null): Promise<ReplayResult> {
  const { definitions, problems } = await readDefinitionDirectory(join(EXAMPLE, 'definitions'), EXAMPLE);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`${problem.file}:${problem.line}: ${problem.message}`);
  return replay({ events: mappedEvents(file, map), definitions: definitions.map(({ definition }) => definition), until, out, assumeAddress: true, assumeConsent: true });
}

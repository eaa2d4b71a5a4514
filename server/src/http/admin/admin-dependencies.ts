import type { Program } from '@samovar/core';
import type { Database, NewRecord, StoredDefinition } from '@samovar/store';
import type { ClockControl } from '../../clock/clock-control.ts';
import type { Clock } from '../../clock/clock.ts';
import type { ApplyRequest, ApplyResult } from '../../definitions/apply-files.ts';
import type { TakeBackResult } from '../../definitions/take-back.ts';
import type { Sender } from '../../sender/sender.ts';
import type { MetricSample } from './metric-sample.ts';

/** What the admin API needs of the rest of the server. */
export interface AdminDependencies {
  db: Database;
  clock: Clock;
  shardCount: number;
  /** Resolves after commit, having woken the workers. */
  append: (records: readonly NewRecord[]) => Promise<unknown>;
  applyFiles: (request: ApplyRequest) => Promise<ApplyResult>;
  /** Takes back the publications that are still being applied. */
  takeBack: (workspaceId: number) => Promise<TakeBackResult>;
  /** The latest publication; null: nothing was ever published. */
  liveDefinitions: (workspaceId: number) => Promise<{ version: number; live: StoredDefinition[] } | null>;
  /** The same, compiled. */
  program: (workspaceId: number) => Promise<Program | null>;
  clockControl: ClockControl;
  /** null: this process sends nothing. */
  sender: Sender | null;
  /** A key was made or revoked. */
  onKeysChanged?: () => void;
  /** There is something to do for whoever makes reports on the quality of data. */
  onQualityRun?: () => void;
  readiness: () => Promise<{ name: string; ok: boolean; detail: string }[]>;
  /** Figures of this process, besides those that the API itself knows. */
  metrics?: () => Promise<MetricSample[]>;
  onTrouble?: (message: string, error: unknown) => void;
}

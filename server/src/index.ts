export { programOf, runScenarioFile, type CaseResult } from './scenario/run-scenario-file.ts';
export { systemClock, type Clock } from './clock/clock.ts';
export { Collector, type CollectorOptions, type Submission } from './collector/collector.ts';
export { applyFiles, type ApplyDependencies, type ApplyRequest, type ApplyResult } from './definitions/apply-files.ts';
export { ProgramCache } from './definitions/program-cache.ts';
export { takeShardTurn, type ShardTurnDependencies, type ShardTurnResult } from './worker/shard-turn.ts';
export { Worker, type WorkerOptions } from './worker/worker.ts';
export { decodeOccupant, encodeOccupant } from './worker/contact-codec.ts';

export { startSink } from './email/sink.ts';
export type { Sink } from './email/sink.ts';
export type { SinkAction, SinkEnvelope, SinkOptions, SinkStep } from './email/sink-behaviour.ts';

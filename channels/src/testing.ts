export { startSink } from './email/sink.ts';
export type { Sink } from './email/sink.ts';
export type { SinkAction, SinkEnvelope, SinkOptions, SinkStep } from './email/sink-behaviour.ts';
/** The provider by itself, for benchmarks: `sendRaw` takes ready-made messages. */
export { SmtpProvider } from './email/smtp-provider.ts';
export { parseSmtpUrl } from './email/smtp-url.ts';
export { EXAMPLE_EMAIL } from './email/example-email.ts';

import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { countOutbox, readLag } from '@samovar/store';
import type { AdminDependencies } from './admin-dependencies.ts';
import type { MetricSample } from './metric-sample.ts';

const DURATIONS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** First parts of our paths; anything else is a stranger's guess and shares one name, so that guesses make no series. */
const AREAS = new Set(['v1', 'api', 'c', 'o', 'u', 'p', 'confirm', 'healthz', 'readyz', 'metrics']);

/** Measures requests and serves everything that is measured, in Prometheus' text format. */
export function metricsRoutes(app: FastifyInstance, dependencies: AdminDependencies): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'samovar_' });
  const durations = new Histogram({
    name: 'samovar_http_request_duration_seconds', help: 'Time to answer a request.', labelNames: ['area', 'method', 'status'], buckets: DURATIONS_SECONDS, registers: [registry],
  });
  // On the server itself, since requests of all routes pass there, also of those that other parts registered before.
  app.server.on('request', (request, response) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const area = /^\/([^/?]*)/.exec(request.url ?? '')?.[1] ?? '';
      const labels = { area: AREAS.has(area) ? area : 'other', method: request.method ?? '', status: `${Math.floor(response.statusCode / 100)}xx` };
      durations.observe(labels, (performance.now() - startedAt) / 1_000);
    });
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const own = await registry.metrics();
    const sampled = new Registry();
    for (const sample of [...await ownSamples(dependencies), ...await (dependencies.metrics?.() ?? [])]) register(sampled, sample);
    return reply.type(registry.contentType).send(`${own}\n${await sampled.metrics()}`);
  });
}

async function ownSamples({ db, sender }: AdminDependencies): Promise<MetricSample[]> {
  const [outbox, lag] = await Promise.all([countOutbox(db), readLag(db)]);
  const samples: MetricSample[] = [
    { name: 'samovar_messages_queued', help: 'Messages that wait to be sent.', type: 'gauge', value: outbox.queued },
    { name: 'samovar_messages_sending', help: 'Messages that are being sent.', type: 'gauge', value: outbox.sending },
    { name: 'samovar_shards_behind', help: 'Shards with records that are not decided yet.', type: 'gauge', value: lag.shardsBehind },
  ];
  if (sender === null) return samples;
  const health = sender.health();
  samples.push({ name: 'samovar_provider_paused', help: 'Whether the mail provider is left alone for a while.', type: 'gauge', value: health.state === 'paused' ? 1 : 0 });
  for (const [outcome, value] of Object.entries(sender.counts)) {
    if (typeof value === 'number') samples.push({ name: 'samovar_attempts_total', help: 'Attempts to send by how they ended.', type: 'counter', value, labels: { outcome } });
  }
  return samples;
}

function register(registry: Registry, { name, help, type, value, labels = {} }: MetricSample): void {
  const known = registry.getSingleMetric(name);
  if (known !== undefined) {
    if (known instanceof Gauge) known.set(labels, value);
    else if (known instanceof Counter) known.inc(labels, value);
    return;
  }
  const config = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  if (type === 'gauge') new Gauge(config).set(labels, value);
  else new Counter(config).inc(labels, value);
}

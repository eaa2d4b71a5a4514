import type { CollectorCounts } from '../collector/collector.ts';
import type { MetricSample } from '../http/admin/metric-sample.ts';
import type { ShardTurnResult } from './shard-turn.ts';

/** What the loops of this process have done since it started, for Prometheus. */
export class WorkerMetrics {
  #turns = 0;
  #records = 0;
  #timers = 0;
  #decisions = 0;
  #messages = 0;

  add(result: ShardTurnResult): void {
    this.#turns += 1;
    this.#records += result.records;
    this.#timers += result.timers;
    this.#decisions += result.decisions;
    this.#messages += result.messages;
  }

  samples(collector: CollectorCounts): MetricSample[] {
    const counter = (name: string, help: string, value: number): MetricSample => ({ name: `samovar_${name}_total`, help, type: 'counter', value });
    const gauge = (name: string, help: string, value: number): MetricSample => ({ name: `samovar_${name}`, help, type: 'gauge', value });
    return [
      counter('events_accepted', 'Events acknowledged.', collector.appended),
      counter('events_repeated', 'Events that had been acknowledged before.', collector.duplicates),
      counter('events_rejected', 'Items refused, kept with the reason.', collector.rejected),
      counter('requests_overloaded', 'Requests answered with 503.', collector.refused),
      gauge('events_waiting', 'Events that wait for the next commit.', collector.queuedRecords),
      counter('shard_turns', 'Transactions of the workers.', this.#turns),
      counter('records_consumed', 'Records of the log decided upon.', this.#records),
      counter('timers_fired', 'Timers that fell due.', this.#timers),
      counter('decisions', 'Decisions written down.', this.#decisions),
      counter('messages_decided', 'Messages decided.', this.#messages),
    ];
  }
}

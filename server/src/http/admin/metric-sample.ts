/** A figure that a part of the server keeps. */
export interface MetricSample {
  /** With the prefix `samovar_`, and `_total` for counters. */
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  value: number;
  labels?: Readonly<Record<string, string>>;
}

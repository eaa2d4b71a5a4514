import type { Test } from '../definition/condition.ts';
import type { Scalar } from '../event/json.ts';

/** The numbers at which the answer of a test may change. */
export function thresholdsOf(test: Test): number[] {
  const values: Scalar[] = 'values' in test ? test.values : 'value' in test ? [test.value] : 'from' in test ? [test.from, test.to] : [];
  return values.filter((value) => typeof value === 'number');
}

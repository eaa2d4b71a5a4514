/** A sum as whole units and millionths, both whole numbers: adding in any order leaves the same, which plain additions of fractions would not. */
export type ExactSum = [whole: number, millionths: number];

export function addExactly([whole, millionths]: ExactSum, value: number): ExactSum {
  const floor = Math.floor(value);
  return [whole + floor, millionths + Math.round((value - floor) * 1e6)];
}

export function joinSums(a: ExactSum, b: ExactSum): ExactSum {
  return [a[0] + b[0], a[1] + b[1]];
}

export function sumOf([whole, millionths]: ExactSum): number {
  return whole + millionths / 1e6;
}

export function exactSum(values: Iterable<number>): number {
  let sum: ExactSum = [0, 0];
  for (const value of values) sum = addExactly(sum, value);
  return sumOf(sum);
}

/** Quantile of the normal distribution for 95 %. */
const Z = 1.959_963_984_540_054;

/** A share with the bounds between which it lies in 95 of 100 samples. */
export interface Share {
  share: number;
  low: number;
  high: number;
}

/**
 * Wilson's interval, which stays within 0 and 1 and is right for shares near them, with the correction for samples that
 * are a large part of everybody: who has asked all knows.
 */
export function shareOf(hits: number, sampled: number, population: number): Share {
  if (sampled === 0) return { share: 0, low: 0, high: 1 };
  const share = hits / sampled;
  if (sampled >= population) return { share, low: share, high: share };
  const weight = (sampled * (population - 1)) / (population - sampled);
  const middle = (share + (Z * Z) / (2 * weight)) / (1 + (Z * Z) / weight);
  const half = (Z / (1 + (Z * Z) / weight)) * Math.sqrt((share * (1 - share)) / weight + (Z * Z) / (4 * weight * weight));
  return { share, low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === sampled ? 1 : Math.min(1, middle + half) };
}

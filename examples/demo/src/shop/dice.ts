/** Chance as a function of its name: the same seed and name always fall the same way, whatever else happened before. */
export class Dice {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  private constructor(state: readonly [number, number, number, number]) {
    [this.#a, this.#b, this.#c, this.#d] = state;
    for (let round = 0; round < 12; round += 1) this.number();
  }

  /** Names tell throws apart: `Dice.of(seed, 'visit', person, 3)`. */
  static of(...names: readonly (string | number)[]): Dice {
    const text = names.join('\0');
    return new Dice([hash(text, 1), hash(text, 2), hash(text, 3), hash(text, 4)]);
  }

  /** Evenly in [0, 1). (sfc32) */
  number(): number {
    const sum = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 4_294_967_296;
  }

  /** True so often. */
  chance(probability: number): boolean {
    return this.number() < probability;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.number();
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.number() * (high - low + 1));
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.number() * list.length)] ?? list[0];
  }

  /** One of several, each as likely as its weight says. */
  weighted<T>(list: readonly [readonly [T, number], ...(readonly [T, number])[]]): T {
    let left = this.number() * list.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of list) {
      left -= weight;
      if (left < 0) return item;
    }
    return list[0][0];
  }

  /** Many small values and a few large ones, half of them below `median`. */
  skewed(median: number, spread: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.number())) * Math.cos(2 * Math.PI * this.number());
    return median * Math.exp(spread * normal);
  }

  /** The time until something that happens once per `mean` on average. */
  waiting(mean: number): number {
    return -mean * Math.log(1 - this.number());
  }
}

function hash(text: string, salt: number): number {
  let value = 2_166_136_261 ^ Math.imul(salt, 2_654_435_769);
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 16_777_619);
  value ^= value >>> 15;
  return Math.imul(value, 2_246_822_519) >>> 0;
}

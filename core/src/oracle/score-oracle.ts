import type { ScoreDefinition, ScoreRule } from '../definition/score.ts';
import type { JsonObject } from '../event/json.ts';
import { DAY_MS, type Millis } from '../time.ts';

interface Told {
  name: string;
  at: Millis;
  properties: JsonObject;
}

/** All that was told of one person, and its score worked out anew from all of it: plain, slow, and sharing no code with what it judges. */
export class ScoreOracle {
  readonly told: Told[] = [];
  #traits: { at: Millis; traits: JsonObject }[] = [];
  #consent: { granted: boolean; at: Millis } | null = null;

  tell(name: string, at: Millis, properties: JsonObject): void {
    this.told.push({ name, at, properties });
  }

  identify(at: Millis, traits: JsonObject): void {
    this.#traits.push({ at, traits });
  }

  consent(granted: boolean, at: Millis): void {
    const known = this.#consent;
    if (known === null || at > known.at || (at === known.at && !granted)) this.#consent = { granted, at };
  }

  join(other: ScoreOracle, now: Millis): void {
    this.told.push(...other.told);
    this.#traits = [...this.#traits, ...other.#traits].toSorted((a, b) => a.at - b.at);
    if (this.#consent === null || other.#consent === null) this.#consent ??= other.#consent;
    else if (this.#consent.granted !== other.#consent.granted) this.#consent = { granted: false, at: now };
    else this.#consent = { granted: this.#consent.granted, at: Math.max(this.#consent.at, other.#consent.at) };
  }

  /** null: must not be scored. */
  value({ needsConsent, rules }: ScoreDefinition, at: Millis): number | null {
    if (needsConsent && !this.#mayBeScored()) return null;
    return rules.reduce((sum, rule) => sum + this.#points(rule, at), 0);
  }

  #points(rule: ScoreRule, now: Millis): number {
    if (rule.kind === 'fit') return this.#fits(rule.when.kind === 'trait', now) ? rule.points : 0;
    let sum = 0;
    for (const { name, at, properties } of this.told) {
      if (name !== rule.event || (rule.where.length > 0 && properties.x !== 1)) continue;
      const amount = rule.per === null ? 1 : typeof properties.n === 'number' ? properties.n : 0;
      sum += rule.points * amount * (rule.halfLifeMs === null ? 1 : Math.exp((-Math.LN2 * (now - at)) / rule.halfLifeMs));
    }
    return rule.cap === null ? sum : Math.sign(sum) * Math.min(Math.abs(sum), rule.cap);
  }

  #fits(byTrait: boolean, now: Millis): boolean {
    return byTrait ? this.#trait('vip') === true : this.told.some(({ name, at }) => name === 'A' && now - at <= 2 * DAY_MS);
  }

  #mayBeScored(): boolean {
    if (this.#consent !== null) return this.#consent.granted;
    return this.#trait('country') === 'US';
  }

  #trait(name: string): unknown {
    return this.#traits.findLast(({ traits }) => name in traits)?.traits[name];
  }
}

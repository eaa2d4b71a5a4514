import { formatDuration } from './duration.ts';
import { formatCondition } from './format-condition.ts';
import { formatWhere } from './format-test.ts';
import { defaultHysteresis } from './hysteresis.ts';
import { withExplicitId } from './ids-by-content.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import { ruleId } from './read-score.ts';
import type { Persona, PersonasDefinition, ScoreDefinition, ScoreRule } from './types.ts';

export function plainScore({ key, name, description, main, needsConsent, hysteresis, bands, rules }: ScoreDefinition): Plain {
  const ids = withExplicitId(rules, ruleId);
  return plainMap([
    ['score', key],
    ['name', name === key ? undefined : name],
    ['description', description ?? undefined],
    ['main', main ? true : undefined],
    ['needs consent', needsConsent ? undefined : false],
    ['hysteresis', hysteresis === defaultHysteresis(bands) ? undefined : hysteresis],
    ['bands', bands.length === 0 ? undefined : bands.map((band) => plainMap([['band', band.key], ['name', band.name === band.key ? undefined : band.name], ['from', band.from ?? undefined]]))],
    ['rules', rules.map((rule) => plainRule(rule, ids.get(rule)))],
  ]);
}

function plainRule(rule: ScoreRule, id: string | undefined): Plain {
  if (rule.kind === 'fit') return plainMap([['when', formatCondition(rule.when)], ['points', rule.points], ['label', rule.label], ['id', id]]);
  const { event, where, points, per, halfLifeMs, cap, label } = rule;
  return plainMap([
    ['event', event],
    ['where', formatWhere(where)],
    ['points', points],
    ['per', per ?? undefined],
    ['half-life', halfLifeMs === null ? undefined : formatDuration(halfLifeMs)],
    ['at most', cap ?? undefined],
    ['label', label === event ? undefined : label],
    ['id', id],
  ]);
}

export function plainPersonas({ key, name, description, needsConsent, choose, otherwise }: PersonasDefinition): Plain {
  return plainMap([
    ['personas', key],
    ['name', name === key ? undefined : name],
    ['description', description ?? undefined],
    ['needs consent', needsConsent ? undefined : false],
    ['choose', choose.map((choice) => plainMap([...plainPersona(choice), ['when', formatCondition(choice.when)]]))],
    ['otherwise', otherwise === null ? undefined : otherwise.name === otherwise.persona ? otherwise.persona : plainMap(plainPersona(otherwise))],
  ]);
}

function plainPersona({ persona, name }: Persona): (readonly [string, Plain | undefined])[] {
  return [['persona', persona], ['name', name === persona ? undefined : name]];
}

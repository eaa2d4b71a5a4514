import { z } from 'zod';
import { bandOf, mainScore, personaOf, profilingRefusal, readScore } from '@samovar/core';
import type { CompiledPersonas, CompiledScore, ContactState, Definition, PersonasDefinition, Program, ScoreDefinition, ScoreReading, Scope } from '@samovar/core';
import { instant, iso } from './admin-app.ts';

const band = z.object({ key: z.string(), name: z.string(), since: instant.nullable().describe('null: for as long as anything is known.') });
const line = z.object({
  rule: z.string(), label: z.string(), points: z.number().describe('What counts. The points of all lines sum up to the value.'), uncapped: z.number(), cap: z.number().nullable(),
  behaviour: z.object({
    event: z.string(), each: z.number().describe('Points for one.'), level: z.number().describe('How much of it there is, after what has faded.'),
    halfLifeMs: z.int().nullable(), latest: instant.nullable(),
  }).nullable(),
  fit: z.record(z.string(), z.unknown()).nullable().describe('The condition, part by part, with what is observed and whether it holds.'),
}).meta({ id: 'ScoreLine' });
const reading = z.object({
  score: z.string(), name: z.string(), main: z.boolean(), value: z.number().nullable().describe('null: no profile may be made of the contact.'), band: band.nullable(),
  next: z.object({ at: instant, band: z.string() }).nullable().describe('The next other band, if nothing happens but time.'), lines: z.array(line),
}).meta({ id: 'ScoreReading' });
const personaReading = z.object({ set: z.string(), name: z.string(), persona: band.nullable() }).meta({ id: 'PersonaReading' });

/** What is said of a contact by scores and personas. */
export const standing = z.object({
  at: instant, state: z.enum(['current', 'backfilling']).describe('`backfilling`: the contact has not been looked at under the latest definitions yet.'),
  profiling: z.object({ allowed: z.boolean(), reason: z.enum(['withdrawn', 'no_consent', 'forbidden']).nullable(), rule: z.string().nullable() }),
  temperature: z.string().nullable().describe('The band of the main score.'), scores: z.array(reading), personas: z.array(personaReading),
}).meta({ id: 'ContactScores' });

/** When a contact came into the band in which it is, and became the persona that it is. */
export interface Since {
  band: (score: CompiledScore, band: string) => number | null;
}

export function standingView(program: Program, definitions: readonly Definition[], scope: Scope, since: Since): Omit<z.infer<typeof standing>, 'state'> {
  const { contact, workspace, now } = scope;
  const refusal = profilingRefusal(contact, workspace);
  const main = mainScore(program);
  return {
    at: iso(now), profiling: { allowed: refusal === null, reason: refusal?.reason ?? null, rule: refusal?.rule ?? null },
    temperature: main === null ? null : bandOf(main, scope),
    scores: definitionsOf(definitions, 'score').flatMap((definition) => {
      const score = program.scores.get(definition.key);
      return score === undefined ? [] : [readingView(definition, score, readScore(score, scope), since)];
    }),
    personas: definitionsOf(definitions, 'personas').flatMap((definition) => {
      const set = program.personas.get(definition.key);
      return set === undefined ? [] : [personaView(definition, set, contact)];
    }),
  };
}

function readingView({ name, bands }: ScoreDefinition, score: CompiledScore, { value, band: key, next, lines }: ScoreReading, since: Since): z.infer<typeof reading> {
  return {
    score: score.key, name, main: score.main, value,
    band: key === null ? null : { key, name: bands.find((one) => one.key === key)?.name ?? key, since: iso(since.band(score, key)) },
    next: next === null ? null : { at: iso(next.at), band: next.band },
    lines: lines.map((one) => ({ ...one, behaviour: one.behaviour === null ? null : { ...one.behaviour, latest: iso(one.behaviour.latest) } })),
  };
}

function personaView({ name }: PersonasDefinition, set: CompiledPersonas, contact: ContactState): z.infer<typeof personaReading> {
  const persona = personaOf(set, contact);
  return { set: set.key, name, persona: persona === null ? null : { ...persona, since: iso(persona.since) } };
}

export function definitionsOf<Kind extends Definition['kind']>(definitions: readonly Definition[], kind: Kind): Extract<Definition, { kind: Kind }>[] {
  return definitions.filter((definition): definition is Extract<Definition, { kind: Kind }> => definition.kind === kind);
}

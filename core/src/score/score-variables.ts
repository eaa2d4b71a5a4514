import type { ContactState } from '../contact/contact-state.ts';
import type { JsonObject } from '../event/json.ts';
import { put } from '../event/own.ts';
import type { Program } from '../program/program.ts';
import type { Millis } from '../time.ts';
import { bandOf, mainScore, personaOf } from './explain-score.ts';
import { scoreValue } from './score-value.ts';

/**
 * Scores, bands and personas of a contact as templates see them: `{{ score.KEY }}` (rounded to hundredths),
 * `{{ band.KEY }}`, `{{ temperature }}` (the band of the main score) and `{{ persona.SET }}`. They stand beside `contact`,
 * so that no trait of that name is in their way. null where there is none, or no profile may be made.
 */
export function scoreVariables(program: Pick<Program, 'scores' | 'personas' | 'workspace'>, contact: ContactState, now: Millis): JsonObject {
  const scope = { contact, now, workspace: program.workspace, enrollment: null };
  const score: JsonObject = {};
  const band: JsonObject = {};
  const persona: JsonObject = {};
  for (const one of program.scores.values()) {
    const value = scoreValue(one, scope);
    put(score, one.key, value === null ? null : Math.round(value * 100) / 100);
    put(band, one.key, bandOf(one, scope));
  }
  for (const set of program.personas.values()) put(persona, set.key, personaOf(set, contact)?.key ?? null);
  const main = mainScore(program);
  return { score, band, temperature: main === null ? null : bandOf(main, scope), persona };
}

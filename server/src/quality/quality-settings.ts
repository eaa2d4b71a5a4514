import { z } from 'zod';
import { COUNTRY_TRAITS, traitsUsedBy } from '@samovar/core';
import type { Definition } from '@samovar/core';
import { readQualitySettings } from '@samovar/store';
import type { Queryable } from '@samovar/store';
import type { ReportQuestions } from './report-progress.ts';

/** Traits of each kind that a report looks at. */
const TRAIT_LIMIT = 50;
const traits = z.array(z.string().min(1).max(200)).max(TRAIT_LIMIT);

/** What a workspace chooses to look at. */
export const qualitySettings = z.strictObject({
  expectedTraits: traits.nullable().default(null).describe('Traits that every contact should have. null: those that definitions use.'),
  countryTraits: traits.nullable().default(null).describe('Traits that hold countries, and properties as `EVENT/property`. null: the usual ones.'),
  categoryTraits: traits.default([]).describe('Traits that hold one of a few words, such as a plan, and properties as `EVENT/property`.'),
}).meta({ id: 'QualitySettings' });

export type QualitySettings = z.infer<typeof qualitySettings>;

export async function settingsOf(db: Queryable, workspaceId: number): Promise<QualitySettings> {
  return qualitySettings.parse((await readQualitySettings(db, workspaceId)) ?? {});
}

/** What a report asks that begins now. */
export function questionsOf(settings: QualitySettings, definitions: readonly Definition[], checkDomains: boolean): ReportQuestions {
  const { expectedTraits, countryTraits, categoryTraits } = settings;
  const countries = countryTraits ?? COUNTRY_TRAITS;
  return {
    expectedTraits: expectedTraits ?? traitsUsedBy(definitions).slice(0, TRAIT_LIMIT), countryTraits: countries,
    categoryTraits: categoryTraits.filter((trait) => !countries.includes(trait)), checkDomains,
  };
}

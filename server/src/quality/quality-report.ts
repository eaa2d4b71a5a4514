import { canonicalCountry, figuresOf, proposeValues } from '@samovar/core';
import type { Cohort, Figure, ProposedValue } from '@samovar/core';
import { readValues } from '@samovar/store';
import type { QualityRun, Queryable } from '@samovar/store';
import { VALUE_LIMIT } from './examine-slice.ts';
import type { ReportProgress, ReportQuestions } from './report-progress.ts';
import { isSilent } from './source-summary.ts';

export interface ReportSource {
  source: string;
  name: string;
  events: number;
  lastAt: number;
  silent: boolean;
}

/** A finished report as people read it. */
export interface QualityReport {
  contacts: number;
  figures: (Figure & { groups: number | null })[];
  cohorts: Cohort[];
  sources: ReportSource[];
  warnings: string[];
}

/** Everything that a report says. Values are judged by what people have decided up to now, not up to when it was made. */
export async function readReport(db: Queryable, run: QualityRun): Promise<QualityReport> {
  const { tally, groups, sources, values, domainsGivenUp } = run.progress as ReportProgress;
  const questions = run.questions as ReportQuestions;
  const perTrait = await valueFigures(db, run);
  const figures = figuresOf(tally, questions).flatMap((figure): QualityReport['figures'] => {
    if (figure.group === 'duplicates') return [{ ...figure, groups: groups[figure.key.slice('duplicate-'.length)] ?? 0 }];
    if (figure.group !== 'values') return [{ ...figure, groups: null }];
    const counted = perTrait.get(figure.title);
    return counted === undefined ? [] : [{ ...figure, ...counted, groups: null }];
  });
  const seen = sources.map(({ days, ...rest }) => ({ ...rest, silent: isSilent({ ...rest, days }, run.startedAt) })).sort((a, b) => b.lastAt - a.lastAt || (a.name < b.name ? -1 : 1));
  const cohorts = Object.values(tally.cohorts).sort((a, b) => (a.month < b.month ? -1 : 1));
  return { contacts: tally.contacts, figures, cohorts, sources: seen, warnings: warningsOf(questions, domainsGivenUp, values, seen) };
}

async function valueFigures(db: Queryable, run: QualityRun): Promise<Map<string, { contacts: number; of: number }>> {
  const { countryTraits, categoryTraits } = run.questions as ReportQuestions;
  const traits = [...countryTraits, ...categoryTraits];
  const proposals = await proposedValues(db, run, traits);
  return new Map([...proposals].map(([trait, values]) => {
    const sum = (some: readonly ProposedValue[]): number => some.reduce((total, { contacts }) => total + contacts, 0);
    return [trait, { contacts: sum(values.filter(isWrong)), of: sum(values) }];
  }));
}

/** Whether a value should be another one, or nobody knows what it should be. */
export function isWrong({ value, canonical }: ProposedValue): boolean {
  return canonical !== value;
}

/** Values of the traits of a report with what should be written instead. */
export async function proposedValues(db: Queryable, run: QualityRun, traits: readonly string[]): Promise<Map<string, ProposedValue[]>> {
  const { countryTraits } = run.questions as ReportQuestions;
  const byTrait = new Map<string, Awaited<ReturnType<typeof readValues>>>();
  for (const value of await readValues(db, run, traits)) byTrait.set(value.trait, [...(byTrait.get(value.trait) ?? []), value]);
  return new Map([...byTrait].map(([trait, values]) => [trait, proposeValues(countryTraits.includes(trait) ? 'country' : 'category', values)]));
}

/** Whether a text may stand for a country. */
export function isCountryCode(text: string): boolean {
  return /^[A-Z]{2}$/.test(text) && canonicalCountry(text) === text;
}

function warningsOf(questions: ReportQuestions, domainsGivenUp: boolean, values: Readonly<Record<string, number>>, sources: readonly ReportSource[]): string[] {
  return [
    ...(questions.checkDomains ? [] : ['The domains of addresses were not checked, as was asked.']),
    ...(domainsGivenUp ? ['Asking about the domains of addresses was given up: no name server answered, it answered what cannot be so, or there were too many questions. The rest counts as not checked.'] : []),
    ...Object.entries(values).filter(([, count]) => count >= VALUE_LIMIT).map(([trait, count]) => `${trait} has more than ${count} different values and is no category.`),
    ...sources.filter(({ silent }) => silent).map(({ source, name, lastAt }) => `${name} from ${source} came daily and has not come since ${new Date(lastAt).toISOString().slice(0, 16)}Z.`),
  ];
}

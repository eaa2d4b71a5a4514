import { z } from 'zod';
import { formatDuration } from './duration.ts';
import { describe, optional, readFields, readLine, readList, readWord, required } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { CONSENT_DEMANDS } from './consent-types.ts';
import type { ConsentDemand, ConsentRule, ConsentRules, CountryGroup } from './consent-types.ts';
import { canonicalCountry } from './locale.ts';
import { plainMap } from './plain.ts';
import type { Plain } from './plain.ts';
import { readDuration } from './read-values.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

const OPT_IN: ConsentRule = { marketing: 'opt-in', legitimateInterest: 'opt-in', profiling: 'opt-in' };
const DEFAULT_OTHERS: ConsentRule = { marketing: 'opt-in', legitimateInterest: 'opt-out', profiling: 'opt-out' };

/** What holds for what a workspace does not say. */
export const DEFAULT_CONSENT_RULES: ConsentRules = { groups: [], europe: OPT_IN, others: DEFAULT_OTHERS, unknown: OPT_IN, confirmWithinMs: 7 * 86_400_000 };

export function readConsentRules(reading: Reading, tree: Tree): ConsentRules {
  const fields = readFields(reading, tree, '`consent`', keysOf('consentRules'));
  if (fields === null) return DEFAULT_CONSENT_RULES;
  const others = optional(reading, fields, 'others', readRule(DEFAULT_OTHERS), DEFAULT_OTHERS);
  const groups = optional(reading, fields, 'groups', (_, list) => readList(reading, list, '`groups`', readGroup), []);
  return {
    groups: groups.flatMap((group) => group ?? []),
    europe: optional(reading, fields, 'europe', readRule(OPT_IN), OPT_IN),
    others,
    unknown: optional(reading, fields, 'unknown country', readRule(OPT_IN), OPT_IN),
    confirmWithinMs: optional(reading, fields, 'confirm within', readDuration, DEFAULT_CONSENT_RULES.confirmWithinMs),
  };
}

function readRule(defaults: ConsentRule) {
  return (reading: Reading, tree: Tree): ConsentRule => {
    const fields = readFields(reading, tree, 'A rule of consent', keysOf('consentRule'));
    return fields === null ? defaults : demandsOf(reading, fields, defaults);
  };
}

function demandsOf(reading: Reading, fields: NonNullable<ReturnType<typeof readFields>>, defaults: ConsentRule): ConsentRule {
  const demand = readWord(CONSENT_DEMANDS);
  return {
    marketing: optional(reading, fields, 'marketing', demand, defaults.marketing),
    legitimateInterest: optional(reading, fields, 'legitimate interest', demand, defaults.legitimateInterest),
    profiling: optional(reading, fields, 'profiling', demand, defaults.profiling),
  };
}

/** What a group does not say is as careful as it can be. */
function readGroup(reading: Reading, tree: Tree): CountryGroup | null {
  const fields = readFields(reading, tree, 'A group of countries', keysOf('consentGroup'));
  if (fields === null) return null;
  return {
    name: required(reading, fields, 'name', readLine(DEFINITION_LIMITS.maxKeyLength), ''),
    countries: required(reading, fields, 'countries', (_, list) => readCountries(reading, list), []),
    ...demandsOf(reading, fields, OPT_IN),
  };
}

function readCountries(reading: Reading, tree: Tree): string[] {
  const countries = readList(reading, tree, '`countries`', readCountry);
  if (tree.kind === 'list' && countries.length === 0) report(reading, tree, 'empty', 'The group has no countries.', 'Add ISO codes, e.g. `[AE, SA]`.');
  return [...new Set(countries)];
}

function readCountry(reading: Reading, tree: Tree): string {
  if (tree.kind !== 'scalar') {
    report(reading, tree, 'wrong_type', `This must be a country, not ${describe(tree)}.`, 'Write an ISO 3166-1 code of two letters, e.g. `DE`.');
    return '';
  }
  const text = readLine()(reading, tree);
  const country = canonicalCountry(text);
  if (country === null && text !== '') report(reading, tree, 'invalid_country', `\`${text}\` is not a country.`, 'Write an ISO 3166-1 code of two letters, e.g. `DE`.');
  return country ?? '';
}

/** As it is written; undefined where everything is the default. */
export function plainConsentRules(rules: ConsentRules): Plain | undefined {
  const rule = (of: ConsentRule, defaults: ConsentRule): Plain | undefined => {
    const demands = plainMap(plainDemands(of, defaults));
    return demands.size === 0 ? undefined : demands;
  };
  const plain = plainMap([
    ['europe', rule(rules.europe, OPT_IN)],
    ['groups', rules.groups.length === 0 ? undefined : rules.groups.map((group) => plainMap([['name', group.name], ['countries', group.countries], ...plainDemands(group, OPT_IN)]))],
    ['others', rule(rules.others, DEFAULT_OTHERS)],
    ['unknown country', rule(rules.unknown, OPT_IN)],
    ['confirm within', rules.confirmWithinMs === DEFAULT_CONSENT_RULES.confirmWithinMs ? undefined : formatDuration(rules.confirmWithinMs)],
  ]);
  return plain.size === 0 ? undefined : plain;
}

function plainDemands(rule: ConsentRule, defaults: ConsentRule): (readonly [string, Plain | undefined])[] {
  const unless = (demand: ConsentDemand, fallback: ConsentDemand): Plain | undefined => (demand === fallback ? undefined : demand);
  return [
    ['marketing', unless(rule.marketing, defaults.marketing)],
    ['legitimate interest', unless(rule.legitimateInterest, defaults.legitimateInterest)],
    ['profiling', unless(rule.profiling, defaults.profiling)],
  ];
}

const demand = z.enum(CONSENT_DEMANDS);
const rule = { marketing: demand, legitimateInterest: demand, profiling: demand };

export const consentRulesSchema = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string().min(1).max(DEFINITION_LIMITS.maxKeyLength), countries: z.array(z.string().regex(/^[A-Z]{2}$/)).min(1), ...rule })),
  europe: z.strictObject(rule),
  others: z.strictObject(rule),
  unknown: z.strictObject(rule),
  confirmWithinMs: z.int().positive().max(DEFINITION_LIMITS.maxDurationMs).default(DEFAULT_CONSENT_RULES.confirmWithinMs),
}) satisfies z.ZodType<ConsentRules>;

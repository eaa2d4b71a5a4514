import { COUNTRY_TRAITS } from '../country/country-of.ts';
import { traitsOfFact } from '../contact/facts.ts';
import { PLACE_TRAITS } from '../segment/near.ts';
import { ProgramError } from './program-error.ts';
import type { CompiledSegment, Dependents, Predicate } from './program.ts';

/** Whether time alone can change the answer. */
export function isTimed(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'all': case 'any': case 'none': return predicate.of.some(isTimed);
    case 'trait': return predicate.held !== null;
    case 'date': return true;
    case 'leaf': return predicate.withinMs !== null;
    case 'figure': return predicate.fromMs !== null || predicate.toMs > 0;
    case 'sequence': return predicate.question.lastMs !== null || predicate.question.outcome === 'missing';
    case 'orders': return predicate.period.kind === 'within' || predicate.period.kind === 'ago';
    case 'score': case 'band':
      return predicate.score.rules.some((rule) => (rule.kind === 'fit' ? isTimed(rule.predicate) : rule.halfLifeMs !== null));
    case 'segment': case 'list': case 'tag': case 'consent': case 'journey': case 'profiled': case 'predicted': case 'fact': case 'near': case 'bucket': case 'trigger': case 'message':
      return false;
  }
}

/** Whether the answer depends on the contact's id, so that even two of whom nothing is known differ. */
export function isDrawnByLot(predicate: Predicate): boolean {
  if ('of' in predicate) return predicate.of.some(isDrawnByLot);
  if (predicate.kind === 'score' || predicate.kind === 'band') return predicate.score.rules.some((rule) => rule.kind === 'fit' && isDrawnByLot(rule.predicate));
  return predicate.kind === 'bucket';
}

/** By what may change: the segments to look at again then. */
export function dependentsOf(segments: readonly CompiledSegment[]): Dependents {
  const dependents: Dependents = {
    leaf: new Map(), trait: new Map(), segment: new Map(), list: new Map(), journey: new Map(), predicted: new Map(), tag: [], consent: [], orders: [], facts: [],
  };
  segments.forEach(({ predicate }, position) => noteUses(predicate, position, dependents));
  return dependents;
}

function noteUses(predicate: Predicate, position: number, dependents: Dependents): void {
  switch (predicate.kind) {
    case 'all': case 'any': case 'none':
      for (const inner of predicate.of) noteUses(inner, position, dependents);
      return;
    case 'trait': note(dependents.trait, predicate.root, position); return;
    case 'date':
      for (const trait of [predicate.root, 'timezone']) note(dependents.trait, trait, position);
      return;
    case 'leaf': case 'figure': case 'sequence': note(dependents.leaf, predicate.leaf.key, position); return;
    case 'orders': noteOnce(dependents.orders, position); return;
    case 'segment': note(dependents.segment, predicate.segment, position); return;
    case 'list': note(dependents.list, predicate.list, position); return;
    case 'journey': note(dependents.journey, predicate.journey, position); return;
    case 'predicted': note(dependents.predicted, predicate.name, position); return;
    case 'fact':
      noteOnce(dependents.facts, position);
      for (const trait of traitsOfFact(predicate.fact)) note(dependents.trait, trait, position);
      return;
    case 'near':
      for (const trait of PLACE_TRAITS) note(dependents.trait, trait, position);
      return;
    case 'score': case 'band':
      for (const rule of predicate.score.rules) {
        if (rule.kind === 'fit') noteUses(rule.predicate, position, dependents);
        else note(dependents.leaf, rule.leaf.key, position);
      }
      if (predicate.score.needsConsent) noteUses({ kind: 'profiled' }, position, dependents);
      return;
    case 'profiled':
      noteOnce(dependents.consent, position);
      for (const trait of COUNTRY_TRAITS) note(dependents.trait, trait, position);
      return;
    case 'tag': noteOnce(dependents.tag, position); return;
    case 'consent': noteOnce(dependents.consent, position); return;
    case 'bucket': return;
    case 'trigger': case 'message':
      throw new ProgramError('journey_only', 'conditions on the trigger or on a message belong in journeys');
  }
}

function note(map: Map<string, number[]>, key: string, position: number): void {
  const positions = map.get(key);
  if (positions === undefined) map.set(key, [position]);
  else noteOnce(positions, position);
}

function noteOnce(positions: number[], position: number): void {
  if (!positions.includes(position)) positions.push(position);
}

import type { ContactState } from '../contact/contact-state.ts';
import type { WorkspaceDefinition } from '../definition/definition.ts';
import type { BehaviourRule, FitRule, PersonasDefinition, ScoreBand, ScoreDefinition, ScoreRule } from '../definition/score.ts';
import { DEFAULT_WORKSPACE } from '../program/compile.ts';
import type { Scope } from '../program/scope.ts';
import type { Millis } from '../time.ts';

/** A score of everybody, named `s`, with the bands cold, warm (from 20) and hot (from 60). */
export function scoreOf(rules: ScoreRule[], more: Partial<ScoreDefinition> = {}): ScoreDefinition {
  return { kind: 'score', key: 's', name: 'S', description: null, main: true, needsConsent: false, hysteresis: 0, bands: BANDS, rules, ...more };
}

export const BANDS: ScoreBand[] = [{ key: 'cold', name: 'Cold', from: null }, { key: 'warm', name: 'Warm', from: 20 }, { key: 'hot', name: 'Hot', from: 60 }];

export function pointsFor(event: string, points: number, more: Partial<BehaviourRule> = {}): BehaviourRule {
  return { kind: 'behaviour', id: event.toLowerCase(), label: event, event, where: [], points, per: null, halfLifeMs: null, cap: null, ...more };
}

export function fitPointsFor(id: string, points: number, when: FitRule['when']): FitRule {
  return { kind: 'fit', id, label: id, points, when };
}

export function personasOf(choose: PersonasDefinition['choose'], more: Partial<PersonasDefinition> = {}): PersonasDefinition {
  return { kind: 'personas', key: 'p', name: 'P', description: null, needsConsent: false, choose, otherwise: null, ...more };
}

/** A contact as it is asked about at an instant. */
export function scopeAt(contact: ContactState, now: Millis, workspace: WorkspaceDefinition = DEFAULT_WORKSPACE): Scope {
  return { contact, now, workspace, enrollment: null };
}

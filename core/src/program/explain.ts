import { consentStanding } from '../contact/consent.ts';
import { traitAt, traitValuesAt } from '../contact/traits.ts';
import type { EventFilter } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { valueAt } from '../event/path.ts';
import { factOf } from '../contact/facts.ts';
import { own } from '../event/own.ts';
import { profilingRefusal } from '../gate/may-profile.ts';
import { scoreValue } from '../score/score-value.ts';
import { ordersFigure } from '../segment/orders-figure.ts';
import { holds } from './evaluate.ts';
import type { Scope } from './scope.ts';
import { figureOf, isIncomplete, leafCount } from './leaf-predicates.ts';
import type { Predicate } from './program.ts';

/** The predicate's answer with the values on which it rests, part by part. */
export function explain(predicate: Predicate, scope: Scope): JsonObject {
  if ('of' in predicate) return { [predicate.kind]: predicate.of.map((inner) => explain(inner, scope)), holds: holds(predicate, scope) };
  return { ...describe(predicate), observed: observed(predicate, scope), holds: holds(predicate, scope) };
}

/** The first part that keeps a predicate from holding; small enough to be stored with a refusal. */
export function firstFailure(predicate: Predicate, scope: Scope): JsonObject {
  if (predicate.kind === 'all') {
    const failed = predicate.of.find((inner) => !holds(inner, scope));
    if (failed !== undefined) return firstFailure(failed, scope);
  }
  if (predicate.kind === 'none') {
    const held = predicate.of.find((inner) => holds(inner, scope));
    if (held !== undefined) return { none: explain(held, scope) };
  }
  return explain(predicate, scope);
}

type Simple = Exclude<Predicate, { kind: 'all' | 'any' | 'none' }>;

function describe(predicate: Simple): JsonObject {
  switch (predicate.kind) {
    case 'trait': return { trait: predicate.path, test: { ...predicate.test }, ...(predicate.held === null ? {} : { held: { ...predicate.held } }) };
    case 'trigger': return { trigger: predicate.path, test: { ...predicate.test } };
    case 'date': return { date: predicate.path, when: { ...predicate.when } };
    case 'leaf': return {
      ...eventOf(predicate.leaf), times: { ...predicate.times }, withinMs: predicate.withinMs, since: predicate.since, ...(predicate.leaf.dates === null ? {} : { dates: { ...predicate.leaf.dates } }),
    };
    case 'figure': return {
      ...eventOf(predicate.leaf), figure: predicate.figure, test: { ...predicate.test }, fromMs: predicate.fromMs, toMs: predicate.toMs,
      ...('property' in predicate.leaf.shape ? { property: predicate.leaf.shape.property } : {}), ...(predicate.leaf.dates === null ? {} : { dates: { ...predicate.leaf.dates } }),
    };
    case 'sequence': return { ...eventOf(predicate.leaf), ...sequenceOf(predicate) };
    case 'orders': return { orders: predicate.figure, test: { ...predicate.test }, period: { ...predicate.period } };
    case 'list': return { list: predicate.list };
    case 'journey': return { journey: predicate.journey, status: predicate.status, reason: predicate.reason };
    case 'score': return { score: predicate.score.key, test: { ...predicate.test } };
    case 'band': return { score: predicate.score.key, from: predicate.from, hysteresis: predicate.score.hysteresis };
    case 'profiled': return { profiled: true };
    case 'predicted': return { predicted: predicate.name, test: { ...predicate.test } };
    case 'fact': return { fact: predicate.fact, test: { ...predicate.test } };
    case 'near': return { near: [predicate.latitude, predicate.longitude], radiusKm: predicate.radiusKm };
    case 'bucket': return { bucket: predicate.salt, fromPercent: predicate.fromPercent, toPercent: predicate.toPercent };
    case 'segment': return { segment: predicate.segment };
    case 'tag': return { tag: predicate.tag };
    case 'consent': return { consent: predicate.channel, topic: predicate.topic };
    case 'message': return { message: predicate.step, outcome: predicate.outcome };
  }
}

function eventOf({ event, where }: EventFilter): JsonObject {
  return { event, where: where.map(({ path, test }) => ({ path, test: { ...test } })) };
}

function sequenceOf({ leaf, question }: Extract<Predicate, { kind: 'sequence' }>): JsonObject {
  const { shape } = leaf;
  return { ...(shape.kind === 'sequence' ? { second: eventOf(shape.second), key: shape.key } : {}), ...question };
}

function observed(predicate: Simple, scope: Scope): Json {
  const { contact, enrollment } = scope;
  switch (predicate.kind) {
    case 'trait': return only(traitValuesAt(contact, predicate.root, predicate.path));
    case 'date': return traitAt(contact, predicate.root, predicate.path) ?? null;
    case 'trigger': return enrollment === null ? null : (valueAt(enrollment.data, predicate.path) ?? null);
    case 'leaf': return leafCount(predicate, scope);
    case 'figure': return isIncomplete(predicate, scope) ? { atLeast: figureOf(predicate, scope) } : figureOf(predicate, scope);
    case 'orders': return ordersFigure(predicate, scope);
    case 'score': case 'band': return scoreValue(predicate.score, scope);
    case 'profiled': return profilingRefusal(contact, scope.workspace)?.reason ?? true;
    case 'predicted': return own(contact.predictions, predicate.name)?.value ?? null;
    case 'fact': return factOf(contact, predicate.fact);
    case 'consent': {
      const standing = consentStanding(contact, predicate.channel, predicate.topic);
      return standing === 'none' ? null : standing;
    }
    case 'sequence': case 'segment': case 'list': case 'tag': case 'journey': case 'near': case 'bucket': case 'message': return holds(predicate, scope);
  }
}

/** One value as it is, several as a list. */
function only(values: readonly (Json | undefined)[]): Json {
  const [first = null] = values;
  return values.length === 1 ? first : values.map((value) => value ?? null);
}

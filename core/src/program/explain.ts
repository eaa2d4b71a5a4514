import { traitAt } from '../contact/traits.ts';
import type { Json, JsonObject } from '../event/json.ts';
import { valueAt } from '../event/path.ts';
import { holds, leafCount, type Scope } from './evaluate.ts';
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
    case 'trait': case 'trigger': return { [predicate.kind]: predicate.path, test: { ...predicate.test } };
    case 'leaf': return {
      event: predicate.leaf.event, where: predicate.leaf.where.map(({ path, test }) => ({ path, test: { ...test } })),
      times: { ...predicate.times }, withinMs: predicate.withinMs, since: predicate.since,
    };
    case 'segment': return { segment: predicate.segment };
    case 'tag': return { tag: predicate.tag };
    case 'consent': return { consent: predicate.channel, topic: predicate.topic };
    case 'message': return { message: predicate.step, outcome: predicate.outcome };
  }
}

function observed(predicate: Simple, scope: Scope): Json {
  const { contact, enrollment } = scope;
  switch (predicate.kind) {
    case 'trait': return traitAt(contact, predicate.root, predicate.path) ?? null;
    case 'trigger': return enrollment === null ? null : (valueAt(enrollment.data, predicate.path) ?? null);
    case 'leaf': return leafCount(predicate, scope);
    case 'consent': return contact.consents[predicate.topic === null ? predicate.channel : `${predicate.channel}/${predicate.topic}`]?.state ?? null;
    case 'segment': case 'tag': case 'message': return holds(predicate, scope);
  }
}

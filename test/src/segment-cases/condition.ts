import type { Condition, EventFilter, Period, PropertyTest, Scalar, Test, Times } from '@samovar/contract';
import { CaseError, fieldsOf, instantOf, listOf, mapOf, numberOf, textOf, wholeOf } from './place.ts';
import type { Fields } from './place.ts';

/** Keys of segments by the names that the file gives them. */
export type SegmentKeys = ReadonlyMap<string, string>;

const SECOND_MS = 1000;
const NEVER: Times = { op: 'exactly', count: 0 };
const ONCE: Times = { op: 'at-least', count: 1 };
const NOTES = ['note', 'comment', 'description'];

/**
 * A condition of the neutral form in Samovar's own terms.
 * @throws CaseError where the form says something that is not known, or that Samovar cannot express
 */
export function conditionOf(value: unknown, place: string, segments: SegmentKeys): Condition {
  const inner = (one: unknown, at: string): Condition => conditionOf(one, at, segments);
  const form = mapOf(value, place);
  if ('all' in form || 'any' in form || 'none' in form) {
    const kind = 'all' in form ? 'all' : 'any' in form ? 'any' : 'none';
    const of = listOf(fieldsOf(value, place, [kind, ...NOTES])[kind], `${place}.${kind}`);
    if (of.length === 0) throw new CaseError(`${place}.${kind}`, 'is empty');
    return { kind, of: of.map((one, index) => inner(one, `${place}.${kind}[${index}]`)) };
  }
  if ('not' in form) return not(inner(fieldsOf(value, place, ['not', ...NOTES]).not, `${place}.not`));
  if ('trait' in form) return traitCondition(form, place);
  if ('event' in form) return eventCondition(form, place);
  if ('last_event' in form) return lastEventCondition(form, place);
  if ('segment' in form) return { kind: 'segment', segment: segmentOf(fieldsOf(value, place, ['segment', ...NOTES]).segment, `${place}.segment`, segments) };
  if ('not_in_segment' in form) return not({ kind: 'segment', segment: segmentOf(fieldsOf(value, place, ['not_in_segment', ...NOTES]).not_in_segment, `${place}.not_in_segment`, segments) });
  throw new CaseError(place, `no condition is known that is made of ${Object.keys(form).join(', ') || 'nothing'}`);
}

function not(condition: Condition): Condition {
  return { kind: 'none', of: [condition] };
}

function segmentOf(value: unknown, place: string, segments: SegmentKeys): string {
  const key = segments.get(textOf(value, place));
  if (key === undefined) throw new CaseError(place, `there is no segment ${textOf(value, place)}`);
  return key;
}

const HELD: Readonly<Record<string, 'at-least' | 'more-than' | 'less-than'>> = {
  has_been_for_less_than: 'less-than', has_been_for_at_least: 'at-least', has_been_for_gte: 'at-least', has_been_for_greater_than_or_equal: 'at-least', has_been_for_more_than: 'more-than', has_been_for_greater_than: 'more-than',
};

function traitCondition(form: Fields, place: string): Condition {
  const path = textOf(form.trait, `${place}.trait`);
  const op = textOf(form.op, `${place}.op`);
  const seconds = (): number => numberOf(form.seconds, `${place}.seconds`) * SECOND_MS;
  const held = HELD[op];
  if (held !== undefined) {
    fieldsOf(form, place, ['trait', 'op', 'value', 'seconds', ...NOTES]);
    const test: Test = { op: 'is', value: scalarOf(form.value, `${place}.value`) };
    return { kind: 'trait', path, test, held: held === 'more-than' ? { op: 'at-least', ms: seconds() + 1 } : { op: held, ms: seconds() } };
  }
  if (op === 'within_last' || op === 'within_next') {
    fieldsOf(form, place, ['trait', 'op', 'seconds', ...NOTES]);
    return { kind: 'date', path, when: op === 'within_last' ? { kind: 'relative', fromMs: -seconds(), toMs: 0 } : { kind: 'relative', fromMs: 0, toMs: seconds() } };
  }
  fieldsOf(form, place, ['trait', 'op', 'value', ...NOTES]);
  if (NEGATED.has(op)) return not({ kind: 'trait', path, test: testOf(op.replace('not_', ''), form, place), held: null });
  return { kind: 'trait', path, test: testOf(op, form, place), held: null };
}

const NEGATED: ReadonlySet<string> = new Set(['not_contains', 'array_not_contains', 'not_starts_with', 'not_ends_with', 'not_matches', 'not_between']);

const ORDERED = {
  gt: 'more-than', '>': 'more-than', greater_than: 'more-than', gte: 'at-least', '>=': 'at-least', greater_than_or_equal: 'at-least',
  lt: 'less-than', '<': 'less-than', less_than: 'less-than', lte: 'at-most', '<=': 'at-most', less_than_or_equal: 'at-most',
} as const;

/** `eq` and its kin: a comparison of one value, which never takes a number for a text. */
function testOf(op: string, { value }: Fields, place: string): Test {
  const at = `${place}.value`;
  if (isOrdered(op)) return { op: ORDERED[op], value: orderedOf(value, at) };
  switch (op) {
    case 'eq': case '=': case 'equals': return { op: 'is', value: scalarOf(value, at) };
    case 'neq': case 'ne': case '!=': case 'not_equals': return { op: 'is-not', value: scalarOf(value, at) };
    case 'in': case 'not_in': return { op: op === 'in' ? 'in' : 'not-in', values: scalarsOf(value, at) };
    case 'exists': return { op: 'exists' };
    case 'not_exists': return { op: 'missing' };
    // Members of an array only: `contains` would find parts of a text, too.
    case 'array_contains': return { op: 'contains-any', values: [scalarOf(value, at)] };
    case 'array_contains_any': return { op: 'contains-any', values: scalarsOf(value, at) };
    case 'array_contains_all': return { op: 'contains-all', values: scalarsOf(value, at) };
    case 'contains': return { op: 'contains', value: scalarOf(value, at) };
    case 'starts_with': return { op: 'starts-with', value: textOf(value, at) };
    case 'ends_with': return { op: 'ends-with', value: textOf(value, at) };
    case 'matches': case 'regex': return { op: 'matches', pattern: textOf(value, at) };
    case 'between': {
      const [from, to, ...rest] = listOf(value, at);
      if (rest.length > 0) throw new CaseError(at, 'must be a list of two');
      return { op: 'between', from: orderedOf(from, `${at}[0]`), to: orderedOf(to, `${at}[1]`) };
    }
    default: throw new CaseError(`${place}.op`, `the operator ${op} is not known`);
  }
}

function isOrdered(op: string): op is keyof typeof ORDERED {
  return Object.hasOwn(ORDERED, op);
}

function eventCondition(form: Fields, place: string): Condition {
  fieldsOf(form, place, ['event', 'count', 'where', 'within_last_seconds', 'after', 'before', 'channel', ...NOTES]);
  // Events of mails are events like all others; of other channels Samovar knows none.
  if (form.channel !== undefined && form.channel !== 'email') throw new CaseError(`${place}.channel`, `Samovar has no channel ${JSON.stringify(form.channel)}`);
  const filter = filterOf(form.event, `${place}.event`, form.where, `${place}.where`);
  const period = periodOf(form, place);
  const happened = (times: Times): Condition => ({ kind: 'event', ...filter, times, period, since: 'ever' });
  if (form.count === undefined) return happened(ONCE);
  const count = fieldsOf(form.count, `${place}.count`, ['op', 'value']);
  const wanted = wholeOf(count.value, `${place}.count.value`);
  const always: Condition = { kind: 'any', of: [happened(NEVER), happened(ONCE)] };
  const op = textOf(count.op, `${place}.count.op`);
  switch (op) {
    case '=': case '==': case 'eq': return happened({ op: 'exactly', count: wanted });
    case '!=': case 'neq': return not(happened({ op: 'exactly', count: wanted }));
    case '>=': case 'gte': return wanted === 0 ? always : happened({ op: 'at-least', count: wanted });
    case '>': case 'gt': return happened({ op: 'at-least', count: wanted + 1 });
    case '<=': case 'lte': return happened({ op: 'at-most', count: wanted });
    case '<': case 'lt': return wanted === 0 ? not(always) : happened({ op: 'at-most', count: wanted - 1 });
    default: throw new CaseError(`${place}.count.op`, `the operator ${op} is not known`);
  }
}

/** The last event of a name that is as `where` asks; `has` is asked of that event alone. */
function lastEventCondition(form: Fields, place: string): Condition {
  fieldsOf(form, place, ['last_event', 'where', 'has', 'within_last_seconds', 'after', 'before', ...NOTES]);
  const filter = filterOf(form.last_event, `${place}.last_event`, form.where, `${place}.where`);
  const period = periodOf(form, place);
  const has = propertyTestsOf(form.has ?? [], `${place}.has`);
  // Without any event nothing can be missing from the last one.
  const happened: Condition = { kind: 'event', ...filter, times: ONCE, period, since: 'ever' };
  return { kind: 'all', of: [happened, ...has.map(({ path, test }): Condition => ({ kind: 'figure', ...filter, figure: { kind: 'last', property: path }, test, period }))] };
}

function filterOf(event: unknown, eventPlace: string, where: unknown, wherePlace: string): EventFilter {
  const name = textOf(event, eventPlace);
  if (name.slice(0, -1).includes('*')) throw new CaseError(eventPlace, 'a star is known at the end only');
  return { event: name, where: propertyTestsOf(where ?? [], wherePlace) };
}

function propertyTestsOf(value: unknown, place: string): PropertyTest[] {
  return listOf(value, place).map((one, index) => {
    const at = `${place}[${index}]`;
    const form = fieldsOf(one, at, ['property', 'op', 'value', ...NOTES]);
    return { path: textOf(form.property, `${at}.property`), test: testOf(textOf(form.op, `${at}.op`), form, at) };
  });
}

function periodOf(form: Fields, place: string): Period {
  const dates = form.after !== undefined || form.before !== undefined;
  if (form.within_last_seconds === undefined) {
    if (!dates) return { kind: 'ever' };
    return { kind: 'dates', from: form.after === undefined ? null : instantOf(form.after, `${place}.after`), until: form.before === undefined ? null : instantOf(form.before, `${place}.before`) };
  }
  if (dates) throw new CaseError(place, '`within_last_seconds` with `after` or `before` cannot be expressed');
  return { kind: 'within', ms: numberOf(form.within_last_seconds, `${place}.within_last_seconds`) * SECOND_MS };
}

function scalarOf(value: unknown, place: string): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new CaseError(place, value === undefined ? 'is missing' : 'must be a single value');
}

function scalarsOf(value: unknown, place: string): Scalar[] {
  return listOf(value, place).map((one, index) => scalarOf(one, `${place}[${index}]`));
}

function orderedOf(value: unknown, place: string): number | string {
  if (typeof value === 'number' || typeof value === 'string') return value;
  throw new CaseError(place, 'must be a number or a text');
}

import { tieOf } from '../event/tie.ts';
import type { CalendarName, Condition, DateTest, Fact } from '../definition/condition.ts';
import type { Json, JsonObject } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { DAY_MS, type Millis } from '../time.ts';
import { ZONES } from './arbitrary-states.ts';
import { find } from './oracle-figures.ts';

type DateCondition = Extract<Condition, { kind: 'date' }>;

const CALENDARS: Record<CalendarName, string> = { gregorian: 'gregory', jalali: 'persian', hijri: 'islamic-umalqura' };
const formats = new Map<CalendarName, Intl.DateTimeFormat>();

/** What the platform calls a day; its Hijri calendar is right around now. */
function named(calendar: CalendarName, day: number): number[] {
  const format = formats.get(calendar) ?? new Intl.DateTimeFormat(`en-u-ca-${CALENDARS[calendar]}-nu-latn`, { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' });
  formats.set(calendar, format);
  const part = new Map(format.formatToParts(day * DAY_MS).map(({ type, value }) => [type, Number(value)]));
  return ['year', 'month', 'day'].map((name) => part.get(name as 'year') ?? 0);
}

/** A date as the platform reads it: an instant, or what clocks or the calendar show (as if it were UTC), or month and day. */
function read(value: Json | undefined): { at: Millis; shown: boolean } | { month: number; day: number } | null {
  if (typeof value === 'number') return value > 1e9 ? { at: value, shown: false } : null;
  if (typeof value !== 'string') return null;
  if (/^(--)?\d\d-\d\d$/u.test(value)) return { month: Number(value.slice(-5, -3)), day: Number(value.slice(-2)) };
  if (value === '2026-02-30' || Number.isNaN(Date.parse(value))) return null;
  const shown = !value.endsWith('Z');
  return { at: Date.parse(shown && value.includes('T') ? `${value}Z` : value), shown };
}

export function dateHolds({ path, when }: DateCondition, traits: JsonObject, now: Millis): boolean {
  const aheadMs = typeof traits.timezone === 'string' ? (ZONES[traits.timezone] ?? 0) : 0;
  const date = read(find(traits, path));
  if (date === null) return false;
  if (when.kind === 'relative') {
    if (!('at' in date)) return false;
    const away = date.at - (date.shown ? aheadMs : 0) - now;
    return (when.fromMs ?? -Infinity) <= away && away <= (when.toMs ?? Infinity);
  }
  const dayOf = (at: Millis): number => Math.floor((at + aheadMs) / DAY_MS);
  const today = dayOf(now);
  if (!('at' in date)) return when.kind === 'anniversary' && returns(when, null, [0, date.month, date.day], today);
  const day = date.shown ? Math.floor(date.at / DAY_MS) : dayOf(date.at);
  if (when.kind === 'days') return when.from <= day - today && day - today <= when.to;
  return day <= today && returns(when, day, named(when.calendar, day), today);
}

/** Looks at each day on which it may return. */
function returns({ calendar, from, to }: Extract<DateTest, { kind: 'anniversary' }>, born: number | null, [year = 0, month, ofMonth = 0]: number[], today: number): boolean {
  for (let day = today + from; day <= today + to; day += 1) {
    const [otherYear = 0, otherMonth, otherDay = 0] = named(calendar, day);
    if (otherMonth !== month || (born !== null && otherYear <= year)) continue;
    if (otherDay === ofMonth || (otherDay < ofMonth && named(calendar, day + 1)[2] === 1)) return true;
  }
  return false;
}

interface Write {
  value: Json;
  at: Millis;
  tie: number;
  trusted: boolean;
  since: Millis;
}

/** Since when a trait has its value, told write by write, by the rules for what comes late. */
export class HeldTraits {
  readonly #writes = new Map<string, Write>();

  take({ traits, occurredAt: at, messageId, trusted }: TrackedEvent): void {
    for (const [name, value] of Object.entries(traits)) {
      const write: Write = { value, at, tie: tieOf(messageId), trusted, since: at };
      const known = this.#writes.get(name);
      if (known === undefined || isLater(write, known)) {
        if (known !== undefined && same(known, write)) write.since = Math.min(known.since, at);
        this.#writes.set(name, write);
      } else {
        interrupt(known, write);
      }
    }
  }

  join(other: HeldTraits): void {
    for (const [name, theirs] of other.#writes) {
      const mine = this.#writes.get(name);
      const [later, earlier] = mine === undefined ? [theirs, null] : isLater(theirs, mine) ? [theirs, mine] : [mine, theirs];
      const joined = { ...later };
      if (earlier !== null && same(later, earlier)) joined.since = Math.min(later.since, earlier.since);
      else if (earlier !== null) interrupt(joined, earlier);
      this.#writes.set(name, joined);
    }
  }

  /** null: it was never told. */
  since(name: string): Millis | null {
    return this.#writes.get(name)?.since ?? null;
  }
}

function isLater(a: Write, b: Write): boolean {
  if (a.trusted !== b.trusted) return a.trusted;
  return a.at > b.at || (a.at === b.at && a.tie > b.tie);
}

function same(a: Write, b: Write): boolean {
  return JSON.stringify(a.value) === JSON.stringify(b.value);
}

function interrupt(known: Write, late: Write): void {
  if (known.trusted === late.trusted && !same(known, late) && late.at > known.since) known.since = known.at;
}

/** The last of events by when they happened, of two at once the one with the greater tie. */
function latest<Told>(told: readonly { event: TrackedEvent; value: Told }[]): Told | null {
  return [...told].sort((a, b) => a.event.occurredAt - b.event.occurredAt || tieOf(a.event.messageId) - tieOf(b.event.messageId)).at(-1)?.value ?? null;
}

export function isOnList(list: string, events: readonly TrackedEvent[]): boolean {
  const told = events.filter(({ name, trusted, properties }) => (name === 'List Joined' || name === 'List Left') && trusted && properties.list === list);
  const last = Math.max(...told.map(({ occurredAt }) => occurredAt));
  return told.length > 0 && told.every(({ name, occurredAt }) => occurredAt < last || name === 'List Joined');
}

export function predictionOf(prediction: string, events: readonly TrackedEvent[]): number | null {
  return latest(events.flatMap((event) => {
    const { name, trusted, properties } = event;
    return name === 'Prediction Updated' && trusted && properties.name === prediction && typeof properties.value === 'number' ? [{ event, value: properties.value }] : [];
  }));
}

export function factOf(fact: Fact, traits: JsonObject, events: readonly TrackedEvent[]): string | null {
  const tell: Partial<Record<Fact, string[]>> = { country: ['address.country', 'country'], language: ['language'], device: ['device'] };
  for (const path of tell[fact] ?? []) {
    const value = find(traits, path);
    if (typeof value === 'string' && value.trim() !== '') return spelled(fact, value);
  }
  return latest(events.flatMap((event) => {
    const { context } = event;
    const seen = fact === 'country' ? find(context, 'location.country') : fact === 'language' ? context.locale : deviceIn(context);
    return typeof seen === 'string' && seen !== '' ? [{ event, value: spelled(fact, seen) }] : [];
  }));
}

function spelled(fact: Fact, value: string): string {
  if (fact === 'country') return value.trim().toUpperCase();
  return fact === 'language' ? value.slice(0, 2).toLowerCase() : value;
}

function deviceIn(context: JsonObject): string | null {
  const type = find(context, 'device.type');
  if (typeof type === 'string') return type === 'ios' ? 'mobile' : type.toLowerCase();
  if (typeof context.userAgent !== 'string' || context.userAgent === '') return null;
  return context.userAgent.includes('Mobile') ? 'mobile' : 'desktop';
}

/** Places are either the same or a continent apart, so any sane measure will do. */
export function isNear({ latitude, longitude }: { latitude: number; longitude: number }, traits: JsonObject): boolean {
  for (const holder of [traits, traits.address, traits.location]) {
    const { latitude: lat, longitude: lon } = (holder ?? {}) as JsonObject;
    if (typeof lat === 'number' && typeof lon === 'number') return Math.abs(lat - latitude) < 1 && Math.abs(lon - longitude) < 1;
  }
  return false;
}

import { describe, expect, it } from 'vitest';
import { localMinuteOfDay } from '../calendar/local-time.ts';
import { newContact, type ContactState } from '../contact/contact-state.ts';
import { SARA, SOME_ID, workspaceOf } from '../testing/small-world.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import { quietUntil, zoneOf } from './quiet-hours.ts';

const at = (text: string): number => Date.parse(text);

function contactIn(timezone: unknown): ContactState {
  const contact = newContact(SOME_ID, 1, SARA, 0);
  contact.traits.timezone = { value: timezone as string, at: 0, tie: 0, verified: true, since: 0 };
  return contact;
}

const NIGHT = workspaceOf({ timezone: 'Europe/Berlin', quietHours: { fromMinute: 21 * 60, toMinute: 8 * 60 } });
const until = (zone: string, now: string, workspace = NIGHT): string | null => {
  const end = quietUntil(contactIn(zone), workspace, at(now));
  return end === null ? null : new Date(end).toISOString().slice(0, 16);
};

describe('quiet hours', () => {
  it.each([
    ['Europe/Berlin', '2026-01-15T19:59:59.999Z', null], ['Europe/Berlin', '2026-01-15T20:00:00Z', '2026-01-16T07:00'],
    ['Europe/Berlin', '2026-01-16T06:59:59.999Z', '2026-01-16T07:00'], ['Europe/Berlin', '2026-01-16T07:00:00Z', null],
    // The night in which clocks are set forward is an hour shorter, the other an hour longer.
    ['Europe/Berlin', '2026-03-28T21:00:00Z', '2026-03-29T06:00'], ['Europe/Berlin', '2026-10-24T21:00:00Z', '2026-10-25T07:00'],
    ['Asia/Tehran', '2026-07-01T17:30:00Z', '2026-07-02T04:30'], ['Pacific/Kiritimati', '2026-01-01T07:00:00Z', '2026-01-01T18:00'],
    ['Australia/Lord_Howe', '2026-10-03T12:00:00Z', '2026-10-03T21:00'],
  ])('in %s at %s end at %s', (zone, now, end) => {
    expect(until(zone, now)).toBe(end);
  });

  it.each<[string, number, number]>([['end', 21 * 60, 150], ['begin', 150, 8 * 60], ['lie', 130, 170]])('that %s in the hour that clocks show twice hold in both', (_what, fromMinute, toMinute) => {
    const workspace = workspaceOf({ quietHours: { fromMinute, toMinute } });
    for (let now = at('2026-10-24T22:00:00Z'); now < at('2026-10-25T09:00:00Z'); now += MINUTE_MS) {
      const end = quietUntil(contactIn('Europe/Berlin'), workspace, now);
      const minute = localMinuteOfDay('Europe/Berlin', now);
      const isQuiet = fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
      // The end is not a millisecond away, over and over: it is where clocks show the end.
      expect(end === null ? null : localMinuteOfDay('Europe/Berlin', end)).toBe(isQuiet ? toMinute : null);
    }
  });

  it('that end in the hour that is left out end after it', () => {
    expect(until('Europe/Berlin', '2026-03-29T00:30:00Z', workspaceOf({ quietHours: { fromMinute: 60, toMinute: 150 } }))).toBe('2026-03-29T01:30');
  });

  it('within one day, never, or none at all', () => {
    const noon = workspaceOf({ quietHours: { fromMinute: 12 * 60, toMinute: 14 * 60 } });
    expect([until('UTC', '2026-01-01T11:59:00Z', noon), until('UTC', '2026-01-01T12:00:00Z', noon), until('UTC', '2026-01-01T14:00:00Z', noon)]).toEqual([null, '2026-01-01T14:00', null]);
    expect(until('UTC', '2026-01-01T12:00:00Z', workspaceOf({ quietHours: { fromMinute: 60, toMinute: 60 } }))).toBeNull();
    expect(until('UTC', '2026-01-01T12:00:00Z', workspaceOf({ quietHours: null }))).toBeNull();
  });

  it('go by the workspace’s clock where the contact’s zone is unknown or no zone', () => {
    for (const zone of ['Nowhere/Land', '', null, 5, { a: 1 }]) expect(zoneOf(contactIn(zone), NIGHT)).toBe('Europe/Berlin');
    expect(zoneOf(newContact(SOME_ID, 1, SARA, 0), NIGHT)).toBe('Europe/Berlin');
    expect(zoneOf(contactIn('Asia/Tehran'), NIGHT)).toBe('Asia/Tehran');
  });

  it('always end within a day', () => {
    for (const zone of ['Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia', 'America/St_Johns']) {
      for (let now = at('2026-01-01T00:00:00Z'); now < at('2027-01-01T00:00:00Z'); now += 5 * HOUR_MS + 11 * MINUTE_MS) {
        expect((quietUntil(contactIn(zone), NIGHT, now) ?? now) - now).toBeLessThanOrEqual(12 * HOUR_MS);
      }
    }
  });
});

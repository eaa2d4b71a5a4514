import { describe, expect, it } from 'vitest';
import { TimeReader, isTimeFormat } from './time-format.ts';

describe('TimeReader', () => {
  it.each([
    ['UTC', null, '2010-12-01 08:26:00', '2010-12-01T08:26:00.000Z'],
    ['UTC', null, '2010-12-01', '2010-12-01T00:00:00.000Z'],
    ['Europe/Berlin', null, '2026-01-15 08:00', '2026-01-15T07:00:00.000Z'],
    ['Europe/Berlin', null, '2026-07-15', '2026-07-14T22:00:00.000Z'],
    ['Europe/Berlin', null, '2026-07-15T08:00:00Z', '2026-07-15T08:00:00.000Z'],
    ['Europe/Berlin', null, '2026-07-15T08:00:00+03:30', '2026-07-15T04:30:00.000Z'],
    ['Europe/Berlin', null, '1767225600', '2026-01-01T00:00:00.000Z'],
    ['Europe/Berlin', null, 1_767_225_600_000, '2026-01-01T00:00:00.000Z'],
    ['UTC', 'D/M/YYYY H:mm', '1/12/2010 8:26', '2010-12-01T08:26:00.000Z'],
    ['America/New_York', 'MM/DD/YYYY', '12/01/2010', '2010-12-01T05:00:00.000Z'],
  ])('%s %s %s', (zone, format, value, expected) => {
    expect(new Date(new TimeReader(zone, format).read(value)!).toISOString()).toBe(expected);
  });

  it.each([[null, 'yesterday'], [null, '2010-02-30'], ['D/M/YYYY', '2010-12-01'], ['D/M/YYYY', '31/2/2010']])('%s does not read %s', (format, value) => {
    expect(new TimeReader('UTC', format).read(value)).toBeNull();
  });

  it('needs a whole date', () => {
    expect(isTimeFormat('DD.MM.YYYY HH:mm:ss')).toBe(true);
    expect(isTimeFormat('HH:mm')).toBe(false);
    expect(isTimeFormat('DD.MM.YYYY D')).toBe(false);
  });
});

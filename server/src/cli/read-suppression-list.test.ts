import { describe, expect, it } from 'vitest';
import { readSuppressionList } from './read-suppression-list.ts';

const HASH = 'ab'.repeat(32);

describe('a list of addresses', () => {
  it('has an address or a SHA-256 a line, with reason and time where they are known', () => {
    const { lines, bad } = readSuppressionList(`\uFEFFaddress,reason,at\r\n# left the shop\r\nanna@example.com\r\n\r\n${HASH.toUpperCase()},bounced\nüli@münchen.example,asked by phone,2026-03-01T12:00:00Z`);
    expect(bad).toEqual([]);
    expect(lines).toEqual([
      { address: 'anna@example.com', reason: 'manual' }, { sha256: HASH, reason: 'bounced' }, { address: 'üli@münchen.example', reason: 'asked by phone', at: '2026-03-01T12:00:00.000Z' },
    ]);
  });

  it('tells its bad lines by their numbers', () => {
    const { bad } = readSuppressionList(['anna@example.com', 'anna', `${HASH}0`, 'a@b.co,x,yesterday', 'a@b.co,x,2026-01-01,y', `a@b.co,${'r'.repeat(201)}`, 'address'].join('\n'));
    expect(bad.map(({ line, why }) => `${line} ${why}`)).toEqual([
      '2 neither an e-mail address nor a SHA-256', '3 neither an e-mail address nor a SHA-256', '4 `yesterday` is no time; write 2026-03-01T12:00:00Z',
      '5 more than an address, a reason and a time', '6 a reason longer than 200 characters', '7 neither an e-mail address nor a SHA-256',
    ]);
  });
});

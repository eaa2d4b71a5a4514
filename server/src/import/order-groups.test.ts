import { describe, expect, it } from 'vitest';
import { OrderGroups } from './order-groups.ts';

describe('OrderGroups', () => {
  function run(ids: string, window: number): string[] {
    const groups = new OrderGroups<{ id: string; rows: number }>(window);
    const out: string[] = [];
    for (const id of ids) {
      const group = groups.group(id, () => ({ id, rows: 0 }));
      if (group === null) out.push(`late ${id}`);
      else group.rows += 1;
      for (const { id: done, rows } of groups.complete()) out.push(done + String(rows));
    }
    for (const { id: done, rows } of groups.rest()) out.push(done + String(rows));
    return out;
  }

  it('gathers rows that are near, and gives orders out by their last row', () => {
    expect(run('aababbc', 3)).toEqual(['a3', 'b3', 'c1']);
  });

  it('tells of a row that comes after its order was given out', () => {
    expect(run('abbbba', 3)).toEqual(['a1', 'late a', 'b4']);
  });

  it('gives every order out at once when nothing is to be gathered', () => {
    expect(run('abc', 0)).toEqual(['a1', 'b1', 'c1']);
  });
});

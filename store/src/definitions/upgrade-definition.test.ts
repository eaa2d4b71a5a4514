import { expect, it } from 'vitest';
import type { Definition } from '@samovar/core';
import { upgradeDefinition } from './upgrade-definition.ts';

const segment = (match: unknown): Definition => ({ kind: 'segment', key: 's', name: 'S', description: null, match }) as Definition;

it('gives conditions of earlier versions their form of today, however deep, and leaves the others alone', () => {
  const test = { op: 'is', value: 'x' };
  const event = { kind: 'event', event: 'A', where: [], times: { op: 'at-least', count: 1 }, since: 'ever' };
  const before = segment({ kind: 'all', of: [{ kind: 'trait', path: 'plan', test }, { kind: 'none', of: [{ ...event, withinMs: 5 }, { ...event, withinMs: null }] }] });
  const after = segment({
    kind: 'all',
    of: [{ kind: 'trait', path: 'plan', test, held: null }, { kind: 'none', of: [{ ...event, period: { kind: 'within', ms: 5 } }, { ...event, period: { kind: 'ever' } }] }],
  });
  expect(upgradeDefinition(before)).toEqual(after);
  expect(upgradeDefinition(after)).toEqual(after);
});

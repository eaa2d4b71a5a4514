import { expect, test } from 'vitest';
import { decisionsIn } from './decisions.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();
const decision = (minute: number, code: string, because: object, step = ''): { at: string; kind: string; id: string; detail: Record<string, unknown> } => ({
  at: at(minute), kind: 'decision', id: `d-${minute}`, detail: { code, journey: 'cart-rescue', step, because },
});

const TIMELINE = {
  items: [
    decision(5, 'exited', { reason: 'bought' }),
    decision(4, 'message_skipped', { reason: 'no_consent', template: 'cart-1' }, 'send-cart-1'),
    decision(3, 'segment_entered', { segment: 'subscribers' }),
    { at: at(2), kind: 'event', id: 'e-1', detail: { code: 'exited' } },
    decision(1, 'entered', { cause: 'x' }),
  ],
};

test('what is worth telling is told in order of time', () => {
  expect(decisionsIn(TIMELINE, 0)).toEqual([
    { at: Date.parse(at(1)), kind: 'entered', journey: 'cart-rescue', step: null, template: null, reason: null },
    { at: Date.parse(at(4)), kind: 'skipped', journey: 'cart-rescue', step: 'send-cart-1', template: 'cart-1', reason: 'no_consent' },
    { at: Date.parse(at(5)), kind: 'stopped', journey: 'cart-rescue', step: null, template: null, reason: 'bought' },
  ]);
});

test('what was told before is not told again', () => {
  expect(decisionsIn(TIMELINE, Date.parse(at(4))).map(({ kind }) => kind)).toEqual(['stopped']);
});

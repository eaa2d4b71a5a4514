/** Random values of definitions, for property tests. */
import fc from 'fast-check';
import type { Scalar } from '../json.ts';

const hostile = fc.constantFrom('true', 'null', '~', '12', '0x1f', '1e3', '.inf', '# no', 'a: b', '- a', '[a]', '{a}', '*a', '&a', '!a', '%a', '@a', '`a`', '"', "'", '|', '>', 'a #b', 'سلام دنیا', 'שלום', '🫖', 'no', '=', '<<', '?', ': ', 'constructor', '__proto__', '21:00', '+0', '2026-03-28');
const clean = (text: string): string => text.replace(/[\p{Cc}\uD800-\uDFFF]/gu, '').trim();

/** One line, trimmed, not empty. */
export const line = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom('Order Completed', 'Cart Viewed', 'total', 'items.0.sku', 'plan') }, hostile, fc.string({ unit: 'binary', maxLength: 20 }).map(clean))
  .filter((text) => clean(text) === text && text !== '');
export const shortLine = line.map((text) => text.slice(0, 60)).map(clean).filter((text) => text !== '');
export const key = fc.oneof(fc.constantFrom('vip', 'cart-1', 'a', '1', 'true', 'null', '1e3'), fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,12}$/));
export const stepId = fc.oneof(fc.constantFrom('send-a', 'if', 'split-2', 'wait-1-hour'), fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/));
export const durationMs = fc.oneof(fc.constantFrom(1, 60, 3600, 86400, 7 * 86400, 90 * 86400), fc.integer({ min: 1, max: 3_650 * 86_400 })).map((seconds) => seconds * 1000);
export const number = fc.oneof(fc.integer(), fc.double({ min: -1e15, max: 1e15, noNaN: true })).map((value) => (value === 0 ? 0 : value));
const content = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replace(/[\0\uD800-\uDFFF]/gu, ''));
export const text = fc.oneof(hostile, content, fc.array(fc.oneof(line, fc.constantFrom('', '  x', 'x  ', '\tx', '# x')), { maxLength: 4 }).map((lines) => lines.join('\n')));
export const fullText = text.filter((value) => value.trim() !== '');
export const scalar: fc.Arbitrary<Scalar> = fc.oneof(text, number, fc.boolean(), fc.constant(null));
export const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });

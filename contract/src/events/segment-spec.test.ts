import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseBatch } from './parse-batch.ts';
import { parseItem } from './parse-item.ts';
import type { ItemDefaults } from './types.ts';

const VISITOR: ItemDefaults = { type: null, receivedAt: Date.UTC(2026, 2, 28, 10), sentAt: null, anonymousId: 'visitor', context: null };

function outcome(raw: unknown, defaults: Partial<ItemDefaults> = {}): string {
  const parsed = parseItem(raw, { ...VISITOR, ...defaults });
  return parsed.kind === 'invalid' ? `${parsed.code} ${parsed.pointer}` : 'item';
}

const SPEC = `${process.env['SAMOVAR_SHARED'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))}/segment-spec/segment-spec-examples.json`;

describe.skipIf(!existsSync(SPEC))(`Segment's own examples (${existsSync(SPEC) ? 'read from' : 'SKIPPED, absent:'} ${SPEC})`, () => {
  interface Examples {
    raw: { page: string; heading: string; payload: Record<string, unknown> }[];
    calls: { method: string; args: unknown[] }[];
  }
  const { raw, calls }: Examples = existsSync(SPEC) ? (JSON.parse(readFileSync(SPEC, 'utf8')) as Examples) : { raw: [], calls: [] };

  test(`all ${raw.length} payloads are accepted`, () => {
    for (const { heading, payload } of raw) {
      const parsed = parseBatch(payload);
      // One example shows the value of `integrations` alone.
      const whole = 'All' in payload ? { type: 'track', event: 'Order Completed', integrations: payload } : payload;
      const items = parsed.kind === 'batch' ? parsed.items : [whole];
      const path = /^(identify|track|page|screen|group|alias)$/i.exec(heading)?.[0].toLowerCase() ?? ('traits' in payload ? 'identify' : null);
      for (const one of items) {
        const own = one as Record<string, unknown>;
        const type = own['type'] === undefined && own['action'] === undefined ? (path as ItemDefaults['type']) : null;
        expect({ one, is: outcome(one, { type }) }).toEqual({ one, is: 'item' });
      }
    }
  });

  test(`all ${calls.length} calls of the browser library are accepted`, () => {
    for (const call of calls) expect({ call, is: outcome(payloadOf(call)) }).toEqual({ call, is: 'item' });
  });

  /** What the browser library makes of a call. */
  function payloadOf({ method, args }: { method: string; args: unknown[] }): object {
    const texts = args.filter((arg) => typeof arg === 'string');
    const [object, options] = args.filter((arg) => typeof arg === 'object');
    const base = { type: method, anonymousId: 'visitor', ...(options as object | undefined) };
    if (method === 'track') return { ...base, event: texts[0], properties: object };
    if (method === 'page' || method === 'screen') return { ...base, name: texts.at(-1), properties: object };
    if (method === 'alias') return { ...base, userId: texts[0], previousId: 'visitor' };
    if (method === 'group') return { ...base, groupId: texts[0], traits: object };
    return { ...base, userId: texts[0], traits: object };
  }
});

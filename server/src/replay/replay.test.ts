import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseDirectory } from '@samovar/contract';
import { DAY_MS, HOUR_MS } from '@samovar/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readImportMap } from '../import/read-import-map.ts';
import { formatReplay } from './format-replay.ts';
import { mappedEvents } from './mapped-events.ts';
import { ndjsonEvents } from './ndjson-events.ts';
import { replay } from './replay.ts';
import type { ReplayOptions, ReplayResult } from './replay.ts';

const { definitions: parsed } = parseDirectory([
  { path: 'segment.yaml', text: 'segment: lapsed\nmatch:\n  - event: Order Completed\n  - no event: Order Completed\n    within: 90 days\n' },
  { path: 'template.yaml', text: 'template: hello\nclass: marketing\nlanguages:\n  en: { subject: Hello, body: "<mj-section></mj-section>" }\n' },
  { path: 'cart.yaml', text: `
journey: cart
trigger: { event: Checkout Started, key: cart_id }
exit: [{ event: Order Completed, same: cart_id, reason: bought }]
goal: { event: Order Completed, same: cart_id, value: total }
steps:
  - wait: 1 hour
  - send: hello
  - if: { trait: plan, is: pro }
    then: [{ wait: 1 day }, { send: hello }]
` },
  { path: 'lapsed.yaml', text: 'journey: miss\ntrigger: { enters: lapsed }\nre-entry: always\nexit: [{ event: Order Completed }]\nsteps:\n  - send: hello\n  - wait: 300 days\n' },
]);
const definitions = parsed.map(({ definition }) => definition);

const START = Date.UTC(2026, 0, 1, 12);
const iso = (at: number): string => new Date(at).toISOString();
let directory = '';
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'samovar-replay-test-')); });
afterEach(async () => rm(directory, { recursive: true, force: true }));

async function run(lines: (object | string)[], more: Partial<ReplayOptions> = {}): Promise<ReplayResult> {
  const file = join(directory, 'events.ndjson');
  await writeFile(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return replay({ events: ndjsonEvents(file, 1), definitions, until: null, out: null, assumeAddress: false, assumeConsent: false, ...more });
}

const identify = (userId: string, at: number, traits: object = {}): object => ({ type: 'identify', userId, messageId: `${userId}-identify`, timestamp: iso(at), traits: { email: `${userId}@example.com`, consent: true, ...traits } });
const track = (userId: string, at: number, event: string, properties: object = {}): object => ({ type: 'track', userId, event, timestamp: iso(at), properties });
const EVENTS = [
  identify('a', START), identify('b', START, { plan: 'pro' }), track('a', START, 'Checkout Started', { cart_id: 1 }), track('b', START + 5, 'Checkout Started', { cart_id: 2 }),
  track('c', START + 5, 'Checkout Started', { cart_id: 3 }), track('a', START + 2 * HOUR_MS, 'Order Completed', { order_id: 'o', total: 12.5, cart_id: 1 }),
  track('b', START + 30 * HOUR_MS, 'Page'),
];

describe('a replay', () => {
  it('reports what would have happened', async () => {
    const { report } = await run(EVENTS, { until: START + 93 * DAY_MS });
    expect(report.events).toEqual({ read: 7, rejected: 0, replayed: 7, firstAt: iso(START), lastAt: iso(START + 30 * HOUR_MS), until: iso(START + 93 * DAY_MS) });
    expect(report.journeys['cart']).toMatchObject({ entered: 3, contacts: 3, completed: 3, active: 0, exited: {}, goals: 1, goalValue: 12.5, skipped: { no_address: 1 } });
    expect(report.journeys['cart']?.messages).toMatchObject({ total: 3, contacts: 2, perDay: { '2026-01-01': 2, '2026-01-02': 1 }, perContact: { mean: 1.5, median: 1, most: 2, distribution: { 1: 1, 2: 1 } } });
    expect(report.journeys['cart']?.steps.map(({ id, depth, reached, decided, branches }) => [id, depth, reached, decided, branches])).toEqual([
      ['wait-1-hour', 0, 3, 0, {}], ['send-hello', 0, 3, 2, {}], ['if', 0, 3, 0, { then: 1, else: 2 }], ['wait-1-day', 1, 1, 0, {}], ['send-hello-2', 1, 1, 1, {}],
    ]);
    expect(report.journeys['miss']).toMatchObject({ entered: 1, active: 1 });
    expect(report.contacts).toBe(3);
    expect(formatReplay(report)).toContain('goal reached once, worth 12.50');
  });

  it('is the same byte for byte, written or not, packed or not, and says so by a hash that sha256sum confirms', async () => {
    const first = await run(EVENTS);
    const second = await run(EVENTS, { out: join(directory, 'out') });
    expect(second).toEqual(first);
    await writeFile(join(directory, 'events.ndjson.gz'), gzipSync(await readFile(join(directory, 'events.ndjson'))));
    expect((await run(EVENTS, { events: ndjsonEvents(join(directory, 'events.ndjson.gz'), 1) })).sha256).toBe(first.sha256);
    const sums = await Promise.all(['decisions.ndjson', 'messages.ndjson', 'report.json'].map(async (name) => `${createHash('sha256').update(await readFile(join(directory, 'out', name))).digest('hex')}  ${name}\n`));
    expect(createHash('sha256').update(sums.join('')).digest('hex')).toBe(first.sha256);
    const times = (await readFile(join(directory, 'out', 'decisions.ndjson'), 'utf8')).trim().split('\n').map((line) => (JSON.parse(line) as { at: string }).at);
    expect(times).toEqual(times.toSorted());
  });

  it('does not depend on the order of the lines, even where they are far apart', async () => {
    const many = Array.from({ length: 6_000 }, (_, index) => ({ ...track(`u${index % 50}`, START + index * 60_000, index % 7 === 0 ? 'Checkout Started' : 'Page', { cart_id: index }), messageId: `m${index}` }));
    const contacts = Array.from({ length: 50 }, (_, index) => identify(`u${index}`, START - 1 - index));
    const inOrder = await run([...contacts.toReversed(), ...many]);
    const reversed = await run([...many.toReversed(), ...contacts]);
    expect(reversed.sha256).toBe(inOrder.sha256);
    expect(inOrder.report.messages.total).toBeGreaterThan(800);
  });

  it('reports bad lines by their number and goes on', async () => {
    const { report } = await run(['{', ...EVENTS, '', '[]', '{"type":"track","userId":"x","event":"e"}', '{"type":"sing","userId":"x","timestamp":"2026-01-01T00:00:00Z"}']);
    expect(report.events).toMatchObject({ read: 7, rejected: 4 });
    expect(report.rejected.map(({ line, code }) => [line, code])).toEqual([[1, 'json_invalid'], [10, 'not_an_object'], [11, 'time_missing'], [12, 'type_unknown']]);
  });

  it('ends where it is told, and leaves out what comes later', async () => {
    const { report } = await run(EVENTS, { until: START + HOUR_MS });
    expect(report.events).toMatchObject({ replayed: 5, until: iso(START + HOUR_MS) });
    // b waits five milliseconds longer than a.
    expect(report.journeys['cart']).toMatchObject({ entered: 3, active: 2, completed: 1 });
  });

  it('can assume addresses and consent that were not recorded, and does not override what was', async () => {
    const events = [...EVENTS, track('d', START, 'Consent Withdrawn'), track('d', START + 1, 'Checkout Started', { cart_id: 9 })];
    expect((await run(events)).report.skipped).toEqual({ no_address: 2 });
    const { report } = await run(events, { assumeAddress: true, assumeConsent: true });
    expect(report.skipped).toEqual({ unsubscribed: 1 });
    expect(report.journeys['cart']?.messages.total).toBe(4);
  });

  it('reads any file that can be imported, each record at its own time', async () => {
    const file = join(directory, 'orders.csv');
    await writeFile(file, 'no,who,at,n,price\n1,a,2026-01-01 10:00,1,5\n1,a,2026-01-01 10:01,2,5\n2,a,2026-05-01 10:00,1,5\n3,,2026-05-01 10:00,1,5\n2,a,2026-05-01 10:00,x,5\n');
    const map = readImportMap('orders:\n  id: no\n  contact: who\n  at: at\n  currency: EUR\n  line: { quantity: n, price: price }\n', 'map.yaml');
    const { report } = await run([], { events: mappedEvents(file, map), until: Date.UTC(2026, 8, 1), assumeAddress: true, assumeConsent: true });
    expect(report.events).toMatchObject({ read: 2, firstAt: '2026-01-01T10:00:00.000Z' });
    expect(report.rejected).toMatchObject([{ line: 6 }]);
    expect(report.journeys['miss']).toMatchObject({ entered: 2, contacts: 1, exited: { 'order-completed': 1 }, messages: { total: 2 } });
  });
});

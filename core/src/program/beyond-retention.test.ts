import { expect, it } from 'vitest';
import { DEFAULT_RETENTION, type RetentionRules } from '../definition/retention.ts';
import { START, happened, journeyOf, segmentOf } from '../testing/small-world.ts';
import { DAY_MS } from '../time.ts';
import { beyondRetention } from './beyond-retention.ts';

const rules: RetentionRules = { ...DEFAULT_RETENTION, defaultMs: 100 * DAY_MS, events: { Seen: 10 * DAY_MS, Bought: null } };

it('names what looks back further than events are kept', () => {
  const definitions = [
    segmentOf('ever', happened('Seen')),
    segmentOf('short', happened('Seen', { period: { kind: 'within', ms: 10 * DAY_MS } })),
    segmentOf('long', { kind: 'none', of: [happened('Seen', { period: { kind: 'within', ms: 10 * DAY_MS + 1 } }), happened('Other', { period: { kind: 'within', ms: DAY_MS } })] }),
    segmentOf('buyers', happened('Bought')),
    journeyOf('j', 'Go', [{ kind: 'if', id: 'if', condition: happened('Other'), then: [], else: [] }, { kind: 'if', id: 'entry', condition: happened('Seen', { since: 'entry' }), then: [], else: [] }]),
  ];
  expect(beyondRetention(definitions, rules, START)).toEqual([
    { kind: 'segment', key: 'ever', event: 'Seen', reachMs: null, keptMs: 10 * DAY_MS },
    { kind: 'segment', key: 'long', event: 'Seen', reachMs: 10 * DAY_MS + 1, keptMs: 10 * DAY_MS },
    { kind: 'journey', key: 'j', event: 'Other', reachMs: null, keptMs: 100 * DAY_MS },
  ]);
  expect(beyondRetention(definitions, DEFAULT_RETENTION, START)).toEqual([]);
});

it('takes a pattern for the shortest of what it names', () => {
  expect(beyondRetention([segmentOf('s', happened('S*', { period: { kind: 'within', ms: 20 * DAY_MS } }))], rules, START)).toMatchObject([{ event: 'S*', keptMs: 10 * DAY_MS }]);
});

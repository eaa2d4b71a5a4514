import { describe, expect, test } from 'vitest';
import { createEmailProvider } from '../channel.ts';
import { EXAMPLE_EMAIL } from './example-email.ts';
import type { SendOutcome } from './outgoing-email.ts';
import type { SinkAction, SinkStep } from './sink-behaviour.ts';
import { startSink } from './sink.ts';

/** A small generator with a seed (mulberry32): the same seed misbehaves alike. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ACTIONS: readonly SinkAction[] = [
  { drop: true },
  { reply: '421 4.3.2 going', drop: true },
  { reply: '451 4.3.0 later' },
  { reply: '550 5.0.0 no' },
  { raw: 'gibberish\r\n' },
  { raw: '25', drop: true },
  { delayMs: 2 },
  { delayMs: 2, drop: true },
  { silent: true },
];

function misbehave(random: () => number): (step: SinkStep) => SinkAction | null {
  return ({ stage }) => {
    if (random() > 0.04) return null;
    const action = ACTIONS[Math.floor(random() * ACTIONS.length)] ?? null;
    // A server that took a mail and then refuses it lies; no client can tell.
    const isLie = stage === 'accepted' && action?.reply !== undefined;
    return isLie ? null : action;
  };
}

const MAILS = 400;

describe.each([[['PIPELINING']], [[]]])('whatever a server with %j does', (extensions) => {
  test.each([1, 2, 3])('each outcome says no more than is true (seed %i)', async (seed) => {
    const taken = new Map<string, number>();
    const sink = await startSink({
      extensions,
      behaviour: misbehave(createRandom(seed)),
      onMessage: (_, raw) => {
        const id = /^Message-ID: <(.*)>/m.exec(raw.toString('latin1'))?.[1] ?? '';
        taken.set(id, (taken.get(id) ?? 0) + 1);
      },
    });
    const provider = createEmailProvider(`${sink.url}?pool=8&greetingMs=60&commandMs=60&dataMs=60&sendMs=5000`);
    const outcomes = await Promise.all(
      Array.from({ length: MAILS }, async (_, number): Promise<readonly [string, SendOutcome]> => {
        const messageId = `${number}@shop.example`;
        return [messageId, await provider.send({ ...EXAMPLE_EMAIL, messageId })];
      }),
    );
    await provider.close();
    await sink.stop();

    const allowed: Readonly<Record<SendOutcome['kind'], readonly number[]>> = { accepted: [1], rejected: [0], 'not-sent': [0], unknown: [0, 1] };
    const wrong = outcomes.filter(([id, { kind }]) => !allowed[kind].includes(taken.get(id) ?? 0));
    expect(wrong).toEqual([]);
    // The generator reached every kind, or the test would prove little.
    expect(new Set(outcomes.map(([, { kind }]) => kind)).size).toBe(4);
  });
});

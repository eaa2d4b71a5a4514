import type { Millis } from '@samovar/core';
import { moveClock, type Database } from '@samovar/store';
import type { Clock } from './clock.ts';
import { ManualClock } from './manual-clock.ts';

/** A part of the server that does things by the clock. */
export interface ClockFollower {
  /** Does everything that is due now. Answers whether there was anything. */
  settle(): Promise<boolean>;
  /** When it next has something to do; Infinity: never. */
  nextDueAt(): Promise<Millis>;
}

export interface ClockControl {
  state(): { mode: 'system' | 'manual'; now: Millis };
  /**
   * Moves a manual clock forward, stopping at every time at which something falls due, and answers once all that is due
   * by then has settled, sends and their outcomes included.
   * @throws ClockError
   */
  advanceTo(at: Millis): Promise<Millis>;
}

export type ClockErrorCode = 'clock_not_manual' | 'clock_backwards';

export class ClockError extends Error {
  readonly code: ClockErrorCode;

  constructor(code: ClockErrorCode, message: string) {
    super(message);
    this.name = 'ClockError';
    this.code = code;
  }
}

/** Controls the clock of a server whose parts all follow it. */
export function clockControl(db: Database, clock: Clock, followers: readonly ClockFollower[]): ClockControl {
  let queue: Promise<unknown> = Promise.resolve();
  const advance = async (at: Millis): Promise<Millis> => {
    if (!(clock instanceof ManualClock)) throw new ClockError('clock_not_manual', 'The clock is the computer\'s own. Start the server with --clock manual to move it yourself.');
    if (at < clock.now()) {
      throw new ClockError('clock_backwards', `The clock shows ${new Date(clock.now()).toISOString()} already and moves forward only.`);
    }
    for (;;) {
      await settle(followers);
      const due = Math.min(...(await Promise.all(followers.map((follower) => follower.nextDueAt()))));
      const next = Math.min(at, Math.max(due, clock.now() + 1));
      if (clock.now() >= at) return clock.now();
      await moveClock(db, next);
      clock.moveTo(next);
    }
  };
  return {
    state: () => ({ mode: clock instanceof ManualClock ? 'manual' : 'system', now: clock.now() }),
    advanceTo: (at) => {
      const result = queue.then(() => advance(at));
      queue = result.catch(() => {});
      return result;
    },
  };
}

/** One part's outcome is another's input, so all are asked until none has anything left. */
async function settle(followers: readonly ClockFollower[]): Promise<void> {
  let busy = true;
  while (busy) {
    busy = false;
    for (const follower of followers) busy = (await follower.settle()) || busy;
  }
}

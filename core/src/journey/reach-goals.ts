import { count, decide, type Turn } from '../advance/turn.ts';
import { valueAt } from '../event/path.ts';
import type { Millis } from '../time.ts';
import { matches, type Happening } from './matches.ts';
import { versionOf } from './version-of.ts';

/**
 * Counts the goals that an event received at `at` reaches. Goals outlive the passage that opened them.
 * @param openedBefore only goals opened before that
 */
export function reachGoals(turn: Turn, happening: Happening, at: Millis, openedBefore: Millis = Infinity): void {
  const { contact } = turn;
  if (contact.goals.length === 0) return;
  contact.goals = contact.goals.filter((open) => {
    const goal = versionOf(turn, open)?.goal ?? null;
    if (open.deadline < at) return false;
    if (goal === null || open.deadline - goal.withinMs >= openedBefore || !matches(goal.pattern, happening, open.data)) return true;
    const value = goal.valuePath === null ? null : valueAt(happening.properties, goal.valuePath);
    decide(turn, 'goal_reached', { event: happening.name, value: value ?? null }, { journey: open.journey, version: open.version, id: open.enrollmentId });
    count(turn, `journey:${open.journey}`, 'goal');
    return false;
  });
}

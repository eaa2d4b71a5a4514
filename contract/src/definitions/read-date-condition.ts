import { optional, readLine, readWord, required } from './fields.ts';
import type { Fields, Read } from './fields.ts';
import { CALENDARS } from './condition-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { parseDay } from './moment.ts';
import { readMoment } from './read-period.ts';
import { readDuration } from './read-values.ts';
import type { Condition, DateTest } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading } from './yaml-tree.ts';

const DAY_MS = 86_400_000;
const NOW: DateTest = { kind: 'days', from: 0, to: 0 };

interface Days {
  from: number;
  to: number;
}

/** `date: trial_ends` and when it lies, seen from now. */
export function readDate(reading: Reading, fields: Fields): Condition {
  const path = required(reading, fields, 'date', readLine(), '');
  const word = whenWord(reading, fields, path, ['is', 'days', 'in the next', 'in the last'], '`is: today`, `in the next: 3 days`, `before: now`');
  if (word === 'from') return { kind: 'date', path, when: readSpan(reading, fields) };
  if (word === 'in the next') return { kind: 'date', path, when: { kind: 'relative', fromMs: 0, toMs: optional(reading, fields, word, readDuration, 0) } };
  if (word === 'in the last') return { kind: 'date', path, when: { kind: 'relative', fromMs: -optional(reading, fields, word, readDuration, 0), toMs: 0 } };
  return { kind: 'date', path, when: word === null ? NOW : { kind: 'days', ...readDayWord(reading, fields, word) } };
}

/** `anniversary: birthday` and on which days, counted from today, it returns. */
export function readAnniversary(reading: Reading, fields: Fields): Condition {
  const path = required(reading, fields, 'anniversary', readLine(), '');
  const word = whenWord(reading, fields, path, ['is', 'days', 'in the next', 'in the last'], '`is: today`, `in the next: 7 days`');
  const days = word === null || word === 'from' ? { from: 0, to: 0 } : readDayWord(reading, fields, word);
  return { kind: 'date', path, when: { kind: 'anniversary', calendar: optional(reading, fields, 'calendar', readWord(CALENDARS), 'gregorian'), ...days } };
}

type DayWord = 'is' | 'days' | 'in the next' | 'in the last';

/** The one word that says when; `from` stands for `from` and `before` too. null: reported. */
function whenWord(reading: Reading, fields: Fields, path: string, words: readonly DayWord[], examples: string): DayWord | 'from' | null {
  const present: (DayWord | 'from')[] = words.filter((word) => fields.entries.has(word));
  if (fields.entries.has('from') || fields.entries.has('before')) present.push('from');
  if (present.length > 1) report(reading, fields.place, 'conflicting_keys', `\`${present.join('` and `')}\` say different things.`, 'Write two conditions, each behind a hyphen.');
  if (present.length === 0 && fields.meant.size === 0) report(reading, fields.place, 'missing_key', `The condition does not say when \`${path}\` must be.`, `Add e.g. ${examples}.`);
  return present[0] ?? null;
}

function readSpan(reading: Reading, fields: Fields): DateTest {
  const [fromMs, toMs] = (['from', 'before'] as const).map((key) => {
    const moment = optional(reading, fields, key, readMoment, null);
    const entry = fields.entries.get(key);
    if (moment?.kind === 'instant' && entry !== undefined) {
      report(reading, entry.value, 'invalid_time', 'Here times are seen from now.', 'Write e.g. `30 days ago` or `in 3 days`; to compare with a date write `trait: …` with `at least: "2026-01-31"`.');
    }
    return moment?.kind === 'offset' ? moment.ms : null;
  });
  if (fromMs !== null && toMs !== null && fromMs !== undefined && toMs !== undefined && fromMs > toMs) report(reading, fields.place, 'invalid_range', 'The time ends before it begins.', 'Write the earlier time behind `from`.');
  return { kind: 'relative', fromMs: fromMs ?? null, toMs: toMs ?? null };
}

function readDayWord(reading: Reading, fields: Fields, word: DayWord): Days {
  const none = { from: 0, to: 0 };
  switch (word) {
    case 'is': return optional(reading, fields, word, readDay, none);
    case 'days': return optional(reading, fields, word, readDays, none);
    case 'in the next': return { from: 0, to: optional(reading, fields, word, readWholeDays, 0) };
    case 'in the last': return { from: -optional(reading, fields, word, readWholeDays, 0), to: 0 };
  }
}

const readDay: Read<Days> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const day = parseDay(text);
  if (day === null && text !== '') report(reading, tree, 'invalid_time', `\`${text}\` is not a day.`, 'Write `today`, `tomorrow`, `in 3 days` or `3 days ago`.');
  if (Math.abs(day ?? 0) > DEFINITION_LIMITS.maxDays) report(reading, tree, 'invalid_time', `\`${text}\` is more than ten years away.`, 'Write a nearer day.');
  return { from: day ?? 0, to: day ?? 0 };
};

const readDays: Read<Days> = (reading, tree) => {
  const text = readLine()(reading, tree);
  const match = /^(-?\d{1,5})(?: to (-?\d{1,5}))?$/.exec(text);
  // Adding makes 0 of -0.
  const from = Number(match?.[1] ?? 0) + 0;
  const to = Number(match?.[2] ?? match?.[1] ?? 0) + 0;
  if (text === '') return { from, to };
  if (match === null) report(reading, tree, 'invalid_time', `\`${text}\` are no days.`, 'Write days counted from today: `-1 to 3` is from yesterday to in three days.');
  else if (from > to) report(reading, tree, 'invalid_range', 'The days end before they begin.', `Write \`${to} to ${from}\`.`);
  else if (Math.max(-from, to) > DEFINITION_LIMITS.maxDays) report(reading, tree, 'invalid_time', `\`${text}\` is more than ten years away.`, 'Write nearer days.');
  return { from, to };
};

const readWholeDays: Read<number> = (reading, tree) => {
  const ms = readDuration(reading, tree);
  if (ms % DAY_MS !== 0) report(reading, tree, 'invalid_duration', 'Anniversaries are counted in whole days.', 'Write e.g. `7 days`.');
  return Math.floor(ms / DAY_MS);
};

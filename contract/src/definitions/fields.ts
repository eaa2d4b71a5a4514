import { DEFINITION_LIMITS } from './limits.ts';
import { didYouMean, nearest } from './suggest.ts';
import { report } from './yaml-tree.ts';
import type { Entry, Place, Reading, Tree } from './yaml-tree.ts';

/** A map of the file, its keys checked. */
export interface Fields {
  place: Place;
  entries: ReadonlyMap<string, Entry>;
  /** Keys that were probably meant by unknown ones: that they are missing is the same mistake. */
  meant: ReadonlySet<string>;
}

/**
 * Makes a value out of a tree. One that reports a problem returns a stand-in, so that reading goes on and finds the other
 * problems too; what a file with problems yields is thrown away.
 */
export type Read<T> = (reading: Reading, tree: Tree) => T;

/** The fields of a map, unknown ones reported; null (reported) when the tree is no map. */
export function readFields(reading: Reading, tree: Tree, what: string, keys: readonly string[] | 'any'): Fields | null {
  if (tree.kind !== 'map') {
    const example = keys === 'any' ? '`name: value`' : `\`${keys[0]}: …\``;
    report(reading, tree, 'wrong_type', `${what} is made of keys and values, not ${describe(tree)}.`, `Write ${example}.`);
    return null;
  }
  const entries = new Map<string, Entry>();
  const meant = new Set<string>();
  for (const entry of tree.entries) {
    if (keys !== 'any' && !keys.includes(entry.key)) {
      report(reading, entry.keyPlace, 'unknown_key', `${what} has no \`${entry.key}\`.`, didYouMean(entry.key, keys));
      const probable = nearest(entry.key, keys);
      if (probable !== null) meant.add(probable);
    } else if (!entries.has(entry.key)) {
      entries.set(entry.key, entry);
    }
  }
  return { place: firstEntryOf(tree), entries, meant };
}

/** The value of a key that must be there. */
export function required<T>(reading: Reading, fields: Fields, key: string, read: Read<T>, standIn: T): T {
  const entry = fields.entries.get(key);
  if (entry !== undefined) return read(reading, entry.value);
  if (!fields.meant.has(key)) report(reading, fields.place, 'missing_key', `\`${key}\` is missing.`, `Add \`${key}: …\`.`);
  return standIn;
}

/** The value of a key that may be absent; a key with nothing behind it is a mistake. */
export function optional<T, F>(reading: Reading, fields: Fields, key: string, read: Read<T>, fallback: F): T | F {
  const entry = fields.entries.get(key);
  return entry === undefined ? fallback : read(reading, entry.value);
}

/** Each item of a list; a single value is not taken for a list of one. */
export function readList<T>(reading: Reading, tree: Tree, what: string, read: Read<T>): T[] {
  if (tree.kind === 'list') return tree.items.map((item) => read(reading, item));
  report(reading, tree, 'wrong_type', `${what} is a list, not ${describe(tree)}.`, 'Begin each item with a hyphen on a line of its own.');
  return [];
}

/** One line of text, trimmed. Numbers and the like are taken as they are written. */
export function readLine(maxLength: number = DEFINITION_LIMITS.maxNameLength): Read<string> {
  return (reading, tree) => {
    const text = readText(reading, tree, maxLength).trim();
    if (/[\n\r\p{Cc}]/u.test(text)) report(reading, tree, 'invalid_text', 'This must be one line without control characters.', 'Remove line breaks and tabs.');
    return text;
  };
}

/** Text of several lines, as it is. */
export function readText(reading: Reading, tree: Tree, maxLength: number): string {
  if (tree.kind !== 'scalar') {
    report(reading, tree, 'wrong_type', `This must be text, not ${describe(tree)}.`, 'Write a text, in quotes if it holds a colon or brackets.');
    return '';
  }
  const text = typeof tree.value === 'string' ? tree.value : tree.source;
  if (text.trim() === '') report(reading, tree, 'empty', 'A text is missing here.', 'Write one, or remove the key.');
  if (text.length > maxLength) report(reading, tree, 'too_long', `The text has ${text.length} characters, the limit is ${maxLength}.`, 'Shorten it.');
  // Postgres keeps no NUL, UTF-8 no half of a surrogate pair.
  if (/[\0\uD800-\uDFFF]/u.test(text)) report(reading, tree, 'invalid_text', 'The text holds a character that cannot be kept (NUL or half of a pair).', 'Remove it.');
  return text;
}

/** One of a few words. */
export function readWord<const W extends string>(words: readonly [W, ...W[]]): Read<W> {
  return (reading, tree) => {
    const text = readLine()(reading, tree);
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    if (text !== '') report(reading, tree, 'unknown_word', `\`${text}\` is not known here.`, didYouMean(text, words));
    return words[0];
  };
}

/** What stands there, in the user's words. */
export function describe(tree: Tree): string {
  if (tree.kind === 'map') return 'an object with keys';
  if (tree.kind === 'list') return 'a list';
  if (tree.value === null) return 'nothing';
  return `the ${typeof tree.value === 'string' ? 'text' : typeof tree.value} \`${tree.source}\``;
}

/** Points at the first key of a map rather than at all of it. */
function firstEntryOf(tree: Tree & { kind: 'map' }): Place {
  const [first] = tree.entries;
  return first === undefined ? tree : { start: first.keyPlace.start, end: Math.max(first.keyPlace.end, first.value.end) };
}

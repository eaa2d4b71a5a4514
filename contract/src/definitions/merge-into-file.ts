import { isMap, isNode, isScalar, isSeq, parseDocument, Scalar as YamlScalar, visit } from 'yaml';
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import { formatDefinition, plainDefinition } from './format.ts';
import { parseDefinitionFile } from './parse-file.ts';
import { samePlain, WRITE_OPTIONS } from './plain.ts';
import type { Plain } from './plain.ts';
import type { Definition } from './types.ts';

/**
 * Brings an existing file up to a definition: comments, order and style stay wherever the value is unchanged. The
 * result always parses to the definition; where the file is written in a way that cannot be changed in place, only the
 * comment at its head survives.
 */
export function mergeIntoFile(existingText: string, definition: Definition): string {
  const parsed = parseDefinitionFile({ path: '', text: existingText });
  if (parsed.kind !== 'definition') return formatDefinition(definition);
  const before = plainDefinition(parsed.definition);
  const after = plainDefinition(definition);
  if (samePlain(before, after)) return existingText;
  if (parsed.definition.kind === definition.kind) {
    for (const strict of [false, true]) {
      const merged = tryMerge(existingText, before, after, strict);
      if (merged !== null && holds(merged, after)) return merged;
    }
  }
  const canonical = headComment(existingText) + formatDefinition(definition);
  return holds(canonical, after) ? canonical : formatDefinition(definition);
}

function holds(text: string, plain: Plain): boolean {
  const parsed = parseDefinitionFile({ path: '', text });
  return parsed.kind === 'definition' && samePlain(plainDefinition(parsed.definition), plain);
}

/** Comment lines before the first key. */
function headComment(text: string): string {
  return /^(?:[ \t]*#[^\n]*\n|[ \t]*\r?\n)*/.exec(text.replace(/^\uFEFF/, ''))?.[0] ?? '';
}

function tryMerge(text: string, before: Plain, after: Plain, strict: boolean): string | null {
  const document = parseDocument(text, { schema: 'core', uniqueKeys: false, logLevel: 'silent' });
  let shared = false;
  visit(document, {
    Alias() {
      shared = true;
      return visit.BREAK;
    },
  });
  // A change behind an anchor would change all of its aliases.
  if (shared) return null;
  document.contents = merge({ document, strict }, document.contents, before, after) as typeof document.contents;
  const written = document.toString({ ...WRITE_OPTIONS, ...styleOf(text) });
  return text.includes('\r\n') ? written.replace(/\r?\n/g, '\r\n') : written;
}

/** How the file indents lists and pads brackets. */
function styleOf(text: string): { indentSeq: boolean; flowCollectionPadding: boolean } {
  return { indentSeq: !/^( *)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m.test(text), flowCollectionPadding: !/\{\S/.test(text) };
}

interface Merging {
  document: Document.Parsed;
  /** Replaces maps that hold keys of another way to say the same, instead of keeping those keys. */
  strict: boolean;
}

function merge(merging: Merging, node: unknown, before: Plain | undefined, after: Plain): Node {
  if (isNode(node) && samePlain(before, after)) return node;
  if (isMap<Node, Node | null>(node) && before instanceof Map && after instanceof Map && canMergeMap(merging, node, before, after)) return mergeMap(merging, node, before, after);
  if (isSeq<Node>(node) && Array.isArray(before) && Array.isArray(after) && node.items.length === before.length) return mergeList(merging, node, before, after);
  if (isScalar(node) && !(after instanceof Map) && !Array.isArray(after)) {
    node.value = after;
    // Hints of how the old value was written would bend the new one.
    delete node.source;
    delete node.format;
    delete node.minFractionDigits;
    return node;
  }
  return created(merging, after, node);
}

function created({ document }: Merging, plain: Plain, instead: unknown): Node {
  const node = document.createNode(plain, { aliasDuplicateObjects: false }) as Node;
  if (isNode(instead)) {
    node.commentBefore = instead.commentBefore ?? null;
    node.comment = instead.comment ?? null;
    node.spaceBefore = instead.spaceBefore ?? false;
  }
  return node;
}

type Entries = YAMLMap<Node, Node | null>;

function keyOf(pair: Pair<Node, Node | null>): string {
  return isScalar(pair.key) ? String(typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? pair.key.value)) : '';
}

function canMergeMap({ strict }: Merging, node: Entries, before: ReadonlyMap<string, Plain>, after: ReadonlyMap<string, Plain>): boolean {
  return !strict || node.items.every((pair) => before.has(keyOf(pair)) || after.has(keyOf(pair)));
}

function mergeMap(merging: Merging, node: Entries, before: ReadonlyMap<string, Plain>, after: ReadonlyMap<string, Plain>): Node {
  node.items = node.items.filter((pair) => after.has(keyOf(pair)) || !before.has(keyOf(pair)));
  let position = 0;
  for (const [key, value] of after) {
    const index = node.items.findIndex((pair) => keyOf(pair) === key);
    const pair = node.items[index];
    if (pair !== undefined) {
      pair.value = merge(merging, pair.value, before.get(key), value);
      position = index + 1;
    } else if (!samePlain(before.get(key), value)) {
      node.items.splice(position, 0, merging.document.createPair(key, value) as Pair<Node, Node | null>);
      position++;
    }
  }
  return node;
}

function mergeList(merging: Merging, node: YAMLSeq<Node>, before: readonly Plain[], after: readonly Plain[]): Node {
  const items = node.items;
  const result: Node[] = [];
  let from = 0;
  const pairUp = (untilBefore: number, afterItems: readonly Plain[]): void => {
    for (const item of afterItems) {
      const old = from < untilBefore ? before[from] : undefined;
      if (old !== undefined && alike(old, item)) {
        result.push(merge(merging, items[from], old, item));
        from++;
      } else {
        result.push(created(merging, item, null));
      }
    }
    from = untilBefore;
  };
  let to = 0;
  for (const [oldIndex, newIndex] of commonItems(before, after)) {
    pairUp(oldIndex, after.slice(to, newIndex));
    result.push(items[oldIndex] ?? new YamlScalar(null));
    from = oldIndex + 1;
    to = newIndex + 1;
  }
  pairUp(before.length, after.slice(to));
  node.items = result;
  return node;
}

/** Two versions of one thing begin with the same key. */
function alike(a: Plain, b: Plain): boolean {
  if (a instanceof Map && b instanceof Map) return [...a.keys()][0] === [...b.keys()][0];
  return !(a instanceof Map) && !(b instanceof Map) && Array.isArray(a) === Array.isArray(b);
}

/** A longest common subsequence, as pairs of positions. */
function commonItems(before: readonly Plain[], after: readonly Plain[]): [number, number][] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] = samePlain(before[i], after[j]) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (samePlain(before[i], after[j])) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

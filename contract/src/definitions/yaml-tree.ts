import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Alias, Node, Scalar as YamlScalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Scalar } from '../json.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { shorten } from './problem.ts';
import type { DefinitionProblemCode, Problem } from './problem.ts';

/** A stretch of the file's text. */
export interface Place {
  start: number;
  end: number;
}

/** YAML reduced to what definitions need: every value knows where it stands; aliases are resolved. */
export type Tree =
  | (Place & { kind: 'map'; entries: Entry[] })
  | (Place & { kind: 'list'; items: Tree[] })
  | (Place & { kind: 'scalar'; value: Scalar; /** As written, when unquoted. */ source: string });

export interface Entry {
  key: string;
  keyPlace: Place;
  value: Tree;
}

/** A file while it is read: what is wrong is collected, nothing is thrown. */
export interface Reading {
  file: string;
  text: string;
  problems: Problem[];
  lines: LineCounter;
}

/** Reports a problem, up to the limit of one file. */
export function report(reading: Reading, place: Place, code: DefinitionProblemCode, message: string, mend: string): void {
  if (reading.problems.length > DEFINITION_LIMITS.maxProblemsPerFile) return;
  const full = reading.problems.length === DEFINITION_LIMITS.maxProblemsPerFile;
  const { line, col } = reading.lines.linePos(Math.min(place.start, reading.text.length));
  reading.problems.push({
    code: full ? 'too_many_problems' : code,
    file: reading.file,
    line: Math.max(1, line),
    column: Math.max(1, col),
    excerpt: shorten(reading.text.slice(place.start, Math.max(place.end, place.start))),
    message: full ? `There are more than ${DEFINITION_LIMITS.maxProblemsPerFile} problems.` : message,
    mend: full ? 'Mend those above first.' : mend,
  });
}

/** Parses a file's text; null when no tree could be made (the reasons are in `reading.problems`). */
export function readYaml(file: string, text: string): { reading: Reading; tree: Tree | null } {
  const lines = new LineCounter();
  const reading: Reading = { file, text, problems: [], lines };
  lines.addNewLine(0);
  const whole = { start: 0, end: 0 };
  if (text.length > DEFINITION_LIMITS.maxFileChars) {
    const max = DEFINITION_LIMITS.maxFileChars;
    report(reading, whole, 'file_too_large', `The file has ${text.length} characters, the limit is ${max}.`, 'Split it into several files.');
    return { reading, tree: null };
  }
  const contents = parseText(reading, lines);
  if (reading.problems.length > 0) return { reading, tree: null };
  if (contents === null) {
    report(reading, whole, 'file_empty', 'The file says nothing.', 'Begin with what it defines, e.g. `segment: my-segment`.');
    return { reading, tree: null };
  }
  const builder: Builder = { reading, anchors: new Map(), values: 0, stopped: false };
  const tree = build(builder, contents, 0);
  return { reading, tree: builder.stopped ? null : tree };
}

function parseText(reading: Reading, lines: LineCounter): Node | null {
  // The counter is filled by the parser, which starts with its own line 0.
  lines.lineStarts.length = 0;
  try {
    const document = parseDocument(reading.text, {
      lineCounter: lines,
      prettyErrors: false,
      schema: 'core',
      // Checked here instead: the parser compares each key with all others, which takes minutes for 100,000 keys.
      uniqueKeys: false,
      logLevel: 'error',
    });
    if (lines.lineStarts.length === 0) lines.addNewLine(0);
    const seenLines = new Set<number>();
    for (const error of document.errors) {
      const [start, end] = error.pos;
      const { line } = lines.linePos(start);
      if (seenLines.has(line)) continue;
      seenLines.add(line);
      reportSyntax(reading, error.code, error.message, { start, end });
    }
    return document.contents;
  } catch (error) {
    // The parser recurses; only absurd nesting exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
    if (lines.lineStarts.length === 0) lines.addNewLine(0);
    reportTooComplex(reading, { start: 0, end: 0 });
    return null;
  }
}

function reportSyntax(reading: Reading, code: string, message: string, place: Place): void {
  const line = lineAround(reading.text, place.start);
  if (code === 'TAB_AS_INDENT') report(reading, line, 'yaml_tab', 'YAML does not allow tabs for indentation.', 'Use spaces.');
  else if (code === 'MULTIPLE_DOCS') report(reading, line, 'several_documents', 'The file holds more than one object.', 'Put each into a file of its own.');
  else report(reading, { start: place.start, end: line.end }, 'yaml_syntax', `This is not valid YAML: ${message.replace(/\.$/, '')}.`, syntaxMend(code));
}

function syntaxMend(code: string): string {
  if (code === 'BAD_SCALAR_START') return 'Put the text in quotes.';
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return 'If the value holds a colon, put it in quotes; else begin a new line.';
  if (code === 'MISSING_CHAR' || code === 'BAD_INDENT') return 'Check the indentation, and that quotes and brackets are closed.';
  return 'Check the indentation, quotes, colons and hyphens in this line and the one above.';
}

function lineAround(text: string, offset: number): Place {
  const start = text.lastIndexOf('\n', Math.max(0, offset - 1)) + 1;
  const end = text.indexOf('\n', offset);
  return { start, end: end < 0 ? text.length : Math.max(start, end) };
}

function reportTooComplex(reading: Reading, place: Place): void {
  const { maxValues, maxDepth } = DEFINITION_LIMITS;
  report(reading, place, 'file_too_complex', `The file holds more than ${maxValues} values or nests them more than ${maxDepth} deep.`, 'Make it simpler; avoid aliases.');
}

interface Builder {
  reading: Reading;
  anchors: Map<string, Node>;
  values: number;
  stopped: boolean;
}

function build(builder: Builder, node: Node | null, depth: number): Tree {
  const place = placeOf(node);
  const nothing: Tree = { kind: 'scalar', value: null, source: '', ...place };
  if (builder.stopped || node === null) return nothing;
  builder.values++;
  if (builder.values > DEFINITION_LIMITS.maxValues || depth > DEFINITION_LIMITS.maxDepth) {
    builder.stopped = true;
    reportTooComplex(builder.reading, place);
    return nothing;
  }
  if (isAlias(node)) return buildAlias(builder, node, place, depth);
  if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
    report(builder.reading, place, 'yaml_tag', `The YAML tag \`${node.tag}\` is not used in definitions.`, 'Remove it; put texts in quotes where needed.');
    return nothing;
  }
  const tree = isMap(node) ? buildMap(builder, node, place, depth) : isSeq(node) ? buildList(builder, node, place, depth) : isScalar(node) ? buildScalar(node, place) : nothing;
  // Only now: an alias inside of its own anchor would never end.
  if (node.anchor !== undefined) builder.anchors.set(node.anchor, node);
  return tree;
}

const CORE_TAGS = new Set(['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`));

function buildAlias(builder: Builder, alias: Alias, place: Place, depth: number): Tree {
  const target = builder.anchors.get(alias.source);
  if (target !== undefined) return build(builder, target, depth + 1);
  report(builder.reading, place, 'yaml_alias', `There is no anchor \`&${alias.source}\` before this alias.`, 'Write the value itself, or put the text in quotes if it begins with an asterisk.');
  return { kind: 'scalar', value: null, source: '', ...place };
}

function buildMap(builder: Builder, map: YAMLMap, place: Place, depth: number): Tree {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const pair of map.items) {
    const keyNode = pair.key as Node | null;
    const keyPlace = placeOf(keyNode);
    if (keyNode !== null && !isScalar(keyNode)) {
      report(builder.reading, keyPlace, 'wrong_type', 'A key must be a word, not a list or an object.', 'Put the key in quotes.');
      continue;
    }
    const key = keyNode === null ? '' : String(typeof keyNode.value === 'string' ? keyNode.value : (keyNode.source ?? keyNode.value));
    const value = build(builder, pair.value as Node | null, depth + 1);
    // A key without a value stands for itself when its value is reported.
    entries.push({ key, keyPlace, value: value.start === value.end ? { ...value, ...keyPlace } : value });
    if (seen.has(key)) report(builder.reading, keyPlace, 'duplicate_key', `\`${key}\` stands here twice.`, 'Keep one of them.');
    seen.add(key);
  }
  return { kind: 'map', entries, ...place };
}

function buildList(builder: Builder, list: YAMLSeq, place: Place, depth: number): Tree {
  return { kind: 'list', items: list.items.map((item) => build(builder, item as Node | null, depth + 1)), ...place };
}

function buildScalar(scalar: YamlScalar, place: Place): Tree {
  const { value } = scalar;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', value, source: scalar.source ?? String(value), ...place };
  }
  // Only explicit tags make other values, and those are refused before.
  return { kind: 'scalar', value: null, source: scalar.source ?? '', ...place };
}

function placeOf(node: Node | null): Place {
  const range = node?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}

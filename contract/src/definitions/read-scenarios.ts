import type { JsonObject } from '../json.ts';
import { optional, readFields, readLine, readList, readWord, required } from './fields.ts';
import type { Fields, Read } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { readConsents, readScenarioEvent } from './read-scenario-event.ts';
import { readStart, readTime } from './read-scenario-time.ts';
import { readEmail, readJsonObject, readKey, readLanguage, readTimezone } from './read-values.ts';
import type { Scope } from './reading-scope.ts';
import type { ExpectedMessage, ScenarioCase, ScenarioContact, ScenarioExpectation, ScenarioFile } from './scenario-types.ts';
import { report } from './yaml-tree.ts';
import type { Place, Reading, Tree } from './yaml-tree.ts';

/** A file of scenarios: what a journey must do for given contacts and events. */
export function readScenarios(scope: Scope, tree: Tree): ScenarioFile | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A file of scenarios', keysOf('scenarios'));
  if (fields === null) return null;
  const journey = required(reading, fields, 'scenarios', readKey, '');
  note(scope, 'journey', fields, 'scenarios', journey);
  const names = new Set<string>();
  const cases = required(reading, fields, 'cases', (_, value) => readList(reading, value, '`cases`', (__, item) => readCase(scope, item, names)), []);
  const entry = fields.entries.get('cases');
  if (entry?.value.kind === 'list' && cases.length === 0) report(reading, entry.value, 'empty', 'There are no cases.', 'Add at least one.');
  return { kind: 'scenarios', file: reading.file, journey, cases: cases.filter((one) => one !== null) };
}

function note(scope: Scope, kind: 'journey' | 'template' | 'step' | 'segment', fields: Fields, key: string, name: string): void {
  const entry = fields.entries.get(key);
  if (entry !== undefined && name !== '') scope.references.push({ kind, name, place: entry.value });
}

function lineOf(reading: Reading, place: Place): number {
  return reading.lines.linePos(place.start).line;
}

function readCase(scope: Scope, tree: Tree, names: Set<string>): ScenarioCase | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A case', keysOf('case'));
  if (fields === null) return null;
  const name = required(reading, fields, 'name', readLine(), '');
  const nameTree = fields.entries.get('name')?.value;
  if (names.has(name) && name !== '' && nameTree !== undefined) report(reading, nameTree, 'duplicate_name', `Two cases are called \`${name}\`.`, 'Give each case a name of its own.');
  names.add(name);
  return {
    name,
    line: lineOf(reading, fields.place),
    contact: required(reading, fields, 'contact', readContact, { id: '', email: null, timezone: null, language: null, consents: [], traits: {} }),
    start: required(reading, fields, 'start', readStart, { kind: 'instant', at: 0 }),
    events: optional(reading, fields, 'events', (_, value) => readEvents(scope, value), []),
    until: required(reading, fields, 'until', readTime, { kind: 'offset', offsetMs: 0 }),
    expect: required(reading, fields, 'expect', (_, value) => readExpectation(scope, value), NOTHING_EXPECTED),
  };
}

function readContact(reading: Reading, tree: Tree): ScenarioContact {
  const own = keysOf('contact');
  const fields: Fields = readFields(reading, tree, 'A contact', 'any') ?? { place: tree, entries: new Map(), meant: new Set() };
  return {
    id: required(reading, fields, 'id', readLine(), ''),
    email: optional(reading, fields, 'email', readEmail, null),
    timezone: optional(reading, fields, 'timezone', readTimezone, null),
    language: optional(reading, fields, 'language', readLanguage, null),
    consents: optional(reading, fields, 'consent', readConsents, []),
    traits: tree.kind === 'map' ? readJsonObject(reading, tree, own) : {},
  };
}

function readEvents(scope: Scope, tree: Tree): ScenarioCase['events'] {
  const events = readList(scope.reading, tree, '`events`', (_, item) => readScenarioEvent(scope, item, lineOf(scope.reading, item)));
  return events.filter((event) => event !== null);
}

const NOTHING_EXPECTED: ScenarioExpectation = { messages: null, notSent: [], goal: null, exit: null, traits: {}, tags: [], segments: [] };

function readExpectation(scope: Scope, tree: Tree): ScenarioExpectation {
  const { reading } = scope;
  const fields = readFields(reading, tree, '`expect`', keysOf('expect'));
  if (fields === null) return NOTHING_EXPECTED;
  if (fields.entries.size === 0) report(reading, tree, 'empty', 'The case expects nothing.', 'Write e.g. `messages: []` for no message at all.');
  return {
    messages: optional(reading, fields, 'messages', (_, value) => readExpectedMessages(scope, value), null),
    notSent: optional(reading, fields, 'not sent', (_, value) => readNotSent(scope, value), []),
    goal: optional(reading, fields, 'goal', readWord(['reached', 'not reached']), null),
    exit: optional(reading, fields, 'exit', readLine(), null),
    traits: optional(reading, fields, 'traits', asObject, {}),
    tags: optional(reading, fields, 'tags', (_, value) => readList(reading, value, '`tags`', readLine(DEFINITION_LIMITS.maxKeyLength)), []),
    segments: optional(reading, fields, 'segments', (_, value) => readSegments(scope, value), []),
  };
}

const asObject: Read<JsonObject> = (reading, tree) => readJsonObject(reading, tree);

function readSegments(scope: Scope, tree: Tree): string[] {
  return readList(scope.reading, tree, '`segments`', (reading, item) => {
    const name = readKey(reading, item);
    if (name !== '') scope.references.push({ kind: 'segment', name, place: item });
    return name;
  });
}

function readExpectedMessages(scope: Scope, tree: Tree): ExpectedMessage[] {
  const { reading } = scope;
  return readList(reading, tree, '`messages`', (_, item): ExpectedMessage[] => {
    const fields = readFields(reading, item, 'An expected message', keysOf('expectedMessage'));
    if (fields === null) return [];
    const template = required(reading, fields, 'send', readKey, '');
    note(scope, 'template', fields, 'send', template);
    return [
      {
        at: required(reading, fields, 'at', readTime, { kind: 'offset', offsetMs: 0 }),
        template,
        language: optional(reading, fields, 'language', readLanguage, null),
        subject: optional(reading, fields, 'subject', readLine(DEFINITION_LIMITS.maxSubjectLength), null),
        line: lineOf(reading, item),
      },
    ];
  }).flat();
}

function readNotSent(scope: Scope, tree: Tree): ScenarioExpectation['notSent'] {
  const { reading } = scope;
  return readList(reading, tree, '`not sent`', (_, item): ScenarioExpectation['notSent'] => {
    const fields = readFields(reading, item, 'A message that must not leave', keysOf('notSent'));
    if (fields === null) return [];
    const template = required(reading, fields, 'send', readKey, '');
    note(scope, 'template', fields, 'send', template);
    return [{ template, reason: optional(reading, fields, 'reason', readLine(), null), line: lineOf(reading, item) }];
  }).flat();
}

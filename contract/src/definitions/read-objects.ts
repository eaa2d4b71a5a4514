import { DEFAULT_CONSENT_RULES, readConsentRules } from './consent-rules.ts';
import { optional, readFields, readLine, readText, readWord, required } from './fields.ts';
import { keysOf } from './file-keys.ts';
import { DEFINITION_LIMITS } from './limits.ts';
import { parseTimeOfDay } from './local-time.ts';
import { parseDuration } from './duration.ts';
import { readCondition } from './read-condition.ts';
import { readCurrency, readDuration, readEmail, readKey, readLanguage, readSender, readTimezone } from './read-values.ts';
import { DEFAULT_RETENTION, readRetention } from './retention.ts';
import { MAIN_SCORE } from './reading-scope.ts';
import type { Scope } from './reading-scope.ts';
import { isKey } from './slug.ts';
import { MESSAGE_CLASSES } from './types.ts';
import type { FrequencyCap, MessageClass, SegmentDefinition, TemplateContent, TemplateDefinition, WorkspaceDefinition } from './types.ts';
import { report } from './yaml-tree.ts';
import type { Reading, Tree } from './yaml-tree.ts';

const DAY_MS = 86_400_000;

/** Late marketing is noise; an order confirmation is wanted even after a long outage. */
export const DEFAULT_EXPIRY_MS: Record<MessageClass, number> = { marketing: DAY_MS, 'legitimate-interest': DAY_MS, transactional: 7 * DAY_MS, confirmation: DAY_MS };

/** What holds where there is no workspace file, and for keys that it leaves out. */
export const DEFAULT_WORKSPACE: WorkspaceDefinition = {
  kind: 'workspace',
  name: 'Workspace',
  timezone: 'UTC',
  currency: 'USD',
  language: 'en',
  from: null,
  quietHours: null,
  frequencyCap: null,
  attribution: { clickWindowMs: 5 * DAY_MS, openWindowMs: DAY_MS },
  consent: DEFAULT_CONSENT_RULES,
  retention: DEFAULT_RETENTION,
};

export function readSegment(scope: Scope, tree: Tree): SegmentDefinition | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A segment', keysOf('segment'));
  if (fields === null) return null;
  const key = required(reading, fields, 'segment', readKey, '');
  return {
    kind: 'segment',
    key,
    name: optional(reading, fields, 'name', readLine(), key),
    description: optional(reading, fields, 'description', (_, value) => readText(reading, value, DEFINITION_LIMITS.maxDescriptionLength), null),
    match: required(reading, fields, 'match', (_, value) => readCondition(scope, value), { kind: 'all' as const, of: [] }),
  };
}

export function readTemplate(scope: Scope, tree: Tree): TemplateDefinition | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A template', keysOf('template'));
  if (fields === null) return null;
  const key = required(reading, fields, 'template', readKey, '');
  const messageClass = required(reading, fields, 'class', readWord(MESSAGE_CLASSES), 'marketing');
  return {
    kind: 'template',
    key,
    name: optional(reading, fields, 'name', readLine(), key),
    channel: optional(reading, fields, 'channel', readWord(['email']), 'email'),
    class: messageClass,
    topic: optional(reading, fields, 'topic', readLine(DEFINITION_LIMITS.maxKeyLength), null),
    from: optional(reading, fields, 'from', readSender, null),
    replyTo: optional(reading, fields, 'reply to', readEmail, null),
    expiresAfterMs: optional(reading, fields, 'expires after', readDuration, DEFAULT_EXPIRY_MS[messageClass]),
    languages: required(reading, fields, 'languages', readLanguages, {}),
  };
}

function readLanguages(reading: Reading, tree: Tree): Record<string, TemplateContent> {
  const languages: Record<string, TemplateContent> = {};
  const fields = readFields(reading, tree, '`languages`', 'any');
  if (fields === null) return languages;
  if (fields.entries.size === 0) report(reading, tree, 'empty', 'The template has no content.', 'Add a language, e.g. `en:`.');
  for (const { key, keyPlace, value } of fields.entries.values()) {
    const tag = readLanguage(reading, { kind: 'scalar', value: key, source: key, ...keyPlace });
    const content = readContent(reading, value);
    if (Object.hasOwn(languages, tag)) report(reading, keyPlace, 'duplicate_key', `The language \`${tag}\` stands here twice.`, 'Keep one of them.');
    else if (content !== null && tag !== '__proto__') languages[tag] = content;
  }
  return languages;
}

function readContent(reading: Reading, tree: Tree): TemplateContent | null {
  const fields = readFields(reading, tree, 'The content in one language', keysOf('content'));
  if (fields === null) return null;
  return {
    subject: required(reading, fields, 'subject', readLine(DEFINITION_LIMITS.maxSubjectLength), ''),
    preheader: optional(reading, fields, 'preheader', readLine(DEFINITION_LIMITS.maxSubjectLength), null),
    body: required(reading, fields, 'body', (_, value) => readText(reading, value, DEFINITION_LIMITS.maxFileChars), ''),
  };
}

export function readWorkspace(scope: Scope, tree: Tree): WorkspaceDefinition | null {
  const { reading } = scope;
  const fields = readFields(reading, tree, 'A workspace', keysOf('workspace'));
  if (fields === null) return null;
  const bandCaps = optional(reading, fields, 'frequency cap by band', (_, value) => readBandCaps(scope, value), null);
  return {
    kind: 'workspace',
    name: required(reading, fields, 'workspace', readLine(), ''),
    timezone: optional(reading, fields, 'timezone', readTimezone, DEFAULT_WORKSPACE.timezone),
    currency: optional(reading, fields, 'currency', readCurrency, DEFAULT_WORKSPACE.currency),
    language: optional(reading, fields, 'language', readLanguage, DEFAULT_WORKSPACE.language),
    from: optional(reading, fields, 'from', readSender, null),
    quietHours: optional(reading, fields, 'quiet hours', readQuietHours, null),
    frequencyCap: optional(reading, fields, 'frequency cap', readFrequencyCap, null),
    ...(bandCaps === null ? {} : { bandCaps }),
    attribution: optional(reading, fields, 'attribution', readAttribution, DEFAULT_WORKSPACE.attribution),
    consent: optional(reading, fields, 'consent', readConsentRules, DEFAULT_CONSENT_RULES),
    retention: optional(reading, fields, 'retention', readRetention, DEFAULT_RETENTION),
  };
}

function readQuietHours(reading: Reading, tree: Tree): WorkspaceDefinition['quietHours'] {
  const text = readLine()(reading, tree);
  const match = /^(\S+) to (\S+)$/.exec(text);
  const fromMinute = parseTimeOfDay(match?.[1] ?? '');
  const toMinute = parseTimeOfDay(match?.[2] ?? '');
  if (text === '') return null;
  if (fromMinute === null || toMinute === null) {
    report(reading, tree, 'invalid_time', `\`${text}\` are not quiet hours.`, 'Write e.g. `21:00 to 08:00`.');
    return null;
  }
  if (fromMinute === toMinute) report(reading, tree, 'invalid_time', 'Quiet hours end when they begin.', 'Write two different times, or remove `quiet hours`.');
  return { fromMinute, toMinute };
}

function readFrequencyCap(reading: Reading, tree: Tree): WorkspaceDefinition['frequencyCap'] {
  const text = readLine()(reading, tree);
  const match = /^(\d{1,6}) per (.+)$/.exec(text);
  const messages = Number(match?.[1] ?? 0);
  const window = match?.[2] ?? '';
  // `3 per day` means one day.
  const windowText = /^\d/.test(window) ? window : `1 ${window}`;
  if (text === '') return null;
  if (match === null || messages < 1 || parseDuration(windowText) === null) {
    report(reading, tree, 'invalid_rate', `\`${text}\` is not a frequency cap.`, 'Write e.g. `3 per 7 days`.');
    return null;
  }
  return { messages, windowMs: readDuration(reading, { ...tree, kind: 'scalar', value: windowText, source: windowText }) };
}

/** Caps of their own for bands of the main score. */
function readBandCaps(scope: Scope, tree: Tree): Record<string, FrequencyCap> {
  const { reading } = scope;
  const caps: Record<string, FrequencyCap> = {};
  const fields = readFields(reading, tree, '`frequency cap by band`', 'any');
  if (fields?.entries.size === 0) report(reading, tree, 'empty', 'No band is named.', 'Write e.g. `hot: 5 per 7 days`, or remove it.');
  for (const { key, keyPlace, value } of fields?.entries.values() ?? []) {
    const band = readKey(reading, { kind: 'scalar', value: key, source: key, ...keyPlace });
    const cap = readFrequencyCap(reading, value);
    if (cap === null || !isKey(band)) continue;
    caps[band] = cap;
    scope.references.push({ kind: 'band', name: band, place: keyPlace, within: MAIN_SCORE });
  }
  return caps;
}

function readAttribution(reading: Reading, tree: Tree): WorkspaceDefinition['attribution'] {
  const defaults = DEFAULT_WORKSPACE.attribution;
  const fields = readFields(reading, tree, '`attribution`', keysOf('attribution'));
  if (fields === null) return defaults;
  return {
    clickWindowMs: optional(reading, fields, 'click', readWindow, defaults.clickWindowMs),
    openWindowMs: optional(reading, fields, 'open', readWindow, defaults.openWindowMs),
  };
}

function readWindow(reading: Reading, tree: Tree): number {
  return tree.kind === 'scalar' && tree.value === 'none' ? 0 : readDuration(reading, tree);
}

import { CONDITION_DEFS } from './condition-schema.ts';
import { CONSENT_DEMANDS } from './consent-types.ts';
import { TRAIT_TYPES } from './trait-schema-types.ts';
import { FILE_KEYS } from './file-keys.ts';
import type { FileObject } from './file-keys.ts';
import { CHANNEL, KEY, SCALAR, TEXT, filled, list, ref, word } from './schema-parts.ts';
import type { JsonSchema } from './schema-parts.ts';
import { MESSAGE_CLASSES } from './types.ts';

export const SCHEMA_KINDS = ['segment', 'journey', 'template', 'topic', 'schema', 'score', 'personas', 'computed-trait', 'workspace', 'scenarios'] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const ANY_OBJECT: JsonSchema = { type: 'object' };

type Properties<O extends FileObject> = Record<keyof (typeof FILE_KEYS)[O], JsonSchema>;

/** An object whose keys and their meanings are those of the parser. */
function object<O extends FileObject>(what: O, properties: Properties<O>, required: readonly (keyof (typeof FILE_KEYS)[O] & string)[], open = false): JsonSchema {
  const meanings: Record<string, string> = FILE_KEYS[what];
  const described = Object.entries<JsonSchema>(properties).map(([key, schema]) => [key, { description: meanings[key], ...schema }]);
  return { type: 'object', properties: Object.fromEntries(described), required, additionalProperties: open };
}

const POINTS: JsonSchema = { type: 'number' };
const score = object(
  'score',
  {
    score: KEY,
    name: TEXT,
    description: TEXT,
    main: { type: 'boolean' },
    'needs consent': { type: 'boolean' },
    hysteresis: { type: 'number', minimum: 0 },
    bands: { ...list(object('band', { band: KEY, name: TEXT, from: POINTS }, ['band'])), minItems: 2 },
    rules: filled({
      anyOf: [
        object('behaviourRule', { event: TEXT, where: ref('where'), points: POINTS, per: TEXT, 'half-life': ref('duration'), 'at most': { type: 'number', exclusiveMinimum: 0 }, label: TEXT, id: TEXT }, ['event', 'points']),
        object('fitRule', { when: ref('condition'), points: POINTS, label: TEXT, id: TEXT }, ['when', 'points', 'label']),
      ],
    }),
  },
  ['score', 'rules'],
);

const personas = object(
  'personas',
  {
    personas: KEY,
    name: TEXT,
    description: TEXT,
    'needs consent': { type: 'boolean' },
    choose: filled(object('personaChoice', { persona: KEY, name: TEXT, when: ref('condition') }, ['persona', 'when'])),
    otherwise: { anyOf: [KEY, object('otherPersona', { persona: KEY, name: TEXT }, ['persona'])] },
  },
  ['personas', 'choose'],
);

const computedTrait = object(
  'computedTrait',
  {
    'computed trait': KEY, name: TEXT, description: TEXT, event: TEXT, where: ref('where'), 'sum of': TEXT, 'average of': TEXT, 'largest of': TEXT, 'smallest of': TEXT, different: TEXT,
    first: TEXT, last: TEXT, 'most frequent': TEXT, within: ref('duration'), from: ref('moment'), before: ref('moment'),
  },
  ['computed trait', 'event'],
);

const segment = object('segment', { segment: KEY, name: TEXT, description: TEXT, match: ref('condition') }, ['segment', 'match']);

const pattern = { event: TEXT, where: ref('where'), same: TEXT };
const STEP_DEFS: Record<string, JsonSchema> = {
  steps: list(ref('step')),
  step: {
    anyOf: [
      word('exit'),
      object('waitStep', { wait: ref('duration'), id: TEXT }, ['wait']),
      object('sendStep', { send: KEY, id: TEXT }, ['send']),
      object(
        'waitForStep',
        { 'wait for': object('pattern', pattern, ['event']), 'up to': ref('duration'), then: ref('steps'), otherwise: ref('steps'), id: TEXT },
        ['wait for', 'up to'],
      ),
      object('ifStep', { if: ref('condition'), then: ref('steps'), else: ref('steps'), id: TEXT }, ['if']),
      object('splitStep', { split: { ...list(object('arm', { name: TEXT, share: ref('share'), steps: ref('steps') }, ['name', 'share'])), minItems: 2 }, id: TEXT }, ['split']),
      object('setStep', { set: { ...ANY_OBJECT, minProperties: 1 }, id: TEXT }, ['set']),
      object('tagStep', { tag: TEXT, id: TEXT }, ['tag']),
      object('untagStep', { untag: TEXT, id: TEXT }, ['untag']),
      object('exitStep', { exit: SCALAR, id: TEXT }, ['exit']),
    ],
  },
  share: { anyOf: [{ type: 'number', minimum: 0 }, { type: 'string', pattern: '^\\d+(\\.\\d+)?%?$' }] },
};

const journey = object(
  'journey',
  {
    journey: KEY,
    name: TEXT,
    description: TEXT,
    trigger: {
      anyOf: [
        object('eventTrigger', { event: TEXT, where: ref('where'), key: TEXT }, ['event']),
        object('entersTrigger', { enters: KEY }, ['enters']),
        object('leavesTrigger', { leaves: KEY }, ['leaves']),
      ],
    },
    who: ref('condition'),
    're-entry': { type: 'string', pattern: '^(never|always|after \\d.*)$' },
    exit: list({ anyOf: [object('eventExit', { ...pattern, reason: TEXT }, ['event']), object('conditionExit', { when: ref('condition'), reason: TEXT }, ['when'])] }),
    goal: object('goal', { ...pattern, within: ref('duration'), value: TEXT }, ['event']),
    ceiling: { type: 'string', pattern: '^\\d+ (per|an) hour$' },
    steps: { type: 'array', minItems: 1, ...ref('steps') },
  },
  ['journey', 'trigger', 'steps'],
);

const SENDER: JsonSchema = { type: 'string', pattern: '@' };

const template = object(
  'template',
  {
    template: KEY,
    name: TEXT,
    channel: CHANNEL,
    class: word(...MESSAGE_CLASSES),
    topic: TEXT,
    from: SENDER,
    'reply to': SENDER,
    'expires after': ref('duration'),
    languages: { type: 'object', minProperties: 1, additionalProperties: object('content', { subject: TEXT, preheader: TEXT, body: TEXT }, ['subject', 'body']) },
  },
  ['template', 'class', 'languages'],
);

const WINDOW: JsonSchema = { anyOf: [ref('duration'), word('none')] };

const TEXTS: JsonSchema = { type: 'object', minProperties: 1, additionalProperties: TEXT };
const topic = object('topic', { topic: KEY, names: TEXTS, descriptions: TEXTS, 'double opt-in': { type: 'boolean' } }, ['topic', 'names']);

const KEPT: JsonSchema = { anyOf: [ref('duration'), word('forever')] };

const DECLARED_TRAIT: JsonSchema = {
  anyOf: [word(...TRAIT_TYPES), object('declaredTrait', { type: word(...TRAIT_TYPES), values: filled({ type: ['string', 'number'] }), description: TEXT, personal: { type: 'boolean' } }, ['type'])],
};
const traitSchema = object('schema', { schema: KEY, name: TEXT, traits: { type: 'object', additionalProperties: DECLARED_TRAIT } }, ['schema', 'traits']);

const DEMAND = word(...CONSENT_DEMANDS);
const DEMANDS = { marketing: DEMAND, 'legitimate interest': DEMAND, profiling: DEMAND };
const CONSENT_RULE = object('consentRule', DEMANDS, []);
const CONSENT_GROUP = object('consentGroup', { name: TEXT, countries: filled({ type: 'string', pattern: '^[A-Za-z]{2}$' }), ...DEMANDS }, ['name', 'countries']);

const FREQUENCY_CAP: JsonSchema = { type: 'string', pattern: '^\\d+ per .+$' };

const workspace = object(
  'workspace',
  {
    workspace: TEXT,
    timezone: { type: 'string' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    language: { type: 'string' },
    from: SENDER,
    'quiet hours': { type: 'string', pattern: '^\\d{1,2}:\\d{2} to \\d{1,2}:\\d{2}$' },
    'frequency cap': FREQUENCY_CAP,
    'frequency cap by band': { type: 'object', minProperties: 1, additionalProperties: FREQUENCY_CAP },
    attribution: object('attribution', { click: WINDOW, open: WINDOW }, []),
    consent: object('consentRules', { europe: CONSENT_RULE, groups: list(CONSENT_GROUP), others: CONSENT_RULE, 'unknown country': CONSENT_RULE, 'confirm within': ref('duration') }, []),
    retention: object('retention', { default: KEPT, events: { type: 'object', additionalProperties: KEPT }, 'rejected events': KEPT, decisions: KEPT }, []),
  },
  ['workspace'],
);

const SCENARIO_DEFS: Record<string, JsonSchema> = {
  time: { anyOf: [{ const: 0 }, { type: 'string', pattern: '^(\\+\\s*\\d.*|\\d{4}-\\d{2}-\\d{2}[ T]\\d{2}:\\d{2}(:\\d{2})?Z?)$' }], description: '`+1 hour` after the start, or `2026-03-29 11:00`.' },
  happening: {
    anyOf: [
      { type: 'object', properties: { at: ref('time'), event: TEXT }, required: ['at', 'event'] },
      happening({ identify: ANY_OBJECT }),
      happening({ consent: CHANNEL }, { topic: TEXT }),
      happening({ unsubscribe: CHANNEL }, { topic: TEXT }),
      happening({ open: TEXT }),
      happening({ click: TEXT }),
      happening({ bounce: TEXT }),
    ],
  },
};

function happening(own: Record<string, JsonSchema>, others: Record<string, JsonSchema> = {}): JsonSchema {
  return { type: 'object', properties: { at: ref('time'), ...own, ...others }, required: ['at', ...Object.keys(own)], additionalProperties: false };
}

const CONSENT: JsonSchema = {
  anyOf: [word('email', 'none'), { type: 'object', properties: { email: list(TEXT) }, required: ['email'], additionalProperties: false }],
};

const scenarioCase = object(
  'case',
  {
    name: TEXT,
    contact: object('contact', { id: TEXT, email: SENDER, timezone: { type: 'string' }, language: { type: 'string' }, consent: CONSENT }, ['id'], true),
    start: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}[ T]\\d{2}:\\d{2}(:\\d{2})?Z?$' },
    events: list(ref('happening')),
    until: ref('time'),
    expect: {
      ...object(
        'expect',
        {
          messages: list(object('expectedMessage', { at: ref('time'), send: KEY, language: { type: 'string' }, subject: TEXT }, ['at', 'send'])),
          'not sent': list(object('notSent', { send: KEY, reason: TEXT }, ['send'])),
          goal: word('reached', 'not reached'),
          exit: TEXT,
          traits: ANY_OBJECT,
          tags: list(TEXT),
          segments: list(KEY),
        },
        [],
      ),
      minProperties: 1,
    },
  },
  ['name', 'contact', 'start', 'until', 'expect'],
);

const scenarios = object('scenarios', { scenarios: KEY, cases: filled(scenarioCase) }, ['scenarios', 'cases']);

const KINDS: Record<SchemaKind, { title: string; schema: JsonSchema; defs: Record<string, JsonSchema> }> = {
  segment: { title: 'Samovar segment', schema: segment, defs: CONDITION_DEFS },
  journey: { title: 'Samovar journey', schema: journey, defs: { ...CONDITION_DEFS, ...STEP_DEFS } },
  template: { title: 'Samovar template', schema: template, defs: pick('duration') },
  topic: { title: 'Samovar topic', schema: topic, defs: {} },
  score: { title: 'Samovar score', schema: score, defs: CONDITION_DEFS },
  personas: { title: 'Samovar personas', schema: personas, defs: CONDITION_DEFS },
  schema: { title: 'Samovar schema', schema: traitSchema, defs: {} },
  'computed-trait': { title: 'Samovar computed trait', schema: computedTrait, defs: CONDITION_DEFS },
  workspace: { title: 'Samovar workspace', schema: workspace, defs: pick('duration') },
  scenarios: { title: 'Samovar scenarios', schema: scenarios, defs: SCENARIO_DEFS },
};

function pick(...names: string[]): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(CONDITION_DEFS).filter(([name]) => names.includes(name)));
}

/** The key that tells a kind of file. */
function headOf(kind: SchemaKind): string {
  return kind.replace('-', ' ');
}

/** A template has a topic too. */
function isOfKind(kind: SchemaKind): JsonSchema {
  return kind === 'topic' ? { required: [kind], not: { required: ['template'] } } : { required: [headOf(kind)] };
}

/** The JSON Schema of each kind of file, and `samovar` for all of them, by name. */
export function fileSchemas(): Record<SchemaKind | 'samovar', JsonSchema> {
  const single = (kind: SchemaKind): JsonSchema => ({ $schema: DIALECT, title: KINDS[kind].title, ...KINDS[kind].schema, $defs: KINDS[kind].defs });
  const samovar: JsonSchema = {
    $schema: DIALECT,
    title: 'Any file of Samovar',
    type: 'object',
    // Told by its first key: so an editor shows the problems of that kind only.
    allOf: SCHEMA_KINDS.map((kind) => ({ if: isOfKind(kind), then: ref(`${kind}File`) })),
    anyOf: SCHEMA_KINDS.map((kind) => ({ required: [headOf(kind)] })),
    $defs: { ...CONDITION_DEFS, ...STEP_DEFS, ...SCENARIO_DEFS, ...Object.fromEntries(SCHEMA_KINDS.map((kind) => [`${kind}File`, KINDS[kind].schema])) },
  };
  return { segment: single('segment'), journey: single('journey'), template: single('template'), topic: single('topic'), schema: single('schema'), score: single('score'), personas: single('personas'), 'computed-trait': single('computed-trait'), workspace: single('workspace'), scenarios: single('scenarios'), samovar };
}

import { expect, test } from 'vitest';
import { CART_1, CART_RESCUE, WORKSPACE } from './examples.ts';
import { formatDefinition } from './format.ts';
import { mergeIntoFile } from './merge-into-file.ts';
import { parseDefinitionFile } from './parse-file.ts';
import type { Definition, JourneyDefinition, TemplateDefinition, WorkspaceDefinition } from './types.ts';

function read<D extends Definition>(text: string): D {
  const parsed = parseDefinitionFile({ path: 'x', text });
  if (parsed.kind !== 'definition') throw new Error(JSON.stringify(parsed));
  return parsed.definition as D;
}

const FILE = `# yaml-language-server: $schema=../samovar.schema.json
# Cart rescue, owned by Sara
journey: cart-rescue
name: Cart rescue # shown to all
trigger: {event: Checkout Started, key: cart_id}

exit:
- event: Order Completed
  same: cart_id
steps:
# not sooner: they may still be typing
- wait: 1 hour # tested
- send: cart-1

- send: cart-2 # the last
`;

test('comments, order and style stay where the value is unchanged', () => {
  const journey = read<JourneyDefinition>(FILE);
  const [wait, first, last] = journey.steps;
  if (wait?.kind !== 'wait' || first === undefined || last === undefined) throw new Error('unexpected');
  const changed: JourneyDefinition = { ...journey, ceilingPerHour: 100, steps: [{ ...wait, durationMs: 7_200_000, id: 'wait-2-hours' }, first, { kind: 'tag', id: 'tag-x', tag: 'x', present: true }, last] };
  const merged = mergeIntoFile(FILE, changed);
  expect(merged).toBe(
    FILE.replace('- wait: 1 hour', '- wait: 2 hours')
      .replace('- send: cart-1\n', '- send: cart-1\n- tag: x\n')
      .replace('steps:', 'ceiling: 100 per hour\nsteps:'),
  );
  expect(read(merged)).toEqual(changed);
});

test('removed keys and steps go, and nothing else', () => {
  const journey = read<JourneyDefinition>(FILE);
  const merged = mergeIntoFile(FILE, { ...journey, exits: [], steps: journey.steps.slice(0, 2) });
  expect(merged).toContain('# not sooner');
  expect(merged).not.toContain('cart-2');
  expect(merged).not.toContain('exit');
});

test('defaults that are written out stay written out', () => {
  const text = 'template: a\nchannel: email # for now\nclass: marketing\nexpires after: 1 day\nlanguages: { en: { subject: s, body: b } }\n';
  const template = read<TemplateDefinition>(text);
  const merged = mergeIntoFile(text, { ...template, topic: 'news' });
  expect(merged).toContain('channel: email # for now');
  expect(merged).toContain('expires after: 1 day');
  expect(read(mergeIntoFile(text, { ...template, expiresAfterMs: 3_600_000 }))).toMatchObject({ expiresAfterMs: 3_600_000 });
});

test('a body stays a block of text', () => {
  const template = read<TemplateDefinition>(CART_1.text);
  const en = template.languages['en'];
  if (en === undefined) throw new Error('unexpected');
  const merged = mergeIntoFile(CART_1.text, { ...template, languages: { ...template.languages, en: { ...en, body: en.body.replace('Hello', 'Welcome') } } });
  expect(merged).toBe(CART_1.text.replace('Hello', 'Welcome'));
});

test('another way to say the same is replaced where it no longer holds', () => {
  const text = '# head\nsegment: a # key\nmatch:\n  - event: X\n    times: exactly 0\n  - tag: b\n';
  const segment = read(text) as Definition & { kind: 'segment' };
  const changed: Definition = { ...segment, match: { kind: 'any', of: [{ kind: 'tag', tag: 'c' }, ...('of' in segment.match ? segment.match.of : [])] } };
  const merged = mergeIntoFile(text, changed);
  expect(read(merged)).toEqual(changed);
  expect(merged).toContain('# head\nsegment: a # key\n');
});

test('line ends of Windows stay', () => {
  const text = WORKSPACE.text.replaceAll('\n', '\r\n');
  const merged = mergeIntoFile(text, { ...read<WorkspaceDefinition>(text), timezone: 'Asia/Tehran' });
  expect(merged).toBe(text.replace('Europe/Berlin', 'Asia/Tehran'));
});

test('files with aliases are written anew below their head', () => {
  const text = '# head\n\njourney: a\ntrigger: { event: X }\nexit: [{ when: &c { tag: x } }]\nwho: *c\nsteps: [{ send: a }]\n';
  const journey = read<JourneyDefinition>(text);
  const merged = mergeIntoFile(text, { ...journey, name: 'Other' });
  expect(merged).toBe(`# head\n\n${formatDefinition({ ...journey, name: 'Other' })}`);
});

test('a file that cannot be read, or defines something else, is replaced', () => {
  const journey = read(CART_RESCUE.text);
  expect(mergeIntoFile('journey: [', journey)).toBe(formatDefinition(journey));
  expect(read(mergeIntoFile(CART_1.text, journey))).toEqual(journey);
});

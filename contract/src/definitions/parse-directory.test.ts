import { describe, expect, test } from 'vitest';
import { CART_1, CART_RESCUE, CART_RESCUE_SCENARIOS, EXAMPLE_FILES } from './examples.ts';
import { parseDirectory } from './parse-directory.ts';

function short(...files: { path: string; text: string }[]): string[] {
  return parseDirectory(files).problems.map(({ code, file, line, column, excerpt, mend }) => `${code} ${file}:${line}:${column} ${excerpt} | ${mend}`);
}

const segment = (key: string, match: string): { path: string; text: string } => ({ path: `segments/${key}.yaml`, text: `segment: ${key}\nmatch: ${match}\n` });

test('a good directory, in order of its files', () => {
  const { definitions, scenarios, problems } = parseDirectory([CART_RESCUE_SCENARIOS, ...EXAMPLE_FILES]);
  expect(problems).toEqual([]);
  expect(definitions.map(({ file, definition }) => `${file} ${definition.kind}`)).toEqual([
    'journeys/cart-rescue.yaml journey',
    'schemas/contacts.yaml schema',
    'segments/lapsed-buyers.yaml segment',
    'templates/cart-1.yaml template',
    'topics/carts.yaml topic',
    'workspace.yaml workspace',
  ]);
  expect(scenarios.map((one) => one.file)).toEqual(['journeys/cart-rescue.scenarios.yaml']);
});

test('an empty directory', () => {
  expect(parseDirectory([])).toEqual({ definitions: [], scenarios: [], problems: [] });
});

describe('what files say about each other', () => {
  test('templates and segments that do not exist', () => {
    const text = 'journey: a\ntrigger: { enters: lapsed-buyer }\nwho: { not in segment: lapsed }\nsteps:\n  - send: cart-11\n';
    expect(short({ path: 'a.yaml', text }, ...EXAMPLE_FILES)).toEqual([
      'unknown_segment a.yaml:2:20 lapsed-buyer | Did you mean `lapsed-buyers`?',
      'unknown_segment a.yaml:3:24 lapsed | Known here: `lapsed-buyers`.',
      'unknown_template a.yaml:5:11 cart-11 | Did you mean `cart-1`?',
    ]);
  });

  test('a confirmation that nobody requested', () => {
    const ask = { path: 'templates/ask.yaml', text: 'template: ask\nclass: confirmation\nlanguages: { en: { subject: Ask, body: x } }\n' };
    const journey = (event: string): { path: string; text: string } => ({ path: 'a.yaml', text: `journey: a\ntrigger: { event: ${event} }\nsteps:\n  - send: ask\n` });
    expect(short(ask, journey('Signed Up'))).toEqual(['confirmation_without_request a.yaml:4:11 ask | Let the event `Subscription Requested` start the journey.']);
    expect(short(ask, journey('Subscription Requested'))).toEqual([]);
  });

  test('a template may name its topic first', () => {
    const { definitions } = parseDirectory([{ path: 'templates/a.yaml', text: 'topic: carts\ntemplate: a\nclass: transactional\nlanguages: { en: { subject: A, body: x } }\n' }]);
    expect(definitions.map(({ definition }) => definition.kind)).toEqual(['template']);
  });

  test('a file with problems of its own still defines its key', () => {
    const bad = segment('vip', '{ tga: x }');
    expect(short(bad, segment('b', '{ segment: vip }'))).toEqual(['unknown_key segments/vip.yaml:2:10 tga | Did you mean `tag`?']);
    expect(parseDirectory([bad, CART_1]).definitions).toHaveLength(1);
  });

  test('the same thing twice', () => {
    const again = { path: 'segments/z.yaml', text: '# again\nsegment: a\nmatch: { tag: x }' };
    expect(short(again, segment('a', '{ tag: x }'))).toEqual(['duplicate_definition segments/z.yaml:2:1 segment: a | Give one of them another key, or remove one of the files.']);
    expect(short({ path: 'w1.yaml', text: 'workspace: a' }, { path: 'w2.yaml', text: 'workspace: b' })).toEqual(['duplicate_definition w2.yaml:1:1 workspace: b | Keep one of the two files.']);
  });

  test('segments in a circle, once for each circle', () => {
    const files = [segment('a', '{ segment: b }'), segment('b', '{ any: [{ not in segment: c }, { tag: x }] }'), segment('c', '{ segment: a }'), segment('d', '{ segment: d }'), segment('e', '{ segment: a }')];
    expect(parseDirectory(files).problems.map(({ code, file, message }) => `${code} ${file} ${message}`)).toEqual([
      'segment_cycle segments/c.yaml Segments refer to each other in a circle: `a` → `b` → `c` → `a`.',
      'segment_cycle segments/d.yaml Segments refer to each other in a circle: `d` → `d`.',
    ]);
  });

  test('scenarios of what does not exist', () => {
    const wrong = { ...CART_RESCUE_SCENARIOS, text: CART_RESCUE_SCENARIOS.text.replace('open: first', 'open: frist').replace('send: cart-1\n          reason', 'send: cart-2\n          reason') };
    expect(short(wrong, ...EXAMPLE_FILES)).toEqual([
      'unknown_step journeys/cart-rescue.scenarios.yaml:14:15 frist | Did you mean `first`?',
      'unknown_template journeys/cart-rescue.scenarios.yaml:32:17 cart-2 | Did you mean `cart-1`?',
    ]);
    const alone = short(CART_RESCUE_SCENARIOS, ...EXAMPLE_FILES.filter((file) => file !== CART_RESCUE));
    expect(alone[0]).toMatch(/^unknown_journey journeys\/cart-rescue.scenarios.yaml:1:12 cart-rescue/);
    expect(alone).toHaveLength(1);
  });
});

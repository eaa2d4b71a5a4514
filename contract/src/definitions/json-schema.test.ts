import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { definition } from './arbitrary-definition.ts';
import { CONDITION_KEYS } from './condition-keys.ts';
import { formatDefinition } from './format.ts';
import { fileSchemas } from './json-schema.ts';
import { parseDefinitionFile } from './parse-file.ts';
import { definitionSchema } from './schema.ts';
import { CART_RESCUE_SCENARIOS, EXAMPLE_FILES } from './examples.ts';

const schemas = fileSchemas();
const ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false });
const checkFile = ajv.compile(schemas.samovar);

test.each(Object.entries(schemas))('contract/schemas/%s.schema.json is current', (name, schema) => {
  const kept: unknown = JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8'));
  // Not so? `npx tsx tools/src/generate-contract.ts`.
  expect(kept).toEqual(schema);
});

describe('the schemas agree with the parser', () => {
  test('on every definition that is written', () => {
    fc.assert(
      fc.property(definition, (original) => {
        const data: unknown = parse(formatDefinition(original), { mapAsMap: false });
        checkFile(data);
        expect(checkFile.errors).toBe(null);
        expect(ajv.validate((schemas as Record<string, object>)[original.kind] ?? {}, data)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('on the examples', () => {
    for (const { path, text } of [...EXAMPLE_FILES, CART_RESCUE_SCENARIOS]) {
      expect(parseDefinitionFile({ path, text }).kind).not.toBe('problems');
      checkFile(parse(text));
      expect({ path, errors: checkFile.errors }).toEqual({ path, errors: null });
    }
  });

  test.each(['segment: a', 'segment: a\nmatch: {}', 'segment: a\nmtach: { tag: x }', 'journey: a\ntrigger: { event: x }\nsteps: []', 'template: a\nclass: x\nlanguages: {}', 'nothing: 1', 'segment: a\nmatch: { event: x, within: 3 }'])(
    'on %j, which both refuse',
    (text) => {
      expect(parseDefinitionFile({ path: 'x', text }).kind).toBe('problems');
      expect(checkFile(parse(text))).toBe(false);
    },
  );

  test('on the conditions', () => {
    const text = JSON.stringify(schemas.segment);
    for (const key of Object.keys(CONDITION_KEYS)) expect(text).toContain(`"${key}"`);
  });
});

test('the schema of normalised definitions takes them all', () => {
  fc.assert(
    fc.property(definition, (original) => {
      expect(definitionSchema.parse(JSON.parse(JSON.stringify(original)))).toEqual(original);
    }),
    { numRuns: 200 },
  );
});

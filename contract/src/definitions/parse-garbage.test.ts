import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definition } from './arbitrary-definition.ts';
import { CART_RESCUE_SCENARIOS, EXAMPLE_FILES } from './examples.ts';
import { formatDefinition } from './format.ts';
import { parseDefinitionFile } from './parse-file.ts';
import { DEFINITION_PROBLEMS } from './problem.ts';
import type { Problem } from './problem.ts';

function problems(text: string): Problem[] {
  const parsed = parseDefinitionFile({ path: 'x.yaml', text });
  return parsed.kind === 'problems' ? parsed.problems : [];
}

describe('properties that always hold', () => {
  const line = fc.oneof(fc.constantFrom(...EXAMPLE_FILES.flatMap((file) => file.text.split('\n')), ...CART_RESCUE_SCENARIOS.text.split('\n')), fc.string({ unit: 'binary', maxLength: 30 }));
  const known = new Set(Object.keys(DEFINITION_PROBLEMS));

  function wellFormed(text: string): void {
    const parsed = parseDefinitionFile({ path: 'x', text });
    if (parsed.kind !== 'problems') return;
    const lines = text.split('\n');
    expect(parsed.problems.length).toBeGreaterThan(0);
    for (const { code, line: at, column, message, mend } of parsed.problems) {
      expect(known.has(code)).toBe(true);
      expect(at).toBeGreaterThan(0);
      expect(at).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThan(0);
      expect(message !== '' && mend !== '').toBe(true);
    }
  }

  test('garbage never throws', () => {
    const text = fc.oneof(fc.array(line, { maxLength: 20 }).map((lines) => lines.join('\n')), fc.string({ unit: 'binary', maxLength: 200 }));
    const check = fc.check(fc.property(text, wellFormed), { numRuns: 3_000 });
    expect(check.counterexample).toBe(null);
  });

  test('good files with a few characters changed never throw', () => {
    const files = [...EXAMPLE_FILES, CART_RESCUE_SCENARIOS].map((file) => file.text);
    const edit = fc.tuple(fc.nat(), fc.nat(5), fc.oneof(fc.constantFrom(':', '-', '{', '[', '"', '\n', '\t', '&a ', '*a', '!!x ', '  ', '#', '|', '? '), fc.string({ maxLength: 3 })));
    const check = fc.check(
      fc.property(fc.constantFrom(...files), fc.array(edit, { minLength: 1, maxLength: 4 }), (text, edits) => {
        let changed = text;
        for (const [at, removed, added] of edits) {
          const start = at % (changed.length + 1);
          changed = changed.slice(0, start) + added + changed.slice(start + removed);
        }
        wellFormed(changed);
      }),
      { numRuns: 2_000 },
    );
    expect(check.counterexample).toBe(null);
  });

  test('an unknown key put anywhere is reported on its line', () => {
    fc.assert(
      fc.property(definition, fc.nat(), (original, pick) => {
        const lines = formatDefinition(original).split('\n');
        // Lines that begin a key of the grammar, outside of free objects and texts.
        const places = lines.flatMap((text, index) => (/^ *(?:- )?(?:wait|send|tag|untag|journey|segment|trigger|match|steps):( |$)/.test(text) && index < 200 ? [index] : []));
        const at = places[pick % Math.max(1, places.length)];
        if (at === undefined || isInsideText(lines, at)) return;
        const prefix = /^ *(?:- )?/.exec(lines[at] ?? '')?.[0] ?? '';
        const inserted = `${prefix}zzzzzzzz: 1`;
        const rest = `${' '.repeat(prefix.length)}${(lines[at] ?? '').slice(prefix.length)}`;
        const text = [...lines.slice(0, at), inserted, rest, ...lines.slice(at + 1)].join('\n');
        const found = problems(text);
        expect(found.map(({ code, line: place }) => `${code} ${place}`)).toContain(`unknown_key ${at + 1}`);
      }),
      { numRuns: 300 },
    );
  });

  /** Whether a line belongs to a block of text or to the free values of `set` and `where`. */
  function isInsideText(lines: readonly string[], at: number): boolean {
    const own = /^ */.exec(lines[at] ?? '')?.[0].length ?? 0;
    let indent = own;
    for (let index = at - 1; index >= 0; index--) {
      const text = lines[index] ?? '';
      const depth = /^ */.exec(text)?.[0].length ?? 0;
      if (text.trim() === '' || depth >= indent) continue;
      indent = depth;
      if (/[|>][-+0-9]*$/.test(text) || /(?:^| )(?:set|where):$/.test(text)) return true;
    }
    return false;
  }
});

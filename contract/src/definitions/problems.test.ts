import { describe, expect, test } from 'vitest';
import { EXAMPLE_FILES } from './examples.ts';
import { parseDefinitionFile } from './parse-file.ts';
import { formatProblem } from './problem.ts';
import type { Problem } from './problem.ts';

function problems(text: string): Problem[] {
  const parsed = parseDefinitionFile({ path: 'x.yaml', text });
  return parsed.kind === 'problems' ? parsed.problems : [];
}

/** `code line:column excerpt` of each problem. */
function short(text: string): string[] {
  return problems(text).map(({ code, line, column, excerpt }) => `${code} ${line}:${column} ${excerpt}`.trim());
}

describe('what is wrong, and where', () => {
  test.each([
    ['', ['file_empty 1:1']],
    ['# only a comment', ['file_empty 1:1']],
    ['- a', ['wrong_type 1:1 - a']],
    ['just text', ['wrong_type 1:1 just text']],
    ['jurney: a\nsteps: []', ['unknown_kind 1:1 jurney']],
    ['segment: a\nmatch:\n\t- tag: x', ['yaml_tab 3:1 \t- tag: x']],
    ['segment: "a\nmatch: x', ['yaml_syntax 2:9']],
    ['segment: a: b', ['yaml_syntax 1:10 a: b']],
    ['segment: a\nmatch: { tag: x }\n---\nsegment: b', ['several_documents 3:1 ---']],
    ['segment: a\nsegment: b\nmatch: { tag: x }', ['duplicate_key 2:1 segment']],
    ['segment: !!binary aGk=\nmatch: { tag: x }', ['yaml_tag 1:19 aGk=', 'empty 1:19 aGk=']],
    ['segment: a\nmatch: { tag: *x }', ['yaml_alias 2:15 *x', 'empty 2:15 *x']],
    ['segment: a\nmatch:', ['wrong_type 2:1 match']],
    ['segment: a\nmatch: {}', ['empty 2:8 {}']],
    ['segment: a\nmatch: { tag: x, tags: y }', ['unknown_key 2:18 tags']],
    ['segment: a\nmatch: { tag: x, segment: y }', ['conflicting_keys 2:8 { tag: x, segment: y }']],
    ['segment: a\nmatch: { all: [] }', ['empty 2:15 []']],
    ['segment: a\nmatch: { trait: x }', ['missing_key 2:8 { trait: x }']],
    ['segment: a\nmatch: { trait: x, is: [1] }', ['wrong_type 2:24 [1]']],
    ['segment: a\nmatch: { trait: x, is: .inf }', ['invalid_number 2:24 .inf']],
    ['segment: a\nmatch: { trait: x, is: 12345678901234567890 }', ['invalid_number 2:24 12345678901234567890']],
    ['segment: a\nmatch: { event: x, times: often }', ['invalid_times 2:27 often']],
    ['segment: a\nmatch: { event: x, times: at least 0 }', ['invalid_times 2:27 at least 0']],
    ['segment: a\nmatch: { event: x, within: 90 }', ['invalid_duration 2:28 90']],
    ['segment: a\nmatch: { event: x, within: 0 days }', ['invalid_duration 2:28 0 days']],
    ['segment: a\nmatch: { event: x, within: 11 years }', ['invalid_duration 2:28 11 years']],
    ['segment: a\nmatch: { event: x, since: entry }', ['not_in_journey 2:27 entry']],
    ['segment: a\nmatch: { trigger: total, is: 1 }', ['not_in_journey 2:8 { trigger: total, is: 1 }']],
    ['segment: a\nmatch: { consent: sms }', ['unknown_word 2:19 sms']],
    ['segment: Ä b\nmatch: { tag: x }', ['invalid_key 1:10 Ä b']],
    ['segment: a\nname: "x\\0"\nmatch: { tag: x }', ['invalid_text 2:7 "x\\0"', 'invalid_text 2:7 "x\\0"']],
    ['workspace: w\ntimezone: Europe/Berln', ['invalid_timezone 2:11 Europe/Berln']],
    ['workspace: w\ntimezone: +02:00', ['invalid_timezone 2:11 +02:00']],
    ['workspace: w\ncurrency: EURO', ['invalid_currency 2:11 EURO']],
    ['workspace: w\nlanguage: english!', ['invalid_language 2:11 english!']],
    ['workspace: w\nfrom: shop', ['invalid_email 2:7 shop']],
    ['workspace: w\nquiet hours: 21 to 8', ['invalid_time 2:14 21 to 8']],
    ['workspace: w\nquiet hours: 21:00 to 21:00', ['invalid_time 2:14 21:00 to 21:00']],
    ['workspace: w\nfrequency cap: 3', ['invalid_rate 2:16 3']],
    ['template: t\nlanguages: { en: { subject: s } }', ['missing_key 1:1 template: t', 'missing_key 2:20 subject: s']],
  ])('%j', (text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  const journey = (steps: string, rest = 'trigger: { event: X }'): string => `journey: j\n${rest}\nsteps:\n${steps}`;

  test.each([
    [journey('  []'), ['empty 4:3 []']],
    [journey('  - wait: 1 hour\n    tag: x'), ['conflicting_keys 5:5 tag']],
    [journey('  - sned: a'), ['unknown_key 4:5 sned']],
    [journey('  - send:'), ['empty 4:5 send']],
    [journey('  - exit\n  - tag: x'), ['unreachable_step 5:5 tag: x']],
    [journey('  - if: { tag: x }\n    then: [exit]\n    else: [exit]\n  - tag: x'), ['unreachable_step 7:5 tag: x']],
    [journey('  - if: { tag: x }'), ['missing_key 4:5 if: { tag: x }']],
    [journey('  - tag: x\n    id: a\n  - tag: y\n    id: a'), ['duplicate_step_id 7:9 a']],
    [journey('  - tag: x\n    id: a b'), ['invalid_key 5:9 a b']],
    [journey('  - if: { message: m, was: opened }\n    then: [{ send: m, id: m }]'), ['step_not_before 4:20 m']],
    [journey('  - if: { message: tag-x, was: opened }\n    then: [{ tag: x }]'), ['unknown_step 4:20 tag-x']],
    [journey('  - if: { message: send-n, was: opened }\n    then: [{ send: m }]'), ['unknown_step 4:20 send-n']],
    [journey('  - split: [{ name: a, share: 1 }]'), ['empty 4:12 [{ name: a, share: 1 }]']],
    [journey('  - split: [{ name: a, share: 0 }, { name: a, share: 0% }]'), ['invalid_number 4:12 [{ name: a, share: 0 }, { name: a, share: 0% }]', 'duplicate_name 4:44 a']],
    [journey('  - wait for: { event: X, same: id }\n    up to: 1 day', 'trigger: { enters: s }'), ['trigger_without_event 4:33 id']],
    [journey('  - if: { trigger: total, is: 1 }\n    then: [exit]', 'trigger: { leaves: s }'), ['trigger_without_event 4:9 { trigger: total, is: 1 }']],
    [journey('  - tag: x', 'trigger: { evnt: X }'), ['unknown_key 2:12 evnt']],
    [journey('  - tag: x', 're-entry: sometimes\ntrigger: { event: X }\nceiling: 0 per hour'), ['unknown_word 2:11 sometimes', 'invalid_rate 4:10 0 per hour']],
  ])('%j', (text, expected) => {
    expect(short(text)).toEqual(expected);
  });

  test('the way to mend it is said', () => {
    expect(problems('segment: a\nmtach: { tag: x }').map((problem) => problem.mend)).toEqual(['Did you mean `match`?']);
    expect(problems('segment: My Segment\nmatch: { tag: x }')[0]?.mend).toContain('`my-segment`');
    expect(problems('workspace: w\ntimezone: europe berlin')[0]?.mend).toBe('Did you mean `Europe/Berlin`?');
    expect(formatProblem(problems('segment: a\nmatch: { tga: x }')[0] as Problem)).toBe('x.yaml:2:10 No condition begins with `tga`. [unknown_key]\n     2 | tga\n       Did you mean `tag`?');
  });

  test('Windows line ends and a byte order mark do not matter', () => {
    for (const { path, text } of EXAMPLE_FILES) {
      const other = `\uFEFF${text.replaceAll('\n', '\r\n')}`;
      expect(parseDefinitionFile({ path, text: other })).toEqual(parseDefinitionFile({ path, text }));
    }
    expect(short('segment: a\r\nmatch: { tga: x }')).toEqual(['unknown_key 2:10 tga']);
  });
});

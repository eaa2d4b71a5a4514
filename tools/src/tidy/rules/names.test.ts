import { describe, expect, test } from 'vitest';
import { sourceFile } from '../source-file.ts';
import { namesRule } from './names.ts';

const findings = (path: string, text = ''): string[] => namesRule.check([sourceFile(path, text)]).map((finding) => finding.message);

describe('files', () => {
  test.each([
    'core/src/advance.ts', 'core/src/log-record.test.ts', 'store/src/append.pg.test.ts', 'server/src/http/track.http.test.ts', 'test/src/shop.sim.test.ts',
    'test/e2e/demo.e2e.test.ts', 'README.md', 'SECURITY.md', 'docs/decisions/0001-record-decisions.md', 'store/migrations/000001-init.sql', '.oxlintrc.json', 'LICENSE',
    'recipes/welcome/templates/welcome-1.fa.mjml', 'test/fixtures/Some Recorded_Thing.json', 'server/src/http/v1-track.ts', 'console/src/pages/journey-list.tsx', 'contract/src/read-test.ts',
  ])('%s is fine', (path) => {
    expect(findings(path)).toEqual([]);
  });

  test.each([
    ['core/src/LogRecord.ts', 'kebab-case'],
    ['core/src/log_record.ts', 'kebab-case'],
    ['core/src/logRecord.ts', 'kebab-case'],
    ['docs/Getting-Started.md', 'kebab-case'],
    ['core/src/send-v2.ts', 'second version'],
    ['core/src/send.spec.ts', 'called x.test.ts'],
    ['core/src/__tests__/send.ts', 'called x.test.ts'],
    ['core/src/send.integration.test.ts', '.integration.test is no kind'],
    ['core/src/send.test.mjs', 'nobody runs this test'],
  ])('%s is not', (path, message) => {
    expect(findings(path)).toEqual([expect.stringContaining(message)]);
  });
});

describe('declarations', () => {
  test.each(['const uuidV7 = 1;', 'function ipV4() {}', "const path = '/v1/track'; const revenue = 2;"])('%s is fine', (text) => {
    expect(findings('core/src/a.ts', text)).toEqual([]);
  });

  test.each(['function sendV2() {}', 'const programV1 = 1;', 'interface JourneyV3 {}', 'class SenderV2 {}', 'type StepV2 = string;'])('%s is not', (text) => {
    expect(findings('core/src/a.ts', text)).toEqual([expect.stringContaining('second version')]);
  });
});

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { main } from './main.ts';
import { fakeAdminApi } from './testing/fake-admin-api.ts';
import type { Exchange, FakeAdminApi } from './testing/fake-admin-api.ts';
import { recordedIo } from './testing/recorded-io.ts';
import type { RecordedIo } from './testing/recorded-io.ts';

let directory = '';
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'samovar-cli-')); });
afterEach(async () => rm(directory, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
}

async function run(args: string[], options: Parameters<typeof recordedIo>[1] = {}): Promise<RecordedIo['written'] & { code: number }> {
  const io = recordedIo(directory, options);
  const code = await main(args, io);
  return { code, ...io.written };
}

const SEGMENT = 'segment: buyers\n# those who pay\nmatch:\n  - event: Order Completed\n';
const JOURNEY = `journey: thanks
trigger: { enters: buyers }
steps:
  - tag: thanked
`;
const SCENARIOS = `scenarios: thanks
cases:
  - name: Bought
    contact: { id: a }
    start: 2026-01-10 10:00
    events: [{ at: +1 hour, event: Order Completed }]
    until: +1 day
    expect: { tags: [thanked], exit: completed }
`;
const DEFINITIONS = { 'defs/segments/buyers.yaml': SEGMENT, 'defs/journeys/thanks.yaml': JOURNEY, 'defs/journeys/thanks.scenarios.yaml': SCENARIOS };

describe('the command line', () => {
  it('explains itself', async () => {
    expect(await run([])).toMatchObject({ code: 2, err: expect.stringContaining('Usage: samovar COMMAND') });
    expect(await run(['help'])).toMatchObject({ code: 0, out: expect.stringContaining('validate') });
    expect(await run(['version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(await run(['vaildate'])).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean: samovar validate') });
  });

  it.each(COMMANDS.map(({ name }) => name))('%s has a help that names each of its options', async (name) => {
    const { code, out } = await run(['help', name]);
    const command = await COMMANDS.find((one) => one.name === name)!.load();
    expect(code).toBe(0);
    expect(out).toContain(`Usage: samovar ${name}`);
    for (const option of Object.keys(command.options)) expect(out, `--${option}`).toContain(`--${option}`);
    expect(await run([name, '--help'])).toMatchObject({ code: 0, out });
  });

  it('answers wrong calls with 2 and the usage', async () => {
    expect(await run(['validate'])).toMatchObject({ code: 2, err: expect.stringContaining('Usage: samovar validate DIR') });
    expect(await run(['validate', 'a', 'b'])).toMatchObject({ code: 2 });
    expect(await run(['test', 'x', '--jsn'])).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean --json?') });
    expect(await run(['start', '--clock', 'manual', '--role', 'worker'])).toMatchObject({ code: 2, err: expect.stringContaining('--role all') });
    expect(await run(['start', '--port', 'many'])).toMatchObject({ code: 2, err: expect.stringContaining('many is no port') });
    expect(await run(['start', '--clock', 'sundial'])).toMatchObject({ code: 2 });
  });
});

describe('samovar validate', () => {
  it('says that all is well', async () => {
    await write(DEFINITIONS);
    expect(await run(['validate', 'defs'])).toMatchObject({ code: 0, out: '1 journey, 1 segment: valid\n' });
  });

  it('underlines the offending text and says how to mend it', async () => {
    await write({ 'defs/a.yaml': 'segment: a\nmatch:\n  - event: Order Completed\n    withn: 90 days\n' });
    expect(await run(['validate', 'defs'])).toMatchObject({
      code: 1,
      err: [
        'a.yaml:4:5  A condition on `event` has no `withn`.  [unknown_key]', '    4 |     withn: 90 days', '      |     ^^^^^',
        '      Did you mean `within`?', '', '1 problem in 1 file', '',
      ].join('\n'),
    });
  });

  it('compiles templates', async () => {
    await write({ 'defs/t.yaml': 'template: t\nclass: marketing\nlanguages:\n  en:\n    subject: Hello\n    body: |\n      <mj-section>\n        <mj-column><mj-text>Hi {{ contact.name</mj-text></mj-column>\n      </mj-section>\n' });
    const { code, err } = await run(['validate', 'defs']);
    expect({ code, first: err.split('\n')[0] }).toEqual({ code: 1, first: expect.stringMatching(/^t\.yaml:8:/) });
    expect((await run(['validate', 'defs', '--no-templates'])).code).toBe(0);
  });

  it('says which definitions look back further than events are kept', async () => {
    await write({ 'defs/workspace.yaml': 'workspace: Shop\nretention: { events: { Order Completed: 10 days } }\n', 'defs/old.yaml': 'segment: old\nmatch: { event: Order Completed, within: 20 days }\n' });
    expect(await run(['validate', 'defs'])).toMatchObject({ code: 0, err: expect.stringMatching(/^Note: segment old looks back 20 days for “Order Completed”, which is kept for 10 days\./) });
  });

  it('refuses what is no directory of definitions', async () => {
    await write({ 'file.yaml': SEGMENT, 'empty/readme.txt': 'x' });
    expect(await run(['validate', 'nowhere'])).toMatchObject({ code: 1, err: 'There is no directory nowhere.\n' });
    expect((await run(['validate', 'file.yaml'])).code).toBe(1);
    expect((await run(['validate', 'empty'])).code).toBe(1);
  });
});

describe('samovar test', () => {
  it('counts what passed and what failed', async () => {
    await write(DEFINITIONS);
    expect(await run(['test', 'defs'])).toMatchObject({ code: 0, out: 'journeys/thanks.scenarios.yaml\n  ✓ Bought\n\n1 passed, 0 failed\n' });
    await write({ 'defs/journeys/thanks.scenarios.yaml': SCENARIOS.replace('[thanked]', '[forgotten]') });
    const failed = await run(['test', 'defs']);
    expect(failed).toMatchObject({ code: 1, out: expect.stringMatching(/\n0 passed, 1 failed\n$/) });
    expect(failed.out).toContain('The tag forgotten was expected and is not there.');
    expect(failed.out).toContain('tagged thanked');
    expect(JSON.parse((await run(['test', 'defs', '--json'])).out)).toMatchObject({ passed: 0, failed: 1, cases: [{ name: 'Bought', passed: false }] });
  });

  it('does not call nothing a success', async () => {
    await write({ 'defs/segments/buyers.yaml': SEGMENT, 'defs/journeys/thanks.yaml': JOURNEY });
    expect(await run(['test', 'defs'])).toMatchObject({ code: 1, out: expect.stringContaining('Without scenarios: thanks') });
    await write(DEFINITIONS);
    expect((await run(['test', 'defs', '--only', 'nothing of the kind'])).code).toBe(1);
    expect((await run(['test', 'defs', '--only', 'bought'])).code).toBe(0);
  });
});

describe('commands that talk to a server', () => {
  let api: FakeAdminApi;
  let inside = 0;
  const question = (): object[] => [{ journey: 'thanks', segment: 'buyers', inside }];
  const changes = [{ kind: 'journey', key: 'thanks', change: 'added', version: 1 }, { kind: 'segment', key: 'buyers', change: 'unchanged', version: 3 }];
  const answer = ({ method, path, body, authorization }: Exchange): { status: number; body: unknown } => {
    if (authorization !== 'Bearer secret') return { status: 401, body: { code: 'unauthorized' } };
    if (path === '/api/definitions?sources=true' && method === 'GET') return { status: 200, body: { version: 4, items: [{ kind: 'segment', key: 'buyers', version: 3, source: SEGMENT.replace('Order Completed', 'Order Paid') }] } };
    if (path === '/api/definitions') return { status: 200, body: { version: 5, changes, questions: question() } };
    if (path === '/api/sending') return { status: 200, body: { mode: (body as { mode?: string } | null)?.mode ?? 'live', testRecipients: [] } };
    return { status: 404, body: { code: 'not_found', detail: `nothing at ${path}` } };
  };
  const puts = (): unknown[] => api.exchanges.filter(({ method }) => method === 'PUT').map(({ body }) => body);

  beforeEach(async () => {
    api = await fakeAdminApi(answer);
    inside = 0;
    await write(DEFINITIONS);
  });
  afterEach(() => api.close());
  const env = (): Record<string, string> => ({ SAMOVAR_URL: api.url, SAMOVAR_KEY: 'secret' });

  it('applies definitions and leaves scenarios at home', async () => {
    const done = await run(['apply', 'defs'], { env: env() });
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('+ journey thanks added (version 1)') });
    expect(puts()).toMatchObject([{ dryRun: true }, { dryRun: false, enterExisting: [], prune: false }]);
    expect((puts()[1] as { files: { path: string }[] }).files.map(({ path }) => path)).toEqual(['journeys/thanks.yaml', 'segments/buyers.yaml']);
    await run(['apply', 'defs', '--dry-run'], { env: env() });
    expect(puts()).toHaveLength(3);
  });

  it('changes nothing until it is said whether those inside enter', async () => {
    inside = 7;
    const refused = await run(['apply', 'defs'], { env: env() });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('7 contacts are inside already') });
    expect(puts()).toMatchObject([{ dryRun: true }]);
    expect((await run(['apply', 'defs', '--enter-existing', 'thanks'], { env: env() })).code).toBe(0);
    expect(puts().at(-1)).toMatchObject({ dryRun: false, enterExisting: ['thanks'] });
    expect((await run(['apply', 'defs', '--enter-existing', 'none'], { env: env() })).code).toBe(0);
    expect(puts().at(-1)).toMatchObject({ dryRun: false, enterExisting: [] });
    expect(await run(['apply', 'defs', '--enter-existing', 'other'], { env: env() })).toMatchObject({ code: 1 });
    const asked = await run(['apply', 'defs'], { env: env(), answers: ['y'] });
    expect(asked.asked).toEqual([expect.stringContaining('Shall they enter now?')]);
    expect(puts().at(-1)).toMatchObject({ dryRun: false, enterExisting: ['thanks'] });
  });

  it('shows differences line by line', async () => {
    const { code, out } = await run(['diff', 'defs'], { env: env() });
    expect(code).toBe(0);
    expect(out).toContain('segment buyers: changed');
    expect(out).toMatch(/^ {2}- .*Order Paid$/m);
    expect(out).toMatch(/^ {2}\+ .*Order Completed$/m);
    expect(out).toContain('journey thanks: new');
    expect((await run(['diff', 'defs', '--exit-code'], { env: env() })).code).toBe(1);
  });

  it('exports into existing files and keeps their comments', async () => {
    expect(await run(['export', 'defs'], { env: env() })).toMatchObject({ code: 0, out: expect.stringContaining('wrote segments/buyers.yaml') });
    const text = await readFile(join(directory, 'defs/segments/buyers.yaml'), 'utf8');
    expect(text).toContain('# those who pay');
    expect(text).toContain('Order Paid');
    expect(await run(['export', 'defs'], { env: env() })).toMatchObject({ out: expect.stringContaining('0 written, 1 unchanged') });
    expect((await run(['export', 'fresh/place'], { env: env() })).code).toBe(0);
    expect(await readFile(join(directory, 'fresh/place/segments/buyers.yaml'), 'utf8')).toContain('# those who pay');
  });

  it('stops sending, with the credentials that the server left', async () => {
    await write({ 'data/credentials.json': JSON.stringify({ url: api.url, adminKey: 'secret' }) });
    expect(await run(['stop-sending', '--data', 'data'])).toMatchObject({ code: 0, out: expect.stringContaining('stopped') });
    expect(puts()).toEqual([{ mode: 'stopped' }]);
  });

  it('says plainly what keeps it from the server', async () => {
    expect(await run(['stop-sending'], { env: { SAMOVAR_URL: api.url } })).toMatchObject({ code: 1, err: expect.stringContaining('SAMOVAR_KEY') });
    expect(await run(['stop-sending'], { env: { SAMOVAR_URL: api.url, SAMOVAR_KEY: 'wrong' } })).toMatchObject({ code: 1, err: expect.stringContaining('refuses the key') });
    await api.close();
    expect(await run(['stop-sending'], { env: env() })).toMatchObject({ code: 1, err: expect.stringContaining('does not answer') });
  });
});

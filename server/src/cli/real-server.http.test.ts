import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliOnServer, type CliOnServer } from './testing/cli-on-server.ts';

let cli: CliOnServer;

beforeAll(async () => {
  cli = await cliOnServer();
});
afterAll(() => cli.stop());

const samovar = (...argv: string[]): ReturnType<CliOnServer['samovar']> => cli.samovar(...argv);

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(cli.directory, path)), { recursive: true });
  await writeFile(join(cli.directory, path), text);
}

describe('the command line against a real server', () => {
  it('applies, shows differences, exports with comments, and refuses what is wrong', async () => {
    await write('shop/segments/buyers.yaml', '# those who pay\nsegment: buyers\nmatch: { event: Order Completed }\n');
    await write('shop/journeys/thanks.yaml', 'journey: thanks\ntrigger: { event: Order Completed }\nsteps:\n  - tag: thanked\n');
    expect(await samovar('apply', 'shop')).toMatchObject({ code: 0, out: expect.stringContaining('+ journey thanks added (version 1)') });
    expect(await samovar('diff', 'shop')).toMatchObject({ code: 0 });
    await write('shop/segments/buyers.yaml', '# those who pay\nsegment: buyers\nmatch: { event: Order Completed, times: at least 2 }\n');
    expect((await samovar('diff', 'shop')).out).toContain('at least 2');
    expect(await samovar('apply', 'shop')).toMatchObject({ code: 0, out: expect.stringContaining('segment buyers') });
    expect(await samovar('export', 'copy')).toMatchObject({ code: 0 });
    expect(await readFile(join(cli.directory, 'copy/segments/buyers.yaml'), 'utf8')).toContain('# those who pay');
    await write('shop/journeys/thanks.yaml', 'journey: thanks\ntrigger: { event: Order Completed }\nsteps:\n  - send: nothing-like-it\n');
    expect(await samovar('apply', 'shop')).toMatchObject({ code: 1, err: expect.stringContaining('thanks.yaml:4') });
    await write('broken/hello.yaml', 'template: hello\nclass: transactional\nlanguages:\n  en:\n    subject: Hello\n    body: |\n      <mj-section>\n        <mj-nonsense></mj-nonsense>\n      </mj-section>\n');
    expect(await samovar('apply', 'broken')).toMatchObject({ code: 1, err: expect.stringMatching(/^hello\.yaml:\d+:\d+ /) });
  });

  it('shows a contact what is known, forgets it, and can do so again', async () => {
    await write('people.csv', 'who,mail,name\nzoe,zoe@example.com,سارا\n');
    await write('people.yaml', 'contacts: { id: who, email: mail, traits: { first_name: name } }\n');
    expect(await samovar('import', 'people.csv', '--map', 'people.yaml')).toMatchObject({ code: 0 });
    await expect.poll(async () => (await samovar('contact', 'export', 'zoe@example.com')).code, { timeout: 10_000 }).toBe(0);
    expect(JSON.parse((await samovar('contact', 'export', 'zoe')).out)).toMatchObject({ complete: true, traits: expect.arrayContaining([expect.objectContaining({ name: 'first_name', value: 'سارا' })]) });
    expect(await samovar('contact', 'export', 'zoe', '--html', '--output', 'zoe.html')).toMatchObject({ code: 0 });
    expect(await readFile(join(cli.directory, 'zoe.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(await samovar('contact', 'erase', 'zoe', '--reason', 'asked', '--yes')).toMatchObject({ code: 0, out: expect.stringContaining('Erased.') });
    expect(await samovar('contact', 'export', 'zoe')).toMatchObject({ code: 1, err: 'There is no contact zoe.\n' });
    expect((await samovar('erasures')).out).toMatch(/done .*: asked\n$/);
    expect(await samovar('erasures', 'export', 'erasures.ndjson')).toMatchObject({ code: 0, out: '1 erasure written to erasures.ndjson\n' });
    expect(await samovar('erasures', 'apply', 'erasures.ndjson')).toMatchObject({ code: 0, out: '0 erased once more, 1 known already.\n' });
  });

  it('imports beside the running server, and asks whether those already inside enter', async () => {
    await write('lapsed/segments/buyers.yaml', 'segment: bought\nmatch: { event: Order Completed }\n');
    expect((await samovar('apply', 'lapsed')).code).toBe(0);
    await write('orders.csv', 'no,who,at,total\n1,ada,2026-01-01 10:00,5\n2,bob,2026-01-02 10:00,5\n');
    await write('map.yaml', 'orders: { id: no, contact: who, at: at, currency: EUR, total: total }\n');
    expect(await samovar('import', 'orders.csv', '--map', 'map.yaml')).toMatchObject({ code: 0, out: expect.stringContaining('2 orders') });
    expect((await samovar('import', 'orders.csv', '--map', 'map.yaml')).out).toContain('0 of them new');
    await write('lapsed/journeys/hello.yaml', 'journey: hello\ntrigger: { enters: bought }\nsteps:\n  - tag: greeted\n');
    await expect.poll(async () => (await samovar('apply', 'lapsed', '--dry-run')).out, { timeout: 20_000 }).toContain('2 contacts are inside already');
    expect(await samovar('apply', 'lapsed')).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was changed') });
    expect((await samovar('diff', 'lapsed')).out).toContain('journey hello: new');
    expect(await samovar('apply', 'lapsed', '--enter-existing', 'hello')).toMatchObject({ code: 0, out: expect.stringContaining('Contacts already inside enter hello.') });
  });

  it('stops and resumes sending, in test mode and out of it', async () => {
    expect((await samovar('test-mode', 'on', 'me@example.com')).out).toContain('me@example.com');
    expect((await samovar('stop-sending')).code).toBe(0);
    expect((await samovar('test-mode')).out).toContain('Sending is stopped');
    expect((await samovar('test-mode', 'on', 'me@example.com')).out).toContain('Sending is stopped');
    expect((await samovar('resume-sending')).out).toContain('test mode is on');
    expect((await samovar('test-mode', 'off')).out).toContain('Mail reaches everybody');
  });

  it('makes, lists and revokes keys', async () => {
    expect((await samovar('keys', 'create', 'browser', '--label', 'site')).out).toMatch(/^smv_browser_/u);
    const listed = (await samovar('keys')).out;
    const id = listed.split('\n').find((line) => line.includes('site'))?.split(' ', 1)[0] ?? '';
    expect((await samovar('keys', 'revoke', id)).code).toBe(0);
    expect((await samovar('keys')).out).toContain('revoked');
  });
});

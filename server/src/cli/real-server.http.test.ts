import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../server.ts';
import { main } from './main.ts';

let directory = '';
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'samovar-cli-'));
  server = await startServer({
    dataDir: join(directory, 'data'), databaseUrl: null, host: '127.0.0.1', port: 0, clock: { kind: 'system' }, role: 'all', smtpUrl: null, publicUrl: null,
    temporary: true, log: () => {},
  });
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function samovar(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main([...argv, '--data', 'data'], {
    env: {}, cwd: directory, out: (text) => { out += text; }, err: (text) => { err += text; }, interactive: false, colour: false,
    ask: () => Promise.reject(new Error('nobody to ask')), interrupted: () => new Promise(() => {}),
  });
  return { code, out, err };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
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
    expect(await readFile(join(directory, 'copy/segments/buyers.yaml'), 'utf8')).toContain('# those who pay');
    await write('shop/journeys/thanks.yaml', 'journey: thanks\ntrigger: { event: Order Completed }\nsteps:\n  - send: nothing-like-it\n');
    expect(await samovar('apply', 'shop')).toMatchObject({ code: 1, err: expect.stringContaining('thanks.yaml:4') });
  });

  it('stops and resumes sending, in test mode and out of it', async () => {
    expect((await samovar('test-mode', 'on', 'me@example.com')).out).toContain('me@example.com');
    expect((await samovar('stop-sending')).code).toBe(0);
    expect((await samovar('test-mode')).out).toContain('Sending is stopped');
    expect((await samovar('resume-sending')).out).toContain('test mode is on');
    expect((await samovar('test-mode', 'off')).out).toContain('mail reaches everybody');
  });

  it('makes, lists and revokes keys', async () => {
    expect((await samovar('keys', 'create', 'browser', '--label', 'site')).out).toMatch(/^smv_browser_/u);
    const listed = (await samovar('keys')).out;
    const id = listed.split('\n').find((line) => line.includes('site'))?.split(' ', 1)[0] ?? '';
    expect((await samovar('keys', 'revoke', id)).code).toBe(0);
    expect((await samovar('keys')).out).toContain('revoked');
  });
});

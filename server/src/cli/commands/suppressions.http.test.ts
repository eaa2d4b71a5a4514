import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliOnServer, type CliOnServer } from '../testing/cli-on-server.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let cli: CliOnServer;

beforeAll(async () => {
  cli = await cliOnServer();
});
afterAll(() => cli.stop());

const samovar = (...argv: string[]): ReturnType<CliOnServer['samovar']> => cli.samovar('suppressions', ...argv);

describe('samovar suppressions', () => {
  it('adds and removes, says how many there are, and takes addresses however they are written', async () => {
    expect(await samovar()).toMatchObject({ code: 0, out: 'No address is suppressed.\n' });
    expect(await samovar('add', 'Anna@Example.com', '--reason', 'asked, by phone')).toMatchObject({ code: 0, out: 'Anna@Example.com is not written to any more.\n' });
    expect((await samovar('add', 'anna@example.com')).out).toBe('anna@example.com was on the list already.\n');
    expect((await samovar()).out).toBe('1 suppressed:\n       1  asked, by phone\n');
    expect((await samovar('remove', sha256('anna@example.com'))).code).toBe(0);
    expect(await samovar('remove', 'anna@example.com')).toMatchObject({ code: 1, err: 'anna@example.com is not on the list.\n' });
  });

  it('exchanges lists as SHA-256, again and again', async () => {
    await writeFile(join(cli.directory, 'list.csv'), `Anna@Example.com,bounced,2026-03-01T12:00:00Z\n${sha256('bob@example.com')},complained\nanna@example.com\n`);
    expect((await samovar('import', 'list.csv')).out).toBe('2 added, 1 known before.\n');
    expect((await samovar('export', 'out.csv')).out).toBe('2 written to out.csv.\n');
    const text = await readFile(join(cli.directory, 'out.csv'), 'utf8');
    expect(text).toContain(`${sha256('anna@example.com')},`);
    expect(text).toMatch(new RegExp(`^sha256,reason,at\\n([0-9a-f]{64},(bounced|complained|manual),[^\\n]+\\n){2}$`));
    expect((await samovar('import', 'out.csv')).out).toBe('0 added, 2 known before.\n');
    expect((await samovar('export')).out).toBe(text);
    expect(JSON.parse((await samovar('--json')).out)).toMatchObject({ total: 2 });
  });

  it('takes nothing of a list with bad lines, and names them', async () => {
    await writeFile(join(cli.directory, 'bad.csv'), 'new@example.com\nnobody\n');
    expect(await samovar('import', 'bad.csv')).toMatchObject({ code: 1, out: '', err: 'bad.csv:2 neither an e-mail address nor a SHA-256\n  nobody\n\n1 bad line; nothing was imported.\n' });
    expect(await samovar('remove', 'new@example.com')).toMatchObject({ code: 1 });
    expect(await samovar('import', 'missing.csv')).toMatchObject({ code: 1, err: expect.stringContaining('missing.csv cannot be read') });
    for (const wrong of [['import'], ['add'], ['forget']]) expect((await samovar(...wrong)).code).toBe(2);
  });
});

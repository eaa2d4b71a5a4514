import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliOnServer, type CliOnServer } from '../testing/cli-on-server.ts';

let cli: CliOnServer;

beforeAll(async () => {
  cli = await cliOnServer();
});
afterAll(() => cli.stop());

const lists = (...args: string[]): ReturnType<CliOnServer['samovar']> => cli.samovar('lists', ...args);

describe('samovar lists', () => {
  it('makes a list, puts people on it, takes them off, and deletes it', async () => {
    expect(await lists()).toMatchObject({ code: 0, out: 'There are no lists.\n' });
    expect(await lists('create', 'fair', '--name', 'Fair 2026')).toMatchObject({ code: 0, out: 'The list fair is made.\n' });
    expect(await lists('create', 'fair')).toMatchObject({ code: 1, err: expect.stringContaining('There is a list fair already.') });
    expect(await lists('add', 'fair', 'ada@example.com', 'user-7')).toMatchObject({ code: 0, out: '2 put on fair, 2 of them new.\n' });
    await expect.poll(async () => (await lists()).out, { timeout: 10_000 }).toBe('fair          2  Fair 2026\n');
    expect(await lists('remove', 'fair', 'user-7', 'nobody@example.com')).toMatchObject({ code: 0, out: '1 taken off fair.\n' });
    await expect.poll(async () => (await lists()).out, { timeout: 10_000 }).toBe('fair          1  Fair 2026\n');
    expect(await lists('delete', 'fair')).toMatchObject({ code: 0, out: '1 were on fair; it is deleted.\n' });
    expect(await lists('delete', 'fair')).toMatchObject({ code: 1, err: expect.stringContaining('404') });
  });

  it('tries a file, reads it, and names its bad lines', async () => {
    await lists('create', 'stand');
    await writeFile(join(cli.directory, 'people.csv'), 'Mail;Vorname\nsara@stand.example;سارا\nnot an address;Tom\n');
    const columns = ['--email', 'Mail', '--trait', 'first_name=Vorname', '--delimiter', ';'];
    expect(await lists('import', 'stand', 'people.csv', ...columns, '--dry-run')).toMatchObject({ code: 0, out: expect.stringMatching(/^line 2: sara@stand\.example becomes a contact and joins\nline 3: «Mail» is «not an address»/u) });
    expect(await lists('import', 'stand', 'people.csv', ...columns)).toMatchObject({ code: 0, out: expect.stringMatching(/^1 people read, 1 bad lines\nline 3: /u) });
    expect(await lists('import', 'stand', 'people.csv', '--email', 'E-Mail')).toMatchObject({ code: 1, err: expect.stringContaining('its columns are: Mail;Vorname') });
    expect(await lists('import', 'stand', 'nothing.csv', ...columns)).toMatchObject({ code: 1, err: expect.stringContaining('nothing.csv cannot be read') });
  });

  it('answers wrong calls with 2 and the usage', async () => {
    for (const args of [['make'], ['create'], ['add', 'fair'], ['import', 'fair'], ['import', 'fair', 'x.csv'], ['import', 'fair', 'x.csv', '--email', 'm', '--trait', 'name']]) {
      expect([args, (await lists(...args)).code]).toEqual([args, 2]);
    }
  });
});

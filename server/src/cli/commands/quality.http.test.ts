import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliOnServer, type CliOnServer } from '../testing/cli-on-server.ts';

let cli: CliOnServer;

beforeAll(async () => {
  cli = await cliOnServer({ kind: 'manual', startAt: Date.UTC(2026, 5, 1) }, {
    mailResolver: { exchanges: async () => ({ kind: 'found', records: [{ exchange: 'mail.shop.com', priority: 1 }] }), hosts: async () => ({ kind: 'none' }) },
  });
});
afterAll(() => cli.stop());

const samovar = (...argv: string[]): ReturnType<CliOnServer['samovar']> => cli.samovar(...argv);

const quality = (...argv: string[]): ReturnType<typeof samovar> => samovar('quality', ...argv);
const settle = (): Promise<Response> => fetch(`${cli.server.url}/api/clock`, {
  method: 'POST', headers: { authorization: `Bearer ${cli.server.credentials!.adminKey}`, 'content-type': 'application/json' }, body: JSON.stringify({ advanceMs: 0 }),
});

describe('samovar quality', () => {
  it('says what to do when there is no report yet', async () => {
    expect(await quality()).toMatchObject({ code: 1, err: expect.stringContaining('samovar quality --refresh') });
    expect(await quality('contacts', 'address-invalid')).toMatchObject({ code: 1, err: expect.stringContaining('404') });
    expect(JSON.parse((await quality('--json')).out)).toEqual({ report: null, running: null, failed: null });
  });

  it('makes a report and leads from its figures to the contacts', async () => {
    await writeFile(join(cli.directory, 'people.csv'), 'id,mail,country,plan\n1,ada@shop.com,ایران,Gold\n2,bob@example.com,Iran,gold\n3,,UK,Gold\n4,ad.a@gmail.com,Atlantis,Gold\n5,ada@gmail.com,GB,Gold\n');
    await writeFile(join(cli.directory, 'people.yaml'), 'contacts: { id: id, email: mail, traits: { country: country, plan: plan } }\n');
    expect((await samovar('import', 'people.csv', '--map', 'people.yaml')).code).toBe(0);
    await settle();
    expect((await quality('settings', '--expect', 'first_name', '--categories', 'plan')).out).toBe('expected    first_name\ncountries   the usual ones\ncategories  plan\n');
    expect((await quality('settings', '--expect', 'used')).out).toBe('expected    what definitions use\ncountries   the usual ones\ncategories  plan\n');
    const { code, out } = await quality('--refresh');
    expect(code).toBe(0);
    expect(out).toContain('Data quality of 5 contacts');
    expect(out).toMatch(/address-reachable .* 3 {2}█{12}░{8} {2}60\.0 % of 5\n/u);
    expect(out).toMatch(/duplicate-email .* 2 .* in 1 group\n/u);
    expect(out).toContain('Visitors\n  nobody\n');
    expect((await quality('contacts', 'address-invalid')).out).toMatch(/^[0-9a-f-]{36} {2}bob@example\.com {2}2 {2}reserved-domain\n$/u);
    expect(await quality('contacts', 'address-unreachable')).toMatchObject({ code: 0, out: 'Nobody.\n' });
    expect((await quality('contacts', 'address-reachable', '--limit', '1')).out).toContain('raise --limit');
    expect(JSON.parse((await quality('contacts', 'address-missing', '--json')).out)).toMatchObject([{ userId: '3', email: null }]);
  });

  it('accepts, replaces and rejects proposals, and writes what was decided', async () => {
    expect((await quality('values', 'country')).out.split('\n').sort().join('\n')).toBe('\n        1  "Atlantis" → ?\n        1  "Iran" → "IR"\n        1  "UK" → "GB"\n        1  "ایران" → "IR"');
    expect((await quality('reject', 'country', 'UK')).out).toContain('"UK" stays as it is');
    expect((await quality('accept', 'country')).out).toContain('2 values accepted, 1 without a proposal are left');
    expect(await quality('accept', 'country', 'Atlantis')).toMatchObject({ code: 1, err: expect.stringContaining('no proposal') });
    expect(await quality('accept', 'country', 'Narnia')).toMatchObject({ code: 1, err: expect.stringContaining('No contact of the report has the value "Narnia"') });
    expect((await quality('replace', 'country', 'Atlantis', 'GR')).out).toContain('"Atlantis" → "GR" (1 contact)');
    expect((await quality('apply', 'country')).out).toContain('3 contacts written');
    await settle();
    await quality('--refresh', '--no-dns');
    expect((await quality('values', 'country')).out).toBe('All values of country are canonical.\n');
    expect(await quality('apply', 'country')).toMatchObject({ code: 1, err: expect.stringContaining('409') });
    expect((await quality('values', 'plan')).out).toBe('        1  "gold" → "Gold"\n');
  });

  it('shows duplicates and merges a group', async () => {
    const { out } = await quality('duplicates', 'email');
    expect(out).toMatch(/^[0-9a-f]{32} {2}2 contacts\n {2}\S+ {2}\S+ {2}[45]\n {2}\S+ {2}\S+ {2}[45]\n$/u);
    expect((await quality('merge', 'email', out.slice(0, 32))).out).toBe('1 contact becomes part of the one that was there first.\n');
    await settle();
    await quality('--refresh', '--no-dns');
    expect((await quality('duplicates', 'email')).out).toBe('There are none.\n');
    expect(await quality('merge', 'email', '0'.repeat(32))).toMatchObject({ code: 1 });
  });

  it('shows nobody who was forgotten', async () => {
    expect((await quality('contacts', 'address-missing')).out).toMatch(/ 3\n$/u);
    expect((await samovar('contact', 'erase', '3', '--reason', 'asked', '--yes')).code).toBe(0);
    await settle();
    expect((await quality('contacts', 'address-missing')).out).toBe('Nobody.\n');
    await quality('--refresh', '--no-dns');
    expect((await quality('contacts', 'address-missing')).out).toBe('Nobody.\n');
  });

  it.each([
    ['no such word', ['hair'], 'There is no quality hair'], ['too few words', ['contacts'], 'takes 1 more word'], ['too many words', ['apply', 'a', 'b'], 'takes 1 more word'],
    ['a limit that is none', ['--limit', '0'], '--limit 0'], ['an unknown option', ['--refesh'], 'Did you mean --refresh?'],
  ])('is called wrongly with %s', async (_what, argv, message) => {
    expect(await quality(...argv)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  it.each([['an unknown figure', ['contacts', 'hair'], 'The report has no figure hair'], ['an unknown trait', ['values', 'hair'], 'does not look at the values of hair'], ['an unknown kind', ['duplicates', 'hair'], '400']])('fails with %s', async (_what, argv, message) => {
    expect(await quality(...argv)).toMatchObject({ code: 1, err: expect.stringContaining(message) });
  });
});

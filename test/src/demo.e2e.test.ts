import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';

const MAIN = fileURLToPath(new URL('../../examples/demo/src/main.ts', import.meta.url));

let demo: ChildProcess;
let url: string;
let browser: Browser;

beforeAll(async () => {
  demo = spawn(process.execPath, ['--import', 'tsx', MAIN, '--port', '0', '--people', '150', '--speed', '8'], { stdio: ['ignore', 'pipe', 'inherit'] });
  [url, browser] = await Promise.all([pageOf(demo), launchBrowser()]);
});

afterAll(async () => {
  await browser.close();
  const ended = new Promise((resolve) => demo.once('close', resolve));
  demo.kill('SIGINT');
  await ended;
});

function pageOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (text: Buffer) => {
      said += text.toString('utf8');
      const page = /Watch it +(\S+)/.exec(said)?.[1];
      if (page !== undefined) resolve(page);
    });
    child.once('close', () => reject(new Error(`the demo ended: ${said}`)));
  });
}

interface Visit {
  page: Page;
  context: BrowserContext;
  /** What should not have happened: messages of the console, requests to elsewhere. */
  complaints: string[];
}

async function visit(path: string, width: number): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height: 844 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && !request.url().startsWith('data:')) complaints.push(`asks for ${request.url()}`);
  });
  await page.goto(`${url}${path}`);
  return { page, context, complaints };
}

/** A figure of the page as a number, whatever its digits. */
async function figure(page: Page, id: string): Promise<number> {
  const text = await page.locator(`#${id}`).textContent();
  return Number([...(text ?? '')].map((digit) => ('٠١٢٣٤٥٦٧٨٩'.includes(digit) ? '٠١٢٣٤٥٦٧٨٩'.indexOf(digit) : digit)).join('').replace(/\D/g, ''));
}

const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - innerWidth');

describe.each([['en', 'ltr'], ['ar', 'rtl']] as const)('the page in %s', (language, direction) => {
  test.each([1440, 390])('lives, and fits into %i pixels', async (width) => {
    const { page, context, complaints } = await visit(`/?language=${language}`, width);
    await expect.poll(() => page.locator('.journey').count(), { timeout: 20_000 }).toBeGreaterThan(3);
    expect(await page.getAttribute('html', 'dir')).toBe(direction);
    expect(await page.getAttribute('html', 'lang')).toBe(language);
    const before = await figure(page, 'figure-mails');
    await expect.poll(() => figure(page, 'figure-mails'), { timeout: 60_000 }).toBeGreaterThan(before);
    await expect.poll(() => page.locator('#news li').count(), { timeout: 60_000 }).toBeGreaterThan(3);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).not.toBe('');
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test('the language changes without a reload, and digits and calendar with it', async () => {
  const { page, context, complaints } = await visit('/?language=en', 1440);
  await expect.poll(() => page.locator('#date').textContent(), { timeout: 20_000 }).toMatch(/[A-Z]/);
  await page.getByRole('button', { name: 'فارسی' }).click();
  expect(await page.getAttribute('html', 'dir')).toBe('rtl');
  await expect.poll(() => page.locator('#date').textContent()).toMatch(/[۰-۹]/);
  await expect.poll(() => page.locator('.journey h3').first().textContent()).toBe('خوش‌آمد');
  expect(complaints).toEqual([]);
  await context.close();
});

test('time stands still when told to', async () => {
  const { page, context } = await visit('/?language=en', 1440);
  await expect.poll(() => page.locator('#time').textContent(), { timeout: 20_000 }).not.toBe('');
  await page.getByRole('button', { name: 'Let time stand still' }).click();
  await page.getByRole('button', { name: 'Let time go on' }).waitFor();
  const still = await page.locator('#clock.paused #time').textContent();
  await page.getByRole('button', { name: 'Let time go on' }).click();
  await expect.poll(() => page.locator('#time').textContent(), { timeout: 20_000 }).not.toBe(still);
  await context.close();
});

test.each([1440, 390])('letters can be found and read at %i pixels', async (width) => {
  const { page, context, complaints } = await visit('/mailbox', width);
  await expect.poll(() => page.locator('#mails a').count(), { timeout: 60_000 }).toBeGreaterThan(0);
  const number = await page.locator('#mails a').first().getAttribute('data-mail') ?? '';
  const letter = await (await fetch(`${url}/mailbox/${number}`)).json() as { to: string; subject: string };
  await page.locator('#wanted').fill(letter.to);
  await expect.poll(() => page.locator(`#mails a[data-mail="${number}"]`).count()).toBe(1);
  await page.locator(`#mails a[data-mail="${number}"]`).click();
  await expect.poll(() => page.locator('#subject').textContent()).toBe(letter.subject);
  await expect.poll(() => page.frameLocator('#frame').locator('body').innerText()).toContain('Samovar Shop');
  await page.locator('#tab-headers').click();
  await expect.poll(() => page.locator('#headers').innerText()).toContain('Message-ID');
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a letter may not run, fetch or reach anything', async () => {
  const { page, context } = await visit('/mailbox', 1440);
  await expect.poll(() => page.locator('#mails a').count(), { timeout: 60_000 }).toBeGreaterThan(0);
  const response = await fetch(`${url}/mailbox/1/html`);
  expect(response.headers.get('content-security-policy')).toMatch(/^sandbox .*default-src 'none'/);
  expect(await response.text()).not.toMatch(/<img[^>]*src="http/i);
  await context.close();
});

test('a page from elsewhere changes nothing', async () => {
  const change = (headers: Record<string, string>): Promise<number> => fetch(`${url}/pace`, { method: 'POST', headers, body: '{"paused":true}' }).then(({ status }) => status);
  expect(await change({ 'content-type': 'text/plain' })).toBe(400);
  expect(await change({ 'content-type': 'application/json', origin: 'https://elsewhere.example' })).toBe(400);
});

import { access } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

/** Where distributions put a browser; CHROMIUM_PATH names another. */
const INSTALLED = [
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/usr/bin/microsoft-edge', '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Chromium refuses its sandbox as root and in most containers; the pages of the tests are our own. */
const ARGUMENTS = ['--no-sandbox', '--disable-dev-shm-usage'];

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

async function installedBrowser(): Promise<string | null> {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (await exists(named)) return named;
    throw new Error(`CHROMIUM_PATH is «${named}», where there is nothing.`);
  }
  for (const path of INSTALLED) if (await exists(path)) return path;
  return null;
}

/** A Chromium that comes with an npm package, for machines that have none. */
async function packagedBrowser(): Promise<Browser> {
  // It unpacks the libraries that a bare machine lacks only when it believes to be on that platform.
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs22.x';
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs22.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return chromium.launch({ executablePath: await packaged.executablePath(), args: [...packaged.args, ...ARGUMENTS], headless: true });
}

/** Starts a real browser without a window: an installed one if there is one, else the one of the npm package. */
export async function launchBrowser(): Promise<Browser> {
  const path = await installedBrowser();
  try {
    return path === null ? await packagedBrowser() : await chromium.launch({ executablePath: path, args: ARGUMENTS });
  } catch (error) {
    throw new Error(`No browser could be started${path === null ? '' : ` from ${path}`}. Install Chromium (apt-get install chromium) or set CHROMIUM_PATH.`, { cause: error });
  }
}

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mailbox } from '../mailbox/mailbox.ts';
import type { Newsroom } from '../story/newsroom.ts';
import { mailboxRoute } from './mailbox-route.ts';

/** How the page changes the pace of the story. */
export interface Pace {
  hoursPerSecond: number;
  paused: boolean;
}

export interface PageServerOptions {
  readonly newsroom: Newsroom;
  readonly mailbox: Mailbox;
  readonly pace: Pace;
}

export interface PageServer {
  readonly url: string;
  stop(): Promise<void>;
}

const PAGE_DIRECTORY = fileURLToPath(new URL('../../page/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

/** Nothing from anywhere else, nothing inline. Mails are shown in frames of their own. */
const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** Looks that are sent at once; a page that cannot keep up is let go. */
const BACKLOG_LIMIT_BYTES = 4_000_000;

const SPEED = { least: 0.1, most: 24 };

/** Serves the page, the mailbox and the stream of what happens. Takes another port when the wanted one is taken. */
export async function startPageServer(port: number, options: PageServerOptions): Promise<PageServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
      response.end(`Something went wrong here: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  await listen(server, port).catch((error: unknown) => {
    if (port === 0 || !(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error;
    return listen(server, 0);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(request: IncomingMessage, response: ServerResponse, options: PageServerOptions): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!isLocal(request)) return void response.writeHead(403, HEADERS).end('This page is for the machine that it runs on.\n');
  if (request.method === 'POST' && url.pathname === '/pace') return changePace(request, response, options.pace);
  if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405, HEADERS).end();
  if (url.pathname === '/stream') return stream(request, response, options.newsroom);
  if (url.pathname.startsWith('/mailbox/')) return mailboxRoute(url, response, options.mailbox);
  return page(url.pathname, response);
}

/** A name that only looks like ours could be a stranger's page that resolves to this machine. */
function isLocal(request: IncomingMessage): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(request.headers.host ?? '');
}

async function page(pathname: string, response: ServerResponse): Promise<void> {
  const name = pathname === '/' ? '/index.html' : pathname === '/mailbox' ? '/mailbox.html' : pathname;
  const type = TYPES[extname(name)];
  const path = `${PAGE_DIRECTORY}${name.slice(1)}`;
  if (type === undefined || !/^(\/[a-z][a-z-]*){1,2}\.[a-z]+$/.test(name)) return void response.writeHead(404, HEADERS).end('There is nothing here.\n');
  try {
    const content = await readFile(path);
    response.writeHead(200, { ...HEADERS, 'content-type': `${type}; charset=utf-8`, 'content-security-policy': PAGE_POLICY }).end(content);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error;
    response.writeHead(404, HEADERS).end('There is nothing here.\n');
  }
}

/** Server-sent events, one for each thing that happens. */
function stream(request: IncomingMessage, response: ServerResponse, newsroom: Newsroom): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  const stop = newsroom.listen((event) => {
    if (response.writableLength > BACKLOG_LIMIT_BYTES) response.destroy();
    else response.write(`data: ${JSON.stringify(event)}\n\n`);
  });
  request.once('close', stop);
}

async function changePace(request: IncomingMessage, response: ServerResponse, pace: Pace): Promise<void> {
  // A form on some other page could send a POST here, but neither this content type nor this origin.
  const sameOrigin = request.headers.origin === undefined || request.headers.origin === `http://${request.headers.host ?? ''}`;
  const wanted = sameOrigin && request.headers['content-type'] === 'application/json' ? await readPace(request) : null;
  if (wanted === null) return void response.writeHead(400, HEADERS).end('Send {"paused": true} or {"hoursPerSecond": 2}.\n');
  Object.assign(pace, wanted);
  response.writeHead(204, HEADERS).end();
}

async function readPace(request: IncomingMessage): Promise<Partial<Pace> | null> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > 1_000) return null;
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof body !== 'object' || body === null) return null;
  const wanted: Partial<Pace> = {};
  if ('paused' in body && typeof body.paused === 'boolean') wanted.paused = body.paused;
  if ('hoursPerSecond' in body && typeof body.hoursPerSecond === 'number') wanted.hoursPerSecond = Math.min(Math.max(body.hoursPerSecond, SPEED.least), SPEED.most);
  return Object.keys(wanted).length === 0 ? null : wanted;
}

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Problem } from '@samovar/contract';
import type { CliIo } from './cli-io.ts';
import { CommandError } from './command.ts';

const DEFAULT_URL = 'http://127.0.0.1:8080';
export const DEFAULT_DATA_DIRECTORY = './samovar-data';

/** The server refused; `problems` are those of definitions that were sent, `errors` as problem details name them. */
export class ApiError extends CommandError {
  readonly status: number;
  readonly code: string;
  readonly body: unknown;

  constructor(status: number, code: string, message: string, body: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = body;
  }

  get problems(): Problem[] {
    const errors: unknown = isObject(this.body) ? this.body['errors'] : undefined;
    return Array.isArray(errors) ? errors.filter(isProblem) : [];
  }
}

/** Talks to the admin API of a running server. */
export interface AdminClient {
  readonly url: string;
  request(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** What a route answers, piece by piece as it comes: for what does not fit into memory. */
  download(path: string): AsyncIterable<string>;
}

interface Access {
  url: string;
  key: string | null;
}

/** The server named by SAMOVAR_URL and SAMOVAR_KEY, else the one that left its credentials in the data directory. */
export async function adminClient(io: CliIo, dataDirectory: string | null): Promise<AdminClient> {
  const { url, key } = await findAccess(io, dataDirectory);
  if (key === null) {
    throw new CommandError(`No key for ${url}. Set SAMOVAR_KEY to an admin key, or name the server's data directory with --data (its credentials.json holds one).`);
  }
  return { url, request: (method, path, body) => request(url, key, method, path, body), download: (path) => download(url, key, path) };
}

async function findAccess(io: CliIo, dataDirectory: string | null): Promise<Access> {
  const saved = await readCredentials(resolve(io.cwd, dataDirectory ?? io.env['SAMOVAR_DATA_DIR'] ?? DEFAULT_DATA_DIRECTORY));
  const url = nonEmpty(io.env['SAMOVAR_URL']) ?? saved?.url ?? DEFAULT_URL;
  if (!URL.canParse(url)) throw new CommandError(`SAMOVAR_URL is no address: ${url}`);
  // A key that was made for one server is not shown to another.
  const savedKey = saved !== null && sameOrigin(saved.url, url) ? saved.key : null;
  return { url: url.replace(/\/+$/, ''), key: nonEmpty(io.env['SAMOVAR_KEY']) ?? savedKey };
}

const nonEmpty = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);
const sameOrigin = (a: string, b: string): boolean => URL.canParse(a) && new URL(a).origin === new URL(b).origin;

async function readCredentials(directory: string): Promise<{ url: string; key: string | null } | null> {
  let text: string;
  try {
    text = await readFile(join(directory, 'credentials.json'), 'utf8');
  } catch (error) {
    if (isObject(error) && (error['code'] === 'ENOENT' || error['code'] === 'ENOTDIR')) return null;
    throw new CommandError(`${join(directory, 'credentials.json')} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const saved = parseJson(text);
  if (!isObject(saved) || typeof saved['url'] !== 'string') return null;
  return { url: saved['url'], key: typeof saved['adminKey'] === 'string' ? saved['adminKey'] : null };
}

async function request(url: string, key: string, method: string, path: string, body: unknown): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandError(`The server at ${url} does not answer (${reason}). Is it running? Start it with: samovar start`);
  }
  const answer = text === '' ? null : parseJson(text);
  if (response.ok) return answer;
  throw failure(url, response.status, answer, text);
}

async function* download(url: string, key: string, path: string): AsyncGenerator<string> {
  try {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    if (!response.ok) {
      const text = await response.text();
      throw failure(url, response.status, parseJson(text), text);
    }
    if (response.body !== null) yield* response.body.pipeThrough(new TextDecoderStream());
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CommandError(`The answer of ${url} broke off (${reason}). What was written is not complete.`);
  }
}

function failure(url: string, status: number, answer: unknown, text: string): ApiError {
  if (status === 401 || status === 403) return new ApiError(status, 'unauthorized', `${url} refuses the key (${status}). An admin key is needed: set SAMOVAR_KEY.`, answer);
  const code = isObject(answer) && typeof answer['code'] === 'string' ? answer['code'] : 'unknown';
  const detail = isObject(answer) ? (answer['detail'] ?? answer['title']) : null;
  const said = typeof detail === 'string' && detail !== '' ? detail : text.slice(0, 200);
  return new ApiError(status, code, `${url} answers ${status}: ${said}${code === 'validation_failed' ? partsOf(answer, said) : ''}`, answer);
}

/** What is wrong with which part of a request, a line each, besides what was said. */
function partsOf(answer: unknown, said: string): string {
  const errors: unknown = isObject(answer) ? answer['errors'] : undefined;
  if (!Array.isArray(errors)) return '';
  return errors.filter(isObject).filter(({ message }) => message !== said).map(({ pointer, message }) => `\n  ${typeof pointer === 'string' && pointer !== '' ? `${pointer}: ` : ''}${String(message)}`).join('');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isProblem(value: unknown): value is Problem {
  return isObject(value) && typeof value['file'] === 'string' && typeof value['line'] === 'number' && typeof value['message'] === 'string';
}

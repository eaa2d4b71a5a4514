import { hostname } from 'node:os';
import { asciiDomain } from './address.ts';
import { ChannelConfigError } from './channel-config-error.ts';

/** How STARTTLS is used: when offered, always, never. */
export type TlsPolicy = 'auto' | 'required' | 'off';

/** Named timeouts; see {@link SMTP_DEFAULTS} for the reasons. */
export interface SmtpTimeouts {
  readonly connectMs: number;
  readonly greetingMs: number;
  readonly commandMs: number;
  readonly dataMs: number;
  readonly sendMs: number;
}

export interface SmtpOptions extends SmtpTimeouts {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps:`). */
  readonly implicitTls: boolean;
  readonly tls: TlsPolicy;
  readonly verify: boolean;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  /** Connections at most. */
  readonly pool: number;
  /** Messages after which a connection is replaced. */
  readonly messages: number;
  readonly idleMs: number;
  readonly heloName: string;
}

export const SMTP_DEFAULTS = {
  pool: 5,
  /** Some servers stop at 100 or 1,000 and say 421; either way we open another. */
  messages: 1_000,
  /** Servers close idle connections after 5 minutes or less; ours go first. */
  idleMs: 30_000,
  /** TCP, and again TLS: a server that does not answer in ten seconds is not there. */
  connectMs: 10_000,
  /** Some servers wait on purpose before they greet, to see who is impatient. */
  greetingMs: 60_000,
  /** RFC 5321 §4.5.3.2 allows minutes; recipients are checked against slow directories. */
  commandMs: 60_000,
  /** After the final dot the server may scan. Giving up early makes outcomes unknown, so patience is cheap. */
  dataMs: 180_000,
  /** From `send` to its outcome, waiting for a connection included: the promise to whoever keeps a deadline. */
  sendMs: 300_000,
} as const;

/** Connections that a single process may sensibly hold open to one server. */
const POOL_LIMIT = 200;
const TIMEOUT_LIMIT_MS = 3_600_000;

/** Reads `smtp://user:pass@host:port?pool=8&tls=required`. Throws {@link ChannelConfigError}. */
export function parseSmtpUrl(text: string): SmtpOptions {
  const { url, implicitTls } = readUrl(text);
  const query = readQuery(url);
  const number = (name: NumberOption, least: number, most: number): number => numberOf(query, name, least, most);
  const timeout = (name: Extract<NumberOption, `${string}Ms`>): number => number(name, 1, TIMEOUT_LIMIT_MS);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (implicitTls ? 465 : 587) : Number(url.port),
    implicitTls,
    tls: choiceOf(query, 'tls', ['auto', 'required', 'off']),
    verify: choiceOf(query, 'verify', ['on', 'off']) === 'on',
    auth: url.username === '' ? null : { user: decode(url.username), pass: decode(url.password) },
    pool: number('pool', 1, POOL_LIMIT),
    messages: number('messages', 1, 1_000_000),
    heloName: heloNameOf(query.get('heloName')),
    idleMs: timeout('idleMs'),
    connectMs: timeout('connectMs'),
    greetingMs: timeout('greetingMs'),
    commandMs: timeout('commandMs'),
    dataMs: timeout('dataMs'),
    sendMs: timeout('sendMs'),
  };
}

type NumberOption = keyof typeof SMTP_DEFAULTS;

const QUERY_NAMES = new Set([...Object.keys(SMTP_DEFAULTS), 'tls', 'verify', 'heloName']);

/** The URL without its password, for messages and logs. */
export function hidePassword(text: string): string {
  return text.replace(/^([a-z]+:\/\/[^:@]*):.*@/is, '$1:***@');
}

interface ReadUrl {
  readonly url: URL;
  readonly implicitTls: boolean;
}

function readUrl(text: string): ReadUrl {
  const invalid = (what: string): ChannelConfigError =>
    new ChannelConfigError('channel_url_invalid', `“${hidePassword(text)}” is not ${what}.`, 'Write it as smtp://user:password@host:587?pool=5&tls=required, with smtps:// for TLS from the start.');
  const scheme = /^smtps?:\/\//i.exec(text)?.[0].toLowerCase();
  if (scheme === undefined) throw invalid('the URL of an SMTP server');
  let url: URL;
  try {
    // Hosts are only checked for schemes that the URL standard knows; of those, ftp's own port is no mail server's.
    url = new URL(`ftp://${text.slice(scheme.length)}`);
  } catch {
    throw invalid('a URL');
  }
  if (url.pathname !== '/' || url.hash !== '') throw invalid('the URL of an SMTP server');
  return { url, implicitTls: scheme === 'smtps://' };
}

function readQuery(url: URL): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!QUERY_NAMES.has(name)) throw optionError(name, `There is no option “${name}”.`, `Options are: ${[...QUERY_NAMES].sort().join(', ')}.`);
    if (query.has(name)) throw optionError(name, `The option “${name}” stands twice.`, 'Give it once.');
    query.set(name, value);
  }
  return query;
}

function numberOf(query: ReadonlyMap<string, string>, name: NumberOption, least: number, most: number): number {
  const text = query.get(name);
  if (text === undefined) return SMTP_DEFAULTS[name];
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw optionError(name, `“${text}” is not good for ${name}.`, `Give a whole number from ${least} to ${most}.`);
  return value;
}

function choiceOf<Choice extends string>(query: ReadonlyMap<string, string>, name: string, choices: readonly [Choice, ...Choice[]]): Choice {
  const text = query.get(name);
  if (text === undefined) return choices[0];
  const found = choices.find((choice) => choice === text);
  if (found === undefined) throw optionError(name, `“${text}” is not good for ${name}.`, `Give one of: ${choices.join(', ')}.`);
  return found;
}

function heloNameOf(text: string | undefined): string {
  if (text === undefined) return asciiDomain(hostname()) ?? '[127.0.0.1]';
  const name = asciiDomain(text);
  if (name === null) throw optionError('heloName', `“${text}” is not a host name.`, 'Give the name that this machine has in DNS.');
  return name;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ChannelConfigError('channel_url_invalid', 'The user name or password has a stray “%”.', 'Write “%” as %25.');
  }
}

function optionError(name: string, message: string, mend: string): ChannelConfigError {
  return new ChannelConfigError('channel_option_invalid', `SMTP URL, ${name}: ${message}`, mend);
}

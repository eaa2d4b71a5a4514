import { tidyText } from './category-key.ts';

/** What is wrong with the form of an e-mail address. */
export type AddressProblem = 'no-at' | 'several-at' | 'no-local-part' | 'too-long' | 'space' | 'dots' | 'bad-character' | 'bad-domain' | 'no-top-level-domain' | 'ip-address' | 'reserved-domain';

export type JudgedAddress =
  | { kind: 'valid'; local: string; /** Lower case, in ASCII (RFC 5891). */ domain: string; role: boolean }
  | { kind: 'invalid'; problem: AddressProblem };

/** RFC 5321, section 4.5.3; the domain's limit is in its labels as well. */
const LOCAL_BYTE_LIMIT = 64;
const ADDRESS_BYTE_LIMIT = 254;

/** Names that several people read, or none. */
const ROLE_NAMES = new Set(`abuse account accounting accounts admin administrator all bestellung billing booking bookings buchhaltung career careers compliance contact contactus
customerservice daemon dev devnull donotreply editor email enquiries enquiry everyone feedback finance ftp general hello help helpdesk hostmaster hr info information inquiries inquiry
investors invoice invoices it jobs kontakt legal list mail mailerdaemon mailbox manager marketing media news newsletter noc noreply nobody notifications office operations order orders
payments postmaster press privacy purchasing reception recruiting recruitment reservations returns root sales secretary security service services shop spam staff store subscribe support
sysadmin team tech unsubscribe usenet uucp webmaster welcome www`.split(/\s+/));

/** Top-level names and domains that belong to nobody for good (RFC 2606, RFC 6761, RFC 7686). */
const RESERVED = /(^|\.)(test|invalid|localhost|example|local|onion|internal|example\.(com|net|org))$/u;

const LOCAL_CHARACTERS = /^[\p{L}\p{N}\p{M}!#$%&'*+\-/=?^_`{|}~.]+$/u;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/u;

/** Judges the form of an address: who may read it, or what is wrong. Whether anybody does is for others to find out. */
export function judgeAddress(text: string): JudgedAddress {
  const address = text.trim();
  const problem = (name: AddressProblem): JudgedAddress => ({ kind: 'invalid', problem: name });
  if (/\s/u.test(address)) return problem('space');
  if (tidyText(address) !== address.normalize('NFC')) return problem('bad-character');
  const at = address.lastIndexOf('@');
  if (at < 0) return problem('no-at');
  const local = address.slice(0, at);
  if (local === '') return problem('no-local-part');
  if (local.includes('@')) return problem('several-at');
  if (byteLength(local) > LOCAL_BYTE_LIMIT || byteLength(address) > ADDRESS_BYTE_LIMIT) return problem('too-long');
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return problem('dots');
  if (!LOCAL_CHARACTERS.test(local)) return problem('bad-character');
  const domain = judgeDomain(address.slice(at + 1));
  return domain.kind === 'valid' ? { kind: 'valid', local, domain: domain.domain, role: isRoleName(local) } : domain;
}

function judgeDomain(text: string): { kind: 'valid'; domain: string } | { kind: 'invalid'; problem: AddressProblem } {
  if (text.startsWith('[') || /^[\d.]+$/u.test(text)) return { kind: 'invalid', problem: text === '' ? 'bad-domain' : 'ip-address' };
  const domain = asciiDomain(text);
  if (domain === null || domain.length > 253 || !domain.split('.').every((label) => LABEL.test(label))) return { kind: 'invalid', problem: 'bad-domain' };
  if (RESERVED.test(domain)) return { kind: 'invalid', problem: 'reserved-domain' };
  const top = domain.slice(domain.lastIndexOf('.') + 1);
  if (!domain.includes('.') || top.length < 2 || /^\d+$/u.test(top)) return { kind: 'invalid', problem: 'no-top-level-domain' };
  return { kind: 'valid', domain };
}

/** The domain as it is asked for: lower case, other scripts as `xn--…`. */
function asciiDomain(text: string): string | null {
  if (/[/?#:@\\%]/u.test(text) || !URL.canParse(`http://${text}`)) return null;
  return new URL(`http://${text}`).hostname;
}

function isRoleName(local: string): boolean {
  const [name = ''] = local.toLowerCase().split('+');
  return ROLE_NAMES.has(name.replace(/[._-]/gu, ''));
}

/** How long it is as UTF-8. */
function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether the domain, or one that it is part of, is on a list. */
export function isListedDomain(domain: string, listed: (domain: string) => boolean): boolean {
  for (let rest = domain; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) if (listed(rest)) return true;
  return false;
}

const SAME_PROVIDER: Readonly<Record<string, string>> = { 'googlemail.com': 'gmail.com', 'pm.me': 'proton.me', 'protonmail.com': 'proton.me' };
/** Providers at which what follows a plus names no other mailbox. */
const PLUS_PROVIDERS = new Set(['gmail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'icloud.com', 'me.com', 'mac.com', 'proton.me', 'fastmail.com', 'zoho.com', 'hey.com']);

/** The same for all spellings that reach the same mailbox, as far as the provider is known; null: no address. */
export function mailboxKey(text: string): string | null {
  const judged = judgeAddress(text);
  if (judged.kind === 'invalid') return null;
  const domain = SAME_PROVIDER[judged.domain] ?? judged.domain;
  let local = judged.local.normalize('NFC').toLowerCase();
  if (PLUS_PROVIDERS.has(domain) && local.indexOf('+') > 0) local = local.slice(0, local.indexOf('+'));
  if (domain === 'gmail.com') local = local.replaceAll('.', '');
  return `${local}@${domain}`;
}

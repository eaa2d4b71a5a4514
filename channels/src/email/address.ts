import { domainToASCII } from 'node:url';

export type ParsedAddress =
  | { readonly ok: true; readonly address: string; readonly local: string; readonly domain: string }
  | { readonly ok: false; readonly reason: string };

/** RFC 5321 §4.5.3.1: what servers must accept, and so the most that all do. */
const LOCAL_LIMIT_BYTES = 64;
const ADDRESS_LIMIT_BYTES = 254;
const DOMAIN_LIMIT_BYTES = 253;

const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const ASCII_DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
/** Characters that would make the URL parser read something else than a host name. */
const NOT_IN_DOMAIN = /[\p{Cc}\s%/\\?#@:[\]<>^|"'`{}()]/u;

/** Checks an address as it may stand in an envelope; the domain comes back in ASCII and lower case. */
export function parseAddress(text: string): ParsedAddress {
  const at = text.lastIndexOf('@');
  if (at <= 0 || at === text.length - 1) return { ok: false, reason: 'it has no name or no domain' };
  const local = text.slice(0, at);
  if (/\P{ASCII}/u.test(local)) return { ok: false, reason: 'the part before the @ has letters that mail servers do not take' };
  if (!LOCAL_PART.test(local)) return { ok: false, reason: 'the part before the @ is not valid' };
  if (local.length > LOCAL_LIMIT_BYTES) return { ok: false, reason: 'the part before the @ is too long' };
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === null) return { ok: false, reason: 'the domain is not valid' };
  const address = `${local}@${domain}`;
  if (address.length > ADDRESS_LIMIT_BYTES) return { ok: false, reason: 'it is too long' };
  return { ok: true, address, local, domain };
}

/** A domain in the form that DNS knows (`bücher.example` → `xn--bcher-kva.example`), or null. */
export function asciiDomain(domain: string): string | null {
  if (domain.length > DOMAIN_LIMIT_BYTES || NOT_IN_DOMAIN.test(domain)) return null;
  const ascii = /\P{ASCII}/u.test(domain) ? domainToASCII(domain) : domain.toLowerCase();
  if (!ASCII_DOMAIN.test(ascii)) return null;
  // A last label of digits is an IP address or a mistake; neither is a mail domain.
  return /(^|\.)\d+$/.test(ascii) ? null : ascii;
}

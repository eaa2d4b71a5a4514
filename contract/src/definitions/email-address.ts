import type { EmailAddress } from './types.ts';

const LOCAL_PART = /^[^\s@<>()[\]\\,;:".\p{Cc}]+(?:\.[^\s@<>()[\]\\,;:".\p{Cc}]+)*$/u;
const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/** RFC 5321: a path has at most 256 octets, two of them the brackets. */
const MAX_ADDRESS_LENGTH = 254;
const MAX_LOCAL_PART_LENGTH = 64;

/** Whether mail could be sent there: the forms that people really use, not the whole of RFC 5322. */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > MAX_LOCAL_PART_LENGTH || text.length > MAX_ADDRESS_LENGTH) return false;
  return LOCAL_PART.test(text.slice(0, at)) && DOMAIN.test(text.slice(at + 1));
}

/** `Shop <shop@example.com>` or a bare address; null when it is neither. */
export function parseEmailAddress(text: string): EmailAddress | null {
  const trimmed = text.trim();
  if (isEmailAddress(trimmed)) return { name: null, address: trimmed };
  const open = trimmed.lastIndexOf('<');
  if (open < 0 || !trimmed.endsWith('>')) return null;
  const address = trimmed.slice(open + 1, -1);
  const name = unquote(trimmed.slice(0, open).trim());
  if (!isEmailAddress(address) || /\p{Cc}/u.test(name)) return null;
  return { name: name === '' ? null : name, address };
}

/** The inverse of parseEmailAddress. */
export function formatEmailAddress(address: EmailAddress): string {
  if (address.name === null) return address.address;
  const name = address.name.startsWith('"') ? JSON.stringify(address.name) : address.name;
  return `${name} <${address.address}>`;
}

/** Names with commas are often written in quotes, as mail headers want them. */
function unquote(name: string): string {
  const match = /^"((?:[^"\\]|\\.)*)"$/.exec(name);
  return match === null ? name : (match[1] ?? '').replace(/\\(.)/g, '$1').trim();
}

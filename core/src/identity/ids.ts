import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type ContactId = Branded<'ContactId'>;
export type EnrollmentId = Branded<'EnrollmentId'>;
export type MessageId = Branded<'MessageId'>;

export type IdentifierKind = 'user' | 'anonymous' | 'email' | 'phone' | 'order';

export interface Identifier {
  kind: IdentifierKind;
  /** As `normaliseIdentifier` leaves it. */
  value: string;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * A uuid (version 8, RFC 9562) made of the first 128 bits of SHA-256 over the parts, so that whoever derives it
 * from the same parts gets the same id. Cryptographic because identifiers come from strangers.
 */
export function derivedUuid(...parts: string[]): string {
  const bytes = sha256(utf8ToBytes(parts.join('\u0000')));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let text = '';
  for (let i = 0; i < 16; i += 1) {
    text += HEX[bytes[i] ?? 0];
    if (i === 3 || i === 5 || i === 7 || i === 9) text += '-';
  }
  return text;
}

/** The contact that an identifier names when it is first seen; later it may redirect to another. */
export function contactIdOf(workspaceId: number, identifier: Identifier): ContactId {
  return derivedUuid('contact', String(workspaceId), identifier.kind, identifier.value) as ContactId;
}

/** The logical shard of a contact: its first 16 bits modulo the number of shards. */
export function shardOf(contactId: string, shardCount: number): number {
  return Number.parseInt(contactId.slice(0, 4), 16) % shardCount;
}

/** E-mail addresses are compared trimmed and in lower case; everything else as it is. */
export function normaliseIdentifier(identifier: Identifier): Identifier {
  const value = identifier.value.trim();
  return { kind: identifier.kind, value: identifier.kind === 'email' ? value.toLowerCase() : value };
}

export function sameIdentifier(a: Identifier, b: Identifier): boolean {
  return a.kind === b.kind && a.value === b.value;
}

/** Longest identifier kept; longer ones are refused at the edge, since they are never people. */
export const IDENTIFIER_LENGTH_LIMIT = 512;

const JUNK = new Set([
  '', '0', '-1', 'null', 'undefined', 'none', 'nil', 'nan', 'true', 'false', 'n/a', 'na', 'unknown', 'anonymous', 'guest', 'user', 'userid',
  'user_id', 'id', 'test', 'email', '[object object]', 'test@test.com', 'test@example.com', 'noreply@example.com', 'a@a.com',
  '00000000-0000-0000-0000-000000000000',
]);

/** Identifiers that many different people share by mistake of a program; joining by them would melt them into one. */
export function isJunkIdentifier(identifier: Identifier): boolean {
  return identifier.value.length > IDENTIFIER_LENGTH_LIMIT || JUNK.has(identifier.value.trim().toLowerCase());
}

import { createHash } from 'node:crypto';

/** SHA-256 of an address as addresses are compared: trimmed, in lower case, in UTF-8. Lists of addresses are exchanged in this form. */
export function addressDigest(address: string): Buffer {
  return createHash('sha256').update(address.trim().toLowerCase()).digest();
}

/** What is known of an address is kept in the shard that its digest derives, so that who has only the digest finds it. */
export function shardOfDigest(digest: Buffer, shardCount: number): number {
  return digest.readUInt16BE(0) % shardCount;
}

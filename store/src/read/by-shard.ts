import { int2Array } from '../binary-arrays.ts';

/** All shards, for look-ups whose shard is not known: one probe of an index each. */
export function allShards(shardCount: number): Buffer {
  return int2Array(Array.from({ length: shardCount }, (_, shard) => shard));
}

/** Shards asked at the same time; their answers are thrown away when the first ones fill the page. */
const AHEAD = 8;

/** A place in a list that is ordered by shard and then by key. */
export interface ShardPlace {
  shard: number;
  /** After this key; null: from the first. */
  key: string | null;
}

/**
 * One page of a list that is ordered within each shard: shard after shard until the page is full, so that every query
 * walks one index of one shard.
 */
export async function pageByShard<T>(after: ShardPlace, shardCount: number, limit: number, read: (shard: number, afterKey: string | null, limit: number) => Promise<T[]>): Promise<T[]> {
  const page: T[] = [];
  for (let first = after.shard; first < shardCount && page.length < limit; first += AHEAD) {
    const shards = Array.from({ length: Math.min(AHEAD, shardCount - first) }, (_, index) => first + index);
    const parts = await Promise.all(shards.map((shard) => read(shard, shard === after.shard ? after.key : null, limit - page.length)));
    for (const part of parts) page.push(...part.slice(0, limit - page.length));
  }
  return page;
}

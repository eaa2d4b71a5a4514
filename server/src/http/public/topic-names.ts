import { chooseLanguage } from '@samovar/channels';
import { readTopics } from '@samovar/store';
import type { Queryable } from '@samovar/store';

/** What a topic may be called by its key: anybody's form asks for topics, and a page of ours must not carry a stranger's sentence. */
const PLAIN_KEY = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_-]{0,39}$/u;

/** The names of topics in a language, in the order given; one that nobody defined goes by its key, if that is one word. */
export async function topicNames(db: Queryable, workspaceId: number, keys: readonly string[], language: string): Promise<string[]> {
  const topics = await readTopics(db, workspaceId, keys);
  return keys.map((key) => {
    const names = topics.get(key)?.names ?? {};
    const tags = Object.keys(names);
    return tags.length === 0 ? (PLAIN_KEY.test(key) ? key : '…') : (names[chooseLanguage(tags, language, tags[0] ?? '')] ?? key);
  });
}

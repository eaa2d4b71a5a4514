import { chooseLanguage } from '@samovar/channels';
import { readTopics } from '@samovar/store';
import type { Queryable } from '@samovar/store';

/** The names of topics in a language, in the order given; one that nobody defined goes by its key. */
export async function topicNames(db: Queryable, workspaceId: number, keys: readonly string[], language: string): Promise<string[]> {
  const topics = await readTopics(db, workspaceId, keys);
  return keys.map((key) => {
    const names = topics.get(key)?.names ?? {};
    const tags = Object.keys(names);
    return tags.length === 0 ? key : (names[chooseLanguage(tags, language, tags[0] ?? '')] ?? key);
  });
}

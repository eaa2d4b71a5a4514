import { derivedUuid } from '@samovar/core';
import type { ContactId, ContactState, Millis, TrackedEvent } from '@samovar/core';

/** What tells the log that contacts are one person: an alias of the leading one for each of the others, with a server's trust. */
export function mergeEvents(contacts: readonly ContactState[], into: string | null, now: Millis): { workspaceId: number; contactId: ContactId; record: TrackedEvent }[] {
  const [first, ...others] = [...contacts].sort((a, b) => Number(b.id === into) - Number(a.id === into) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  if (first === undefined) return [];
  return others.map((other) => ({
    workspaceId: first.workspaceId,
    contactId: first.id,
    record: {
      kind: 'event', type: 'alias', name: 'Alias', messageId: derivedUuid('merge', first.id, other.id), receivedAt: now, occurredAt: now, identifiers: [first.home, other.home],
      properties: {}, traits: {}, context: { source: 'data-quality' }, trusted: true, historical: false,
    },
  }));
}

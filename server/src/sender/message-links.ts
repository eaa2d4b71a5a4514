import type { ContactId, JsonObject, MessageId, Millis } from '@samovar/core';
import { topicsOf } from '@samovar/core';
import { hashAddress, signToken, TOKEN_LIMITS } from '@samovar/channels';
import type { TrackingKey } from '@samovar/channels';

/** The signed addresses that one message carries. */
export interface MessageLinks {
  unsubscribeUrl: string;
  preferencesUrl: string;
  confirmUrl: string;
  openPixelUrl: string;
  trackLink: (url: string, index: number) => string;
}

export interface LinkSubject {
  workspaceId: number;
  messageId: MessageId;
  contactId: ContactId;
  topic: string | null;
  address: string;
  /** What a confirmation confirms; none: everything. */
  topics: readonly string[];
  wordingVersion: string | null;
  confirmUntil: Millis;
}

/** Makes the links of a message; whoever reads them needs the key and nothing else. */
export function messageLinks(key: TrackingKey, publicUrl: string, subject: LinkSubject): MessageLinks {
  const { workspaceId, messageId, contactId, topic, address, topics, wordingVersion, confirmUntil } = subject;
  const addressHash = hashAddress('email', address);
  const url = (path: string, token: string): string => `${publicUrl}/${path}/${token}`;
  const consent = { workspaceId, messageId, contactId, channel: 'email', topic, addressHash };
  return {
    unsubscribeUrl: url('u', signToken(key, { purpose: 'unsubscribe', ...consent })),
    preferencesUrl: url('p', signToken(key, { purpose: 'preferences', ...consent })),
    confirmUrl: url('confirm', signToken(key, { purpose: 'confirm', workspaceId, contactId, messageId, address, topics, wordingVersion, expiresAt: confirmUntil })),
    openPixelUrl: `${url('o', signToken(key, { purpose: 'open', workspaceId, messageId, contactId }))}.gif`,
    // A link too long to be signed leads straight to where it leads.
    trackLink: (target, linkIndex) => Buffer.byteLength(target) > TOKEN_LIMITS.urlBytes ? target : url('c', signToken(key, { purpose: 'click', workspaceId, messageId, contactId, linkIndex, url: target })),
  };
}

/** What a request asked to be confirmed, as far as it fits into a link. */
export function requestedOf({ topics, topic, wording_version: version }: JsonObject): Pick<LinkSubject, 'topics' | 'wordingVersion'> {
  const asked = [...topicsOf(topics), ...(typeof topic === 'string' && topic !== '' ? [topic] : [])];
  return {
    topics: [...new Set(asked)].filter((one) => Buffer.byteLength(one) <= TOKEN_LIMITS.topicBytes).slice(0, TOKEN_LIMITS.topics),
    wordingVersion: typeof version === 'string' && Buffer.byteLength(version) <= TOKEN_LIMITS.wordingVersionBytes ? version : null,
  };
}

import { DAY_MS } from '@samovar/core';
import type { ContactId, MessageId, Millis } from '@samovar/core';
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
  sentAt: Millis;
}

/** A request for consent that was not answered for so long is forgotten. */
export const CONFIRM_VALID_MS = 30 * DAY_MS;

/** Makes the links of a message; whoever reads them needs the key and nothing else. */
export function messageLinks(key: TrackingKey, publicUrl: string, subject: LinkSubject): MessageLinks {
  const { workspaceId, messageId, contactId, topic, address, sentAt } = subject;
  const addressHash = hashAddress('email', address);
  const url = (path: string, token: string): string => `${publicUrl}/${path}/${token}`;
  const consent = { workspaceId, messageId, contactId, channel: 'email', topic, addressHash };
  return {
    unsubscribeUrl: url('u', signToken(key, { purpose: 'unsubscribe', ...consent })),
    preferencesUrl: url('p', signToken(key, { purpose: 'preferences', ...consent })),
    confirmUrl: url('confirm', signToken(key, { purpose: 'confirm', workspaceId, contactId, channel: 'email', topic, addressHash, expiresAt: sentAt + CONFIRM_VALID_MS })),
    openPixelUrl: `${url('o', signToken(key, { purpose: 'open', workspaceId, messageId, contactId }))}.gif`,
    // A link too long to be signed leads straight to where it leads.
    trackLink: (target, linkIndex) => Buffer.byteLength(target) > TOKEN_LIMITS.urlBytes ? target : url('c', signToken(key, { purpose: 'click', workspaceId, messageId, contactId, linkIndex, url: target })),
  };
}

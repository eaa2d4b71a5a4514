/** What links say about themselves, and how that is packed. */
export type TokenPayload = ClickPayload | OpenPayload | SubscriptionPayload | ConfirmPayload;

export interface ClickPayload {
  readonly purpose: 'click';
  readonly workspaceId: number;
  readonly messageId: string;
  readonly contactId: string;
  readonly linkIndex: number;
  /** Where the link leads: signed, so that nobody can make it lead elsewhere, and no database is asked. */
  readonly url: string;
}

export interface OpenPayload {
  readonly purpose: 'open';
  readonly workspaceId: number;
  readonly messageId: string;
  readonly contactId: string;
}

interface Subscription {
  readonly workspaceId: number;
  readonly contactId: string;
  readonly channel: string;
  /** Null: all topics. */
  readonly topic: string | null;
  /** See `hashAddress`: consent follows the address. */
  readonly addressHash: string;
}

export interface SubscriptionPayload extends Subscription {
  readonly purpose: 'unsubscribe' | 'preferences';
  readonly messageId: string | null;
}

export interface ConfirmPayload {
  readonly purpose: 'confirm';
  readonly workspaceId: number;
  readonly contactId: string;
  /** The message that the link is in: by it what was asked for is found again, and a link that was used is known. */
  readonly messageId: string;
  /** What the link confirms; only its owner gets the link. */
  readonly address: string;
  /** None: everything. */
  readonly topics: readonly string[];
  readonly wordingVersion: string | null;
  readonly expiresAt: number;
}

export type TokenPurpose = TokenPayload['purpose'];

/** Limits, each with its reason. */
export const TOKEN_LIMITS = {
  /** What all browsers and proxies take, with room for the rest of the token. */
  urlBytes: 2_048,
  channelBytes: 32,
  topicBytes: 128,
  /** A form offers a handful; so many of the longest still make a link that all browsers take. */
  topics: 10,
  /** RFC 5321 lets no longer address through. */
  addressBytes: 254,
  wordingVersionBytes: 100,
} as const;

const VERSION = 1;
const PURPOSES = ['click', 'open', 'unsubscribe', 'preferences', 'confirm'] as const satisfies readonly TokenPurpose[];
const NO_TOPIC = 255;

/** Version and purpose, the key's number, then the fields in a fixed order. */
export function encodePayload(keyId: number, payload: TokenPayload): Buffer {
  const head = Buffer.alloc(6);
  head[0] = (VERSION << 4) | PURPOSES.indexOf(payload.purpose);
  head[1] = keyId;
  head.writeUInt32BE(payload.workspaceId, 2);
  switch (payload.purpose) {
    case 'click':
      return Buffer.concat([head, packUuid(payload.messageId), packUuid(payload.contactId), packNumber(payload.linkIndex, 2), packUrl(payload.url)]);
    case 'open':
      return Buffer.concat([head, packUuid(payload.messageId), packUuid(payload.contactId)]);
    case 'unsubscribe':
    case 'preferences':
      return Buffer.concat([head, packSubscription(payload), ...(payload.messageId === null ? [] : [packUuid(payload.messageId)])]);
    case 'confirm':
      return Buffer.concat([head, packConfirmation(payload)]);
  }
}

/** Null for anything but what {@link encodePayload} makes. */
export function decodePayload(bytes: Buffer): TokenPayload | null {
  const first = bytes[0] ?? 0;
  const purpose = PURPOSES[first & 15];
  if (first >> 4 !== VERSION || purpose === undefined) return null;
  const reader = new Reader(bytes, 2);
  const payload = readFields(purpose, reader);
  return reader.isExact ? payload : null;
}

function readFields(purpose: TokenPurpose, reader: Reader): TokenPayload {
  const workspaceId = reader.number(4);
  switch (purpose) {
    case 'click': {
      const [messageId, contactId] = [reader.uuid(), reader.uuid()];
      return { purpose, workspaceId, messageId, contactId, linkIndex: reader.number(2), url: reader.rest() };
    }
    case 'open':
      return { purpose, workspaceId, messageId: reader.uuid(), contactId: reader.uuid() };
    case 'unsubscribe':
    case 'preferences': {
      const subscription = readSubscription(workspaceId, reader);
      return { purpose, ...subscription, messageId: reader.isAtEnd ? null : reader.uuid() };
    }
    case 'confirm':
      return readConfirmation(workspaceId, reader);
  }
}

function packSubscription({ contactId, channel, topic, addressHash }: Subscription): Buffer {
  if (!/^[0-9a-f]{32}$/.test(addressHash)) throw new RangeError('a token needs the hash of an address');
  const parts = [packUuid(contactId), Buffer.from(addressHash, 'hex'), packText(channel, TOKEN_LIMITS.channelBytes)];
  parts.push(topic === null ? Buffer.of(NO_TOPIC) : packText(topic, TOKEN_LIMITS.topicBytes));
  return Buffer.concat(parts);
}

function readSubscription(workspaceId: number, reader: Reader): Subscription {
  const contactId = reader.uuid();
  const addressHash = reader.bytes(16).toString('hex');
  const channel = reader.text() ?? '';
  return { workspaceId, contactId, channel, topic: reader.text(), addressHash };
}

function packConfirmation({ contactId, messageId, address, topics, wordingVersion, expiresAt }: ConfirmPayload): Buffer {
  if (topics.length > TOKEN_LIMITS.topics) throw new RangeError(`a confirmation is for at most ${TOKEN_LIMITS.topics} topics`);
  return Buffer.concat([
    packUuid(contactId), packUuid(messageId), packNumber(expiresAt, 6), packText(address, TOKEN_LIMITS.addressBytes),
    wordingVersion === null ? Buffer.of(NO_TOPIC) : packText(wordingVersion, TOKEN_LIMITS.wordingVersionBytes),
    packNumber(topics.length, 1), ...topics.map((topic) => packText(topic, TOKEN_LIMITS.topicBytes)),
  ]);
}

function readConfirmation(workspaceId: number, reader: Reader): ConfirmPayload {
  const [contactId, messageId, expiresAt] = [reader.uuid(), reader.uuid(), reader.number(6)];
  const address = reader.text() ?? '';
  const wordingVersion = reader.text();
  const topics = Array.from({ length: reader.number(1) }, () => reader.text() ?? '');
  return { purpose: 'confirm', workspaceId, contactId, messageId, address, topics, wordingVersion, expiresAt };
}

function packUuid(uuid: string): Buffer {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) throw new RangeError(`“${uuid}” is not a uuid`);
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function packNumber(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}

function packText(text: string, limit: number): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > limit) throw new RangeError(`“${text.slice(0, 40)}” is longer than ${limit} bytes`);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function packUrl(url: string): Buffer {
  const bytes = Buffer.from(url, 'utf8');
  if (!/^https?:\/\//i.test(url) || bytes.length > TOKEN_LIMITS.urlBytes) throw new RangeError('a click leads to an http address of limited length');
  return bytes;
}

/** Reads fields; past the end everything is empty, and `isExact` tells afterwards. */
class Reader {
  readonly #bytes: Buffer;
  #position: number;
  #isShort = false;

  constructor(bytes: Buffer, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  get isExact(): boolean {
    return !this.#isShort && this.#position === this.#bytes.length;
  }

  bytes(length: number): Buffer {
    const part = this.#bytes.subarray(this.#position, this.#position + length);
    this.#position += length;
    if (part.length === length) return part;
    this.#isShort = true;
    return Buffer.alloc(length);
  }

  number(length: number): number {
    return this.bytes(length).readUIntBE(0, length);
  }

  uuid(): string {
    return this.bytes(16).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  text(): string | null {
    const length = this.number(1);
    return length === NO_TOPIC ? null : this.bytes(length).toString('utf8');
  }

  rest(): string {
    const text = this.#bytes.toString('utf8', this.#position);
    this.#position = this.#bytes.length;
    return text;
  }
}

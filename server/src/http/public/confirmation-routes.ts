import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ContactId, Json, JsonObject, MessageId, TrackedEvent } from '@samovar/core';
import { contactIdOf, mayConfirm, normaliseAddress, SUBSCRIPTION_CONFIRMED } from '@samovar/core';
import { readToken } from '@samovar/channels';
import type { ConfirmPayload } from '@samovar/channels';
import { isLinkUsed, markLinkUsed, readMessageData } from '@samovar/store';
import type { NewRecord } from '@samovar/store';
import { PageWriter } from './page-writer.ts';
import type { PageDependencies, Visitor } from './page-writer.ts';

type Request = FastifyRequest<{ Params: { token: string } }>;

/** What was told with the request, kept with the confirmation as part of its proof. */
const REQUEST_FIELDS = ['source', 'form', 'wording', 'wording_version', 'url', 'request'];

/**
 * The page to which the link of a confirmation leads. Looking at it changes nothing, since scanners follow links; its
 * button appends the consent with its proof.
 */
export function confirmationRoutes(app: FastifyInstance, dependencies: PageDependencies): void {
  const pages = new ConfirmationPages(dependencies);
  app.get<{ Params: { token: string } }>('/confirm/:token', (request, reply) => pages.ask(request, reply));
  app.post<{ Params: { token: string } }>('/confirm/:token', (request, reply) => pages.confirm(request, reply));
}

interface Confirmation {
  payload: ConfirmPayload;
  visitor: Visitor;
  /** The data of the message that the link is in: what was asked for, by whom, where. */
  asked: JsonObject;
}

class ConfirmationPages {
  readonly #dependencies: PageDependencies;
  readonly #writer: PageWriter;

  constructor(dependencies: PageDependencies) {
    this.#dependencies = dependencies;
    this.#writer = new PageWriter(dependencies);
  }

  async ask(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const found = await this.#read(request, reply);
    if (found === null) return reply;
    const { visitor, payload } = found;
    const { texts } = visitor.page;
    const text = payload.topics.length === 0 ? texts.confirmQuestion : `${texts.confirmQuestion} ${texts.confirmTopics}`;
    return this.#writer.show(reply, visitor, 200, { mood: 'ask', title: texts.confirmTitle, text, form: { button: texts.confirmButton, choices: [] } });
  }

  async confirm(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const found = await this.#read(request, reply);
    if (found === null) return reply;
    const { visitor } = found;
    if (!(await this.#writer.append(SUBSCRIPTION_CONFIRMED, this.#records(request, found)))) return this.#writer.busy(reply, visitor);
    await this.#markUsed(found.payload);
    const { texts } = visitor.page;
    return this.#writer.show(reply, visitor, 200, { mood: 'done', title: texts.confirmedTitle, text: texts.confirmed, form: null });
  }

  /** null: answered already, with a page that says what is wrong with the link. */
  async #read(request: Request, reply: FastifyReply): Promise<Confirmation | null> {
    const { db, clock, shardCount, signingKeys, onTrouble } = this.#dependencies;
    const read = readToken(signingKeys, 'confirm', request.params.token, clock.now());
    if (!read.ok) {
      await this.#writer.broken(request, reply, read.reason);
      return null;
    }
    const { payload } = read;
    const visitor = await this.#writer.visitor(request, payload, payload.topics);
    try {
      const link = linkOf(payload);
      const [used, asked] = await Promise.all([isLinkUsed(db, link, shardCount), readMessageData(db, link, shardCount)]);
      if (!used) return { payload, visitor, asked: asked ?? {} };
      const { texts } = visitor.page;
      this.#writer.show(reply, visitor, 410, { mood: 'done', title: texts.usedTitle, text: texts.used, form: null });
    } catch (error) {
      onTrouble('a link could not be looked up', error);
      await this.#writer.busy(reply, visitor);
    }
    return null;
  }

  /**
   * The contact that asked takes the consent and the address, and its journey hears of it. Where it may not take the
   * address, which a browser asked for, they go to whoever has the address instead.
   */
  #records(request: Request, { payload, visitor, asked }: Confirmation): NewRecord[] {
    const { workspaceId, topics, wordingVersion, messageId } = payload;
    const email = normaliseAddress(payload.address) ?? payload.address;
    const proof: JsonObject = { source: 'confirmation link' };
    for (const field of REQUEST_FIELDS) if (asked[field] !== undefined) proof[field] = asked[field];
    if (wordingVersion !== null) proof.wording_version = wordingVersion;
    const properties: JsonObject = { channel: 'email', email, topics: [...topics], message_id: messageId, ...proof };
    // The same link is the same event, should it be used twice at once.
    const record: TrackedEvent = { ...this.#writer.record(request, SUBSCRIPTION_CONFIRMED, properties), messageId: `confirmed-${messageId}`, traits: { email } };
    const own: NewRecord = { workspaceId, contactId: payload.contactId as ContactId, record };
    const ofAddress = { kind: 'email', value: email } as const;
    const taken = visitor.contact !== null && mayConfirm(visitor.contact, email, requestOf(asked));
    return taken ? [own] : [own, { workspaceId, contactId: contactIdOf(workspaceId, ofAddress), record: { ...record, identifiers: [ofAddress] } }];
  }

  /** Should this fail, the event bears an id that is known for longer than the link lives. */
  async #markUsed(payload: ConfirmPayload): Promise<void> {
    const { db, clock, shardCount, onTrouble } = this.#dependencies;
    try {
      await markLinkUsed(db, linkOf(payload), payload.workspaceId, clock.now(), shardCount);
    } catch (error) {
      onTrouble('a link could not be marked as used', error);
    }
  }
}

function linkOf({ contactId, messageId }: ConfirmPayload): { contactId: ContactId; messageId: MessageId } {
  return { contactId: contactId as ContactId, messageId: messageId as MessageId };
}

function requestOf(asked: JsonObject): Json {
  return asked.request ?? null;
}

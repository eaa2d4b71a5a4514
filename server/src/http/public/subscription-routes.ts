import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { JsonObject } from '@samovar/core';
import { currentAddress } from '@samovar/core';
import { hashAddress, readToken } from '@samovar/channels';
import type { SubscriptionPayload } from '@samovar/channels';
import { writeAddressConsents } from '@samovar/store';
import { PageWriter } from './page-writer.ts';
import type { PageDependencies, Visitor } from './page-writer.ts';

type Request = FastifyRequest<{ Params: { token: string } }>;

/**
 * Unsubscribing. Looking at a page never changes anything, since scanners look at every link; what is asked for by POST
 * is committed before it is answered.
 */
export function subscriptionRoutes(app: FastifyInstance, dependencies: PageDependencies): void {
  const pages = new SubscriptionPages(dependencies);
  for (const [path, purpose] of [['/u/:token', 'unsubscribe'], ['/p/:token', 'preferences']] as const) {
    app.get<{ Params: { token: string } }>(path, (request, reply) => pages.askToUnsubscribe(purpose, request, reply));
    app.post<{ Params: { token: string } }>(path, (request, reply) => pages.unsubscribe(purpose, request, reply));
  }
}

class SubscriptionPages {
  readonly #dependencies: PageDependencies;
  readonly #writer: PageWriter;

  constructor(dependencies: PageDependencies) {
    this.#dependencies = dependencies;
    this.#writer = new PageWriter(dependencies);
  }

  async askToUnsubscribe(purpose: SubscriptionPayload['purpose'], request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const read = readToken(this.#dependencies.signingKeys, purpose, request.params.token, this.#dependencies.clock.now());
    if (!read.ok) return this.#writer.broken(request, reply, read.reason);
    const { topic } = read.payload;
    const visitor = await this.#writer.visitor(request, read.payload, named(read.payload.topic));
    const { texts } = visitor.page;
    const choices = topic === null ? [] : [{ value: 'topic', label: texts.onlyTopic }, { value: 'all', label: texts.everything }];
    return this.#writer.show(reply, visitor, 200, {
      mood: 'ask', title: texts.unsubscribeTitle, text: texts.unsubscribeQuestion, form: { button: texts.unsubscribeButton, choices },
    });
  }

  async unsubscribe(purpose: SubscriptionPayload['purpose'], request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const read = readToken(this.#dependencies.signingKeys, purpose, request.params.token, this.#dependencies.clock.now());
    if (!read.ok) return this.#writer.broken(request, reply, read.reason);
    const { payload } = read;
    const fields = formFields(request.body);
    const oneClick = fields.get('List-Unsubscribe') === 'One-Click';
    const topic = fields.get('scope') === 'all' ? null : payload.topic;
    const properties: JsonObject = { channel: payload.channel, source: oneClick ? 'one-click' : 'unsubscribe link' };
    if (topic !== null) properties.topic = topic;
    if (payload.messageId !== null) properties.message_id = payload.messageId;
    const name = topic === null ? 'Consent Withdrawn' : 'Topic Unsubscribed';
    const visitor = await this.#writer.visitor(request, payload, named(payload.topic));
    const address = addressOf(visitor, payload);
    if (address !== null) properties.email = address;
    const committed = await this.#withdraw(payload, topic, address) && await this.#writer.commit(request, payload, name, properties);
    if (oneClick) return reply.code(committed ? 200 : 503).type('text/plain; charset=utf-8').send(committed ? 'Unsubscribed.\n' : 'Please try again.\n');
    if (!committed) return this.#writer.busy(reply, visitor);
    const { texts } = visitor.page;
    return this.#writer.show(reply, visitor, 200, {
      mood: 'done', title: texts.unsubscribedTitle, text: topic === null ? texts.unsubscribedAll : texts.unsubscribedTopic, form: null,
    });
  }

  /** Stops what is queued for the address under any contact, before the workers hear of it. */
  async #withdraw({ workspaceId }: SubscriptionPayload, topic: string | null, address: string | null): Promise<boolean> {
    if (address === null) return true;
    const { db, clock, shardCount, onTrouble } = this.#dependencies;
    try {
      await db.transaction(async (tx) => writeAddressConsents(tx, [{ workspaceId, channel: 'email', topic, address, state: 'withdrawn', confirmed: false, at: clock.now() }], shardCount), { idempotent: true });
      return true;
    } catch (error) {
      onTrouble('a withdrawal could not be written', error);
      return false;
    }
  }
}

function named(topic: string | null): string[] {
  return topic === null ? [] : [topic];
}

/** The address that the link was sent to, where the contact still has it. */
function addressOf({ contact }: Visitor, { channel, addressHash }: SubscriptionPayload): string | null {
  const address = contact === null ? null : currentAddress(contact);
  return address !== null && hashAddress(channel, address) === addressHash ? address : null;
}

/** Fields of a form, whether it came url-encoded or, as RFC 8058 allows too, as multipart. */
function formFields(body: unknown): URLSearchParams {
  if (typeof body !== 'string') return new URLSearchParams();
  if (!body.startsWith('--')) return new URLSearchParams(body);
  const fields = new URLSearchParams();
  for (const [, name, value] of body.matchAll(/name="([^"\r\n]{1,100})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]*)/g)) fields.append(name ?? '', value ?? '');
  return fields;
}

import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ContactId, ContactState, JsonObject, TrackedEvent } from '@samovar/core';
import { hashAddress, readToken } from '@samovar/channels';
import type { ConfirmPayload, SubscriptionPayload, TrackingKey } from '@samovar/channels';
import { readContactsBehind, readSendingSettings } from '@samovar/store';
import type { Database, NewRecord } from '@samovar/store';
import type { Clock } from '../../clock/clock.ts';
import { wantedLanguage } from '../../sender/compose-email.ts';
import { pageLanguage } from './page-texts.ts';
import type { PageLanguage } from './page-texts.ts';
import { PAGE_HEADERS, renderPage } from './page.ts';
import type { Page } from './page.ts';

export interface SubscriptionDependencies {
  db: Database;
  clock: Clock;
  shardCount: number;
  signingKeys: readonly TrackingKey[];
  /** Resolves after commit. */
  append: (records: readonly NewRecord[]) => Promise<unknown>;
  onTrouble: (message: string, error: unknown) => void;
}

type Request = FastifyRequest<{ Params: { token: string } }>;

/** What a page knows about its visitor. */
interface Visitor {
  contact: ContactState | null;
  shop: string;
  page: PageLanguage;
}

/** Subject of a page and of the event that it leads to. */
type Subject = Pick<SubscriptionPayload, 'workspaceId' | 'contactId' | 'channel' | 'topic'>;

/**
 * Unsubscribing and confirming. Looking at a page never changes anything, since scanners look at every link; what is
 * asked for by POST is committed before it is answered.
 */
export function subscriptionRoutes(app: FastifyInstance, dependencies: SubscriptionDependencies): void {
  const pages = new SubscriptionPages(dependencies);
  for (const [path, purpose] of [['/u/:token', 'unsubscribe'], ['/p/:token', 'preferences']] as const) {
    app.get<{ Params: { token: string } }>(path, (request, reply) => pages.askToUnsubscribe(purpose, request, reply));
    app.post<{ Params: { token: string } }>(path, (request, reply) => pages.unsubscribe(purpose, request, reply));
  }
  app.get<{ Params: { token: string } }>('/confirm/:token', (request, reply) => pages.askToConfirm(request, reply));
  app.post<{ Params: { token: string } }>('/confirm/:token', (request, reply) => pages.confirm(request, reply));
}

class SubscriptionPages {
  readonly #dependencies: SubscriptionDependencies;

  constructor(dependencies: SubscriptionDependencies) {
    this.#dependencies = dependencies;
  }

  async askToUnsubscribe(purpose: SubscriptionPayload['purpose'], request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const read = readToken(this.#dependencies.signingKeys, purpose, request.params.token, this.#dependencies.clock.now());
    if (!read.ok) return this.#broken(request, reply, read.reason);
    const { topic } = read.payload;
    const visitor = await this.#visitor(request, read.payload);
    const { texts } = visitor.page;
    const choices = topic === null ? [] : [{ value: 'topic', label: texts.onlyTopic }, { value: 'all', label: texts.everything }];
    return this.#show(reply, visitor, topic, 200, {
      mood: 'ask', title: texts.unsubscribeTitle, text: texts.unsubscribeQuestion, form: { button: texts.unsubscribeButton, choices },
    });
  }

  async unsubscribe(purpose: SubscriptionPayload['purpose'], request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const read = readToken(this.#dependencies.signingKeys, purpose, request.params.token, this.#dependencies.clock.now());
    if (!read.ok) return this.#broken(request, reply, read.reason);
    const { payload } = read;
    const fields = formFields(request.body);
    const oneClick = fields.get('List-Unsubscribe') === 'One-Click';
    const topic = fields.get('scope') === 'all' ? null : payload.topic;
    const properties: JsonObject = { channel: payload.channel, source: oneClick ? 'one-click' : 'unsubscribe link' };
    if (topic !== null) properties.topic = topic;
    if (payload.messageId !== null) properties.message_id = payload.messageId;
    const name = topic === null ? 'Consent Withdrawn' : 'Topic Unsubscribed';
    const committed = await this.#commit(request, payload, name, properties);
    if (oneClick) return reply.code(committed ? 200 : 503).type('text/plain; charset=utf-8').send(committed ? 'Unsubscribed.\n' : 'Please try again.\n');
    const visitor = await this.#visitor(request, payload);
    if (!committed) return this.#busy(reply, visitor);
    const { texts } = visitor.page;
    return this.#show(reply, visitor, topic, 200, {
      mood: 'done', title: texts.unsubscribedTitle, text: topic === null ? texts.unsubscribedAll : texts.unsubscribedTopic, form: null,
    });
  }

  async askToConfirm(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const found = await this.#confirmation(request, reply);
    if (found === null) return reply;
    const { texts } = found.visitor.page;
    return this.#show(reply, found.visitor, found.payload.topic, 200, {
      mood: 'ask', title: texts.confirmTitle, text: texts.confirmQuestion, form: { button: texts.confirmButton, choices: [] },
    });
  }

  async confirm(request: Request, reply: FastifyReply): Promise<FastifyReply> {
    const found = await this.#confirmation(request, reply);
    if (found === null) return reply;
    const { payload, visitor } = found;
    const properties: JsonObject = { channel: payload.channel, source: 'confirmation link' };
    if (payload.topic !== null) properties.topic = payload.topic;
    const committed = await this.#commit(request, payload, payload.topic === null ? 'Consent Granted' : 'Topic Subscribed', properties);
    if (!committed) return this.#busy(reply, visitor);
    const { texts } = visitor.page;
    return this.#show(reply, visitor, payload.topic, 200, { mood: 'done', title: texts.confirmedTitle, text: texts.confirmed, form: null });
  }

  /** A link confirms the address that it was sent to: once the contact has another, it confirms nothing. null: answered already. */
  async #confirmation(request: Request, reply: FastifyReply): Promise<{ payload: ConfirmPayload; visitor: Visitor } | null> {
    const read = readToken(this.#dependencies.signingKeys, 'confirm', request.params.token, this.#dependencies.clock.now());
    if (!read.ok) {
      await this.#broken(request, reply, read.reason);
      return null;
    }
    const visitor = await this.#visitor(request, read.payload);
    const email = visitor.contact?.traits.email?.value;
    if (typeof email === 'string' && hashAddress(read.payload.channel, email) === read.payload.addressHash) return { payload: read.payload, visitor };
    await this.#broken(request, reply, 'expired');
    return null;
  }

  /** Appends what the visitor asked for, as said by ourselves; false when the database did not take it. */
  async #commit(request: Request, subject: Subject, name: string, properties: JsonObject): Promise<boolean> {
    const now = this.#dependencies.clock.now();
    const proof: JsonObject = { ...properties, ip: request.ip, user_agent: (request.headers['user-agent'] ?? '').slice(0, 500) };
    const record: TrackedEvent = {
      kind: 'event', type: 'track', name, messageId: randomUUID(), receivedAt: now, occurredAt: now, identifiers: [], properties: proof, traits: {}, context: {},
      trusted: true, historical: false,
    };
    try {
      await this.#dependencies.append([{ workspaceId: subject.workspaceId, contactId: subject.contactId as ContactId, record }]);
      return true;
    } catch (error) {
      this.#dependencies.onTrouble(`${name} could not be written`, error);
      return false;
    }
  }

  /** Pages are shown, plainer, also when the database does not answer. */
  async #visitor(request: Request, subject: Subject): Promise<Visitor> {
    const { db, shardCount, onTrouble } = this.#dependencies;
    const acceptLanguage = request.headers['accept-language'];
    try {
      const id = subject.contactId as ContactId;
      const [contacts, settings] = await Promise.all([readContactsBehind(db, [id], shardCount), readSendingSettings(db, subject.workspaceId)]);
      const contact = contacts.get(id) ?? null;
      const { workspace } = settings;
      const shop = typeof workspace === 'object' && workspace !== null && 'name' in workspace ? String(workspace.name) : '';
      return { contact, shop, page: pageLanguage(contact === null ? null : wantedLanguage(contact), acceptLanguage) };
    } catch (error) {
      onTrouble('a page could not be filled from the database', error);
      return { contact: null, shop: '', page: pageLanguage(null, acceptLanguage) };
    }
  }

  async #broken(request: Request, reply: FastifyReply, reason: string): Promise<FastifyReply> {
    const page = pageLanguage(null, request.headers['accept-language']);
    const { texts } = page;
    const expired = reason === 'expired';
    return this.#show(reply, { contact: null, shop: '', page }, null, expired ? 410 : 404, {
      mood: 'sorry', title: expired ? texts.expiredTitle : texts.brokenTitle, text: expired ? texts.expired : texts.broken, form: null,
    });
  }

  async #busy(reply: FastifyReply, visitor: Visitor): Promise<FastifyReply> {
    const { texts } = visitor.page;
    return this.#show(reply.header('retry-after', '60'), visitor, null, 503, { mood: 'sorry', title: texts.busyTitle, text: texts.busy, form: null });
  }

  #show(reply: FastifyReply, { page, shop }: Visitor, topic: string | null, status: number, content: Omit<Page, 'shop'>): FastifyReply {
    const fill = (text: string): string => text.replaceAll('{shop}', shop === '' ? '—' : shop).replaceAll('{topic}', topic ?? '');
    const form = content.form === null ? null : { ...content.form, choices: content.form.choices.map(({ value, label }) => ({ value, label: fill(label) })) };
    return reply.code(status).headers(PAGE_HEADERS).send(renderPage(page, { ...content, text: fill(content.text), form, shop }));
  }
}

/** Fields of a form, whether it came url-encoded or, as RFC 8058 allows too, as multipart. */
function formFields(body: unknown): URLSearchParams {
  if (typeof body !== 'string') return new URLSearchParams();
  if (!body.startsWith('--')) return new URLSearchParams(body);
  const fields = new URLSearchParams();
  for (const [, name, value] of body.matchAll(/name="([^"\r\n]{1,100})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n([^\r\n]*)/g)) fields.append(name ?? '', value ?? '');
  return fields;
}

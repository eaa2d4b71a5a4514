import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ContactId, ContactState, JsonObject, TrackedEvent } from '@samovar/core';
import type { TrackingKey } from '@samovar/channels';
import { readContactsBehind, readSendingSettings } from '@samovar/store';
import type { Database, NewRecord } from '@samovar/store';
import type { Clock } from '../../clock/clock.ts';
import { wantedLanguage } from '../../sender/compose-email.ts';
import { pageLanguage } from './page-texts.ts';
import type { PageLanguage } from './page-texts.ts';
import { PAGE_HEADERS, renderPage } from './page.ts';
import type { Page } from './page.ts';
import { topicNames } from './topic-names.ts';

export interface PageDependencies {
  db: Database;
  clock: Clock;
  shardCount: number;
  signingKeys: readonly TrackingKey[];
  /** Resolves after commit. */
  append: (records: readonly NewRecord[]) => Promise<unknown>;
  onTrouble: (message: string, error: unknown) => void;
}

/** What a page knows about its visitor. */
export interface Visitor {
  contact: ContactState | null;
  shop: string;
  /** Names of the topics that the page is about, in the visitor's language. */
  topics: string[];
  page: PageLanguage;
}

/** Subject of a page and of the event that it leads to. */
export interface Subject {
  workspaceId: number;
  contactId: string;
}

/** What all pages about subscriptions do: know their visitor, write down what was asked for, show themselves. */
export class PageWriter {
  readonly #dependencies: PageDependencies;

  constructor(dependencies: PageDependencies) {
    this.#dependencies = dependencies;
  }

  /** Appends what the visitor asked for, as said by ourselves; false when the database did not take it. */
  async commit(request: FastifyRequest, subject: Subject, name: string, properties: JsonObject): Promise<boolean> {
    const record = this.record(request, name, properties);
    return this.append(name, [{ workspaceId: subject.workspaceId, contactId: subject.contactId as ContactId, record }]);
  }

  record(request: FastifyRequest, name: string, properties: JsonObject): TrackedEvent {
    const now = this.#dependencies.clock.now();
    const proof: JsonObject = { ...properties, ip: request.ip, user_agent: (request.headers['user-agent'] ?? '').slice(0, 500) };
    return {
      kind: 'event', type: 'track', name, messageId: randomUUID(), receivedAt: now, occurredAt: now, identifiers: [], properties: proof, traits: {}, context: {},
      trusted: true, historical: false,
    };
  }

  async append(what: string, records: readonly NewRecord[]): Promise<boolean> {
    try {
      await this.#dependencies.append(records);
      return true;
    } catch (error) {
      this.#dependencies.onTrouble(`${what} could not be written`, error);
      return false;
    }
  }

  /** Pages are shown, plainer, also when the database does not answer. */
  async visitor(request: FastifyRequest, subject: Subject, topics: readonly string[]): Promise<Visitor> {
    const { db, shardCount, onTrouble } = this.#dependencies;
    const acceptLanguage = request.headers['accept-language'];
    try {
      const id = subject.contactId as ContactId;
      const [contacts, settings] = await Promise.all([readContactsBehind(db, [id], shardCount), readSendingSettings(db, subject.workspaceId)]);
      const contact = contacts.get(id) ?? null;
      const { workspace } = settings;
      const shop = typeof workspace === 'object' && workspace !== null && 'name' in workspace ? String(workspace.name) : '';
      const page = pageLanguage(contact === null ? null : wantedLanguage(contact), acceptLanguage);
      return { contact, shop, page, topics: await topicNames(db, subject.workspaceId, topics, page.language) };
    } catch (error) {
      onTrouble('a page could not be filled from the database', error);
      return { contact: null, shop: '', page: pageLanguage(null, acceptLanguage), topics: [...topics] };
    }
  }

  async broken(request: FastifyRequest, reply: FastifyReply, reason: string): Promise<FastifyReply> {
    const page = pageLanguage(null, request.headers['accept-language']);
    const { texts } = page;
    const expired = reason === 'expired';
    return this.show(reply, { contact: null, shop: '', page, topics: [] }, expired ? 410 : 404, {
      mood: 'sorry', title: expired ? texts.expiredTitle : texts.brokenTitle, text: expired ? texts.expired : texts.broken, form: null,
    });
  }

  async busy(reply: FastifyReply, visitor: Visitor): Promise<FastifyReply> {
    const { texts } = visitor.page;
    return this.show(reply.header('retry-after', '60'), visitor, 503, { mood: 'sorry', title: texts.busyTitle, text: texts.busy, form: null });
  }

  show(reply: FastifyReply, { page, shop, topics }: Visitor, status: number, content: Omit<Page, 'shop'>): FastifyReply {
    const list = new Intl.ListFormat(page.language, { type: 'conjunction' }).format(topics);
    const fill = (text: string): string => text.replaceAll('{shop}', () => (shop === '' ? '—' : shop)).replaceAll('{topic}', () => topics[0] ?? '').replaceAll('{topics}', () => list);
    const form = content.form === null ? null : { ...content.form, choices: content.form.choices.map(({ value, label }) => ({ value, label: fill(label) })) };
    return reply.code(status).headers(PAGE_HEADERS).send(renderPage(page, { ...content, text: fill(content.text), form, shop }));
  }
}

import { computedTraits, factOf, isPromotion, scoreVariables, traitValues } from '@samovar/core';
import type { ContactState, EmailAddress, JsonObject, Program, WorkspaceDefinition } from '@samovar/core';
import { chooseLanguage, parseAddress, render } from '@samovar/channels';
import type { OutgoingEmail, PreparedTemplate, RenderedEmail, TrackingKey } from '@samovar/channels';
import type { QueuedRow } from '@samovar/store';
import { messageLinks, requestedOf } from './message-links.ts';
import type { MessageLinks } from './message-links.ts';

/** What a mail is made of, besides its template. */
export interface Composition {
  row: Pick<QueuedRow, 'message_id' | 'workspace_id' | 'contact_id' | 'journey' | 'step' | 'class' | 'topic' | 'address' | 'body'>;
  contact: ContactState;
  workspace: WorkspaceDefinition;
  /** Says what scores and personas make of the contact; null: nothing was ever published. */
  program: Pick<Program, 'scores' | 'personas' | 'computedTraits' | 'workspace'> | null;
  /** The date of the mail: the same on every attempt. */
  date: number;
}

export interface ComposeConfig {
  publicUrl: string;
  hostname: string;
  from: EmailAddress | null;
  signingKey: TrackingKey;
}

export type ComposeResult = { kind: 'email'; email: OutgoingEmail } | { kind: 'impossible'; reason: string };

/** Fills a template for its recipient. What cannot be filled is a reason, not an exception. */
export function composeEmail(template: PreparedTemplate, composition: Composition, config: ComposeConfig): ComposeResult {
  const { row, contact, workspace, date } = composition;
  const recipient = parseAddress(row.address.trim());
  if (!recipient.ok) return { kind: 'impossible', reason: `invalid_address: ${recipient.reason}` };
  const from = template.from ?? workspace.from ?? config.from;
  if (from === null) return { kind: 'impossible', reason: 'no_sender' };
  const links = linksOf(composition, config);
  let rendered: RenderedEmail;
  try {
    rendered = renderMessage(template, composition, links);
  } catch (error) {
    return { kind: 'impossible', reason: `render_failed: ${error instanceof Error ? error.message : String(error)}` };
  }
  const marketing = isPromotion(row.class);
  return {
    kind: 'email',
    email: {
      messageId: `${row.message_id}@${config.hostname}`, date, envelopeFrom: null, from: { name: from.name, address: from.address },
      to: { name: isStranger(row) ? null : nameOf(contact), address: recipient.address },
      replyTo: template.replyTo === null ? null : { name: null, address: template.replyTo },
      subject: rendered.subject, html: rendered.html, text: rendered.text,
      unsubscribe: marketing ? { url: links.unsubscribeUrl, mailto: null } : null,
      feedbackId: marketing ? `${row.step}:${row.journey}:${row.workspace_id}:samovar` : null,
      headers: [],
    },
  };
}

export function linksOf({ row, workspace, date }: Composition, { signingKey, publicUrl }: ComposeConfig): MessageLinks {
  const asked = isStranger(row) ? requestedOf(dataOf(row)) : { topics: row.topic === null ? [] : [row.topic], wordingVersion: null };
  return messageLinks(signingKey, publicUrl, {
    workspaceId: row.workspace_id, messageId: row.message_id, contactId: row.contact_id, topic: row.topic, address: row.address, ...asked,
    confirmUntil: date + workspace.consent.confirmWithinMs,
  });
}

/** Whoever typed an address need not own it: the mail that asks says nothing of the contact, and does not watch who reads it. */
function isStranger(row: Pick<QueuedRow, 'class'>): boolean {
  return row.class === 'confirmation';
}

function dataOf(row: Pick<QueuedRow, 'body'>): JsonObject {
  return (JSON.parse(row.body.toString('utf8')) as { data: JsonObject }).data;
}

/** The message as its recipient sees it. Throws TemplateRenderError. `links` null: as it is written, for people who look at it. */
export function renderMessage(template: PreparedTemplate, composition: Composition, links: MessageLinks | null): RenderedEmail {
  const { row, contact, workspace, program, date } = composition;
  const data = dataOf(row);
  const stranger = isStranger(row);
  const traits = stranger ? {} : { ...traitValues(contact), ...(program === null ? {} : computedTraits(contact, program, date)) };
  const asked = stranger && typeof data.language === 'string' ? data.language : wantedLanguage(contact) ?? (stranger ? factOf(contact, 'language') : null);
  const language = chooseLanguage(template.languages, asked, workspace.language);
  return render(template, language, {
    contact: { ...traits, traits, id: contact.id, email: row.address, tags: stranger ? [] : contact.tags },
    event: { ...data, properties: data },
    message: { id: row.message_id, journey: row.journey, step: row.step },
    workspace: { name: workspace.name, currency: workspace.currency, timezone: workspace.timezone, language: workspace.language },
    ...(stranger || program === null ? {} : scoreVariables(program, contact, date)),
    now: date,
    unsubscribe_url: links?.unsubscribeUrl ?? '#', preferences_url: links?.preferencesUrl ?? '#', confirm_url: links?.confirmUrl ?? '#',
  }, stranger ? { trackLink: null, openPixelUrl: null } : { trackLink: links?.trackLink ?? null, openPixelUrl: links?.openPixelUrl ?? null });
}

/** The language that the contact asked for, as `language` or `locale`. */
export function wantedLanguage(contact: ContactState): string | null {
  for (const name of ['language', 'locale']) {
    const value = contact.traits[name]?.value;
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

function nameOf(contact: ContactState): string | null {
  const text = (name: string): string => {
    const value = contact.traits[name]?.value;
    return typeof value === 'string' ? value.trim() : '';
  };
  const parts = [text('first_name') || text('firstName'), text('last_name') || text('lastName')].filter((part) => part !== '');
  return text('name') || parts.join(' ') || null;
}

import { createHash } from 'node:crypto';
import { chooseLanguage, directionOf, prepareTemplate, render } from '@samovar/channels';
import { computedTraits, scoreVariables, traitValues } from '@samovar/core';
import type { ContactState, DecidedMessage, Program, TemplateDefinition, WorkspaceDefinition } from '@samovar/core';
import { wantedLanguage } from '../sender/compose-email.ts';

/** The language in which the contact gets a template. */
export function languageOf(template: TemplateDefinition, contact: ContactState, workspace: WorkspaceDefinition): string {
  return chooseLanguage(Object.keys(template.languages), wantedLanguage(contact), workspace.language);
}

/** The subject line as the contact reads it. The body is left out: it would have to be compiled first. */
export function subjectOf(template: TemplateDefinition, message: DecidedMessage, contact: ContactState, program: Program): string {
  const { workspace } = program;
  const language = languageOf(template, contact, workspace);
  const subject = template.languages[language]?.subject ?? '';
  const hash = `subject ${createHash('sha256').update(`${template.key}\0${language}\0${subject}`).digest('hex')}`;
  const prepared = prepareTemplate({
    format: 1, key: template.key, channel: 'email', class: template.class, topic: template.topic, from: null, replyTo: null, hash,
    languages: { [language]: { direction: directionOf(language), subject, preheader: null, html: '', text: '', links: [], variables: [] } },
  });
  const traits = { ...traitValues(contact), ...computedTraits(contact, program, message.decidedAt) };
  const variables = {
    contact: { ...traits, traits, id: contact.id, email: message.address, tags: contact.tags },
    event: { ...message.data, properties: message.data },
    message: { id: message.id, journey: message.journey, step: message.step },
    workspace: { name: workspace.name, currency: workspace.currency, timezone: workspace.timezone, language: workspace.language },
    ...scoreVariables(program, contact, message.decidedAt),
    now: message.decidedAt,
  };
  return render(prepared, language, variables, { trackLink: null, openPixelUrl: null }).subject.replaceAll(/[\u200e\u200f\u2066-\u2069]/g, '');
}

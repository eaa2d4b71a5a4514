import { createHash } from 'node:crypto';
import { isPromotion } from '@samovar/core';
import { parseAddress } from '../email/address.ts';
import { checkLiquid } from './check-liquid.ts';
import { directionOf, isLanguageTag } from './choose-language.ts';
import { compileBody } from './compile-body.ts';
import type { CompiledLanguage, CompiledTemplate } from './compiled-template.ts';
import { TEMPLATE_LIMITS } from './template-source.ts';
import type { TemplateLanguageSource, TemplatePart, TemplateProblem, TemplateSource } from './template-source.ts';

/** Raise it when the same source would compile to something else. */
const COMPILER_VERSION = 1;

/** Compiles a template once, at publishing time; an array as result means that it has problems. */
export async function compileTemplate(source: TemplateSource): Promise<CompiledTemplate | TemplateProblem[]> {
  const problems = [...checkEnvelope(source)];
  const languages: Record<string, CompiledLanguage> = {};
  for (const [language, variant] of Object.entries(source.languages)) {
    if (!isLanguageTag(language)) continue;
    const compiled = await compileLanguage(source, language, variant);
    if (isProblems(compiled)) problems.push(...compiled);
    else languages[language] = compiled;
  }
  if (problems.length > 0) return problems;
  const { key, channel, class: class_, topic, from, replyTo } = source;
  return { format: 1, key, channel, class: class_, topic, from, replyTo, languages, hash: hashOf(source) };
}

function isProblems(result: object): result is readonly TemplateProblem[] {
  return Array.isArray(result);
}

function problemAt(code: TemplateProblem['code'], language: string | null, part: TemplatePart, message: string, mend: string): TemplateProblem {
  return { code, message, mend, where: { language, part, line: null, column: null } };
}

function* checkEnvelope(source: TemplateSource): Generator<TemplateProblem> {
  const languages = Object.keys(source.languages);
  if (languages.length === 0) {
    yield problemAt('no-languages', null, 'template', 'The template has no language.', 'Add at least one language with subject and body.');
  }
  if (languages.length > TEMPLATE_LIMITS.languages) {
    yield problemAt('too-many-languages', null, 'template', `The template has ${languages.length} languages; ${TEMPLATE_LIMITS.languages} are allowed.`, 'Split it into several templates.');
  }
  for (const language of languages.filter((tag) => !isLanguageTag(tag))) {
    yield problemAt('bad-language', language, 'template', `“${language}” is not a language.`, 'Write a language tag such as en, fa or pt-BR.');
  }
  const addresses = [['from', source.from?.address], ['replyTo', source.replyTo]] as const;
  for (const [part, address] of addresses) {
    if (address === null || address === undefined) continue;
    const parsed = parseAddress(address);
    if (!parsed.ok) yield problemAt('bad-address', null, part, `“${address}” is not an e-mail address: ${parsed.reason}.`, 'Write it as name@domain.');
  }
}

async function compileLanguage(source: TemplateSource, language: string, variant: TemplateLanguageSource): Promise<CompiledLanguage | readonly TemplateProblem[]> {
  const limits = [...checkLimits(language, variant)];
  if (limits.length > 0) return limits;
  const subject = checkLiquid(variant.subject, language, 'subject');
  const preheader = checkLiquid(variant.preheader ?? '', language, 'preheader');
  const body = checkLiquid(variant.body, language, 'body');
  const problems = [...subject.problems, ...preheader.problems, ...body.problems];
  if (problems.length > 0) return problems;

  const direction = directionOf(language);
  const compiled = await compileBody({ body: variant.body, preheader: variant.preheader, language, direction });
  if (isProblems(compiled)) return compiled;
  if (isPromotion(source.class) && !body.variables.includes('unsubscribe_url')) {
    const mend = 'Add a link to {{ unsubscribe_url }} at the end, or make the template transactional if it is.';
    return [problemAt('no-unsubscribe-link', language, 'body', 'A marketing mail needs a link to unsubscribe.', mend)];
  }
  if (source.class === 'confirmation' && !body.variables.includes('confirm_url')) {
    return [problemAt('no-confirm-link', language, 'body', 'A confirmation needs a link to confirm with.', 'Add a link to {{ confirm_url }}.')];
  }
  const variables = [...new Set([...subject.variables, ...preheader.variables, ...body.variables])].sort();
  return { direction, subject: variant.subject, preheader: variant.preheader, ...compiled, variables };
}

function* checkLimits(language: string, variant: TemplateLanguageSource): Generator<TemplateProblem> {
  if (variant.subject.trim() === '') {
    yield problemAt('empty-subject', language, 'subject', 'The subject is empty.', 'Write a subject.');
  }
  if (variant.body.trim() === '') {
    yield problemAt('empty-body', language, 'body', 'The body is empty.', 'Write at least one <mj-section>.');
  }
  const lengths = [
    ['subject', variant.subject.length, TEMPLATE_LIMITS.subjectCharacters],
    ['preheader', variant.preheader?.length ?? 0, TEMPLATE_LIMITS.preheaderCharacters],
    ['body', variant.body.length, TEMPLATE_LIMITS.bodyCharacters],
  ] as const;
  for (const [part, length, limit] of lengths) {
    if (length > limit) yield problemAt('too-long', language, part, `The ${part} has ${length} characters; ${limit} are allowed.`, 'Shorten it.');
  }
}

/** Of the source, not of the result: MJML gives some elements random names. */
function hashOf(source: TemplateSource): string {
  const languages = Object.entries(source.languages)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([language, { subject, preheader, body }]) => [language, subject, preheader, body]);
  const from = source.from === null ? null : [source.from.name, source.from.address];
  const parts = [COMPILER_VERSION, source.key, source.channel, source.class, source.topic, from, source.replyTo, languages];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

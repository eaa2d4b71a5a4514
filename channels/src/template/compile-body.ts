import { Tokenizer, TokenKind } from 'liquidjs';
import type { CompiledLink, Direction } from './compiled-template.ts';
import { createLiquidEngine } from './liquid-engine.ts';
import { decodeHtml, escapeHtml } from './liquid-values.ts';
import { scanMjml } from './scan-mjml.ts';
import type { ScannedMjml } from './scan-mjml.ts';
import type { TemplateProblem } from './template-source.ts';
import { htmlToText } from './text-part.ts';

export interface CompiledBody {
  readonly html: string;
  readonly text: string;
  readonly links: readonly CompiledLink[];
}

export interface BodyInput {
  readonly body: string;
  readonly preheader: string | null;
  readonly language: string;
  readonly direction: Direction;
}

/** MJML with Liquid → HTML and text with Liquid. The Liquid was found to parse before. */
export async function compileBody(input: BodyInput): Promise<CompiledBody | readonly TemplateProblem[]> {
  const scanned = scanMjml(input.body, input.language, input.direction);
  if (scanned.problems.length > 0) return scanned.problems;
  const compiled = await compileMjml(scanned, input.language);
  if (typeof compiled !== 'string') return compiled;

  const { html, links } = markLinks(tidyHtml(compiled, input.direction), scanned);
  const body: CompiledBody = {
    html: insertPreheader(restoreLiquid(html, scanned, links), input.preheader),
    text: restoreLiquid(htmlToText(html), scanned, links.map((link) => ({ ...link, url: decodeHtml(link.url) }))),
    links: links.map((link) => ({ index: link.index, url: restorePlaceholders(decodeHtml(link.url), scanned) })),
  };
  const broken = findMisplaced(body, input.language);
  return broken === null ? body : [broken];
}

interface MjmlError {
  readonly line?: number;
  readonly message: string;
  readonly tagName?: string;
}

async function compileMjml(scanned: ScannedMjml, language: string): Promise<string | readonly TemplateProblem[]> {
  // Loaded when the first template is published: 70 MB that a sender never needs.
  const { default: mjmlToHtml } = await import('mjml');
  const problem = (message: string, line: number | null): TemplateProblem => ({
    code: 'mjml-invalid',
    message: `MJML: ${restorePlaceholders(message, scanned)}`,
    mend: message.includes(scanned.word) ? 'MJML needs a plain value here; put {% if %} around whole components instead.' : 'Correct the MJML at this place.',
    where: { language, part: 'body', line, column: null },
  });
  try {
    const result = await mjmlToHtml(scanned.mjml, { validationLevel: 'soft', keepComments: false, ignoreIncludes: true, fonts: {} });
    const errors = result.errors as readonly MjmlError[];
    if (errors.length === 0) return result.html;
    return errors.map((error) => problem(`<${error.tagName ?? '?'}> ${error.message}`, lineOf(scanned, error.line)));
  } catch (error) {
    return [problem(error instanceof Error ? error.message : String(error), null)];
  }
}

function lineOf(scanned: ScannedMjml, line: number | undefined): number | null {
  return line === undefined ? null : (scanned.lines[line - 1] ?? null);
}

/** Indentation is a third of MJML's output and nobody reads it; lines that begin with a dot would cost SMTP an escape. */
function tidyHtml(html: string, direction: Direction): string {
  const preformatted = /<pre\b|white-space:\s*pre/i.test(html);
  const tidy = preformatted ? html : html.replace(/[ \t]*\r?\n\s*/g, '\n').replace(/[ \t]{2,}/g, ' ').replaceAll('\n.', '\n .').trim();
  // A column's own alignment is fixed in MJML; it shows in raw HTML and tables.
  return direction === 'rtl' ? tidy.replaceAll('text-align:left;direction:rtl', 'text-align:right;direction:rtl') : tidy;
}

interface FoundLink {
  readonly index: number;
  /** With placeholders. */
  readonly url: string;
  readonly mark: string;
}

const ANCHOR = /<(a|area)\b([^>]*?)\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi;
/** Links with a meaning of their own: following them must not depend on tracking. */
const UNTRACKED = /^\{\{-?\s*(unsubscribe_url|preferences_url|confirm_url)\b/;

/** Gives each link that may have to be tracked a mark in place of its address. */
function markLinks(html: string, scanned: ScannedMjml): { readonly html: string; readonly links: readonly FoundLink[] } {
  const links: FoundLink[] = [];
  const marked = html.replace(ANCHOR, (all, name: string, attributes: string, double?: string, single?: string) => {
    const url = (double ?? single ?? '').trim();
    const written = restorePlaceholders(url, scanned);
    const isStatic = !url.includes(scanned.word);
    if ((isStatic && !/^https?:\/\//i.test(url)) || UNTRACKED.test(written)) return all;
    const index = links.length;
    const mark = `https://${scanned.word}link${index}z`;
    links.push({ index, url, mark });
    const quote = single === undefined ? '"' : "'";
    return `<${name}${attributes} href=${quote}${mark}${quote}`;
  });
  return { html: marked, links };
}

function restorePlaceholders(text: string, scanned: ScannedMjml): string {
  return text.replace(new RegExp(`${scanned.word}(\\d+)z`, 'g'), (_, index: string) => scanned.placeholders[Number(index)] ?? '');
}

function restoreLiquid(text: string, scanned: ScannedMjml, links: readonly FoundLink[]): string {
  const linked = text.replace(new RegExp(`https://${scanned.word}link(\\d+)z`, 'g'), (_, index: string) => {
    const link = links[Number(index)];
    return link === undefined ? '' : `{% tracked ${link.index} %}${link.url}{% endtracked %}`;
  });
  return restorePlaceholders(linked, scanned);
}

/** Invisible, in short lines. */
const PREHEADER_PADDING = Array.from({ length: 8 }, () => '&#847;&zwnj;&nbsp;'.repeat(5)).join('\n');

/** The line that inboxes show beside the subject; the padding keeps the mail's first words out of it. */
function insertPreheader(html: string, preheader: string | null): string {
  if (preheader === null) return html;
  const style = 'display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all';
  const block = `<div style="${style}">${escapeAround(preheader)}${PREHEADER_PADDING}</div>`;
  return html.replace(/<body\b[^>]*>/i, (tag) => tag + block);
}

/** Escapes plain text for HTML and leaves the Liquid in it. */
function escapeAround(text: string): string {
  const tokens = new Tokenizer(text).readTopLevelTokens();
  return tokens.map((token) => (token.kind === TokenKind.HTML ? escapeHtml(token.getText()) : token.getText())).join('');
}

/** MJML may move or repeat what stood between components; what it made must still be whole Liquid. */
function findMisplaced(body: CompiledBody, language: string): TemplateProblem | null {
  for (const text of [body.html, body.text]) {
    try {
      createLiquidEngine('html', { tracking: true }).parse(text);
    } catch (error) {
      return {
        code: 'liquid-misplaced',
        message: `The Liquid does not survive the conversion to HTML: ${error instanceof Error ? error.message : String(error)}`,
        mend: 'Let each {% if %} and {% for %} begin and end inside the same component.',
        where: { language, part: 'body', line: null, column: null },
      };
    }
  }
  return null;
}

import { TOKEN_LIMITS } from '../tracking/token-payload.ts';
import type { Direction } from './compiled-template.ts';
import { decodeHtml, escapeHtml, LOCALE, REWRITE_LINK } from './liquid-values.ts';
import type { LinkRewriter } from './liquid-values.ts';
import { renderEngines } from './prepare-template.ts';
import type { PreparedTemplate } from './prepare-template.ts';
import { TEMPLATE_LIMITS } from './template-source.ts';
import { markDirection, markLines, tidyText } from './text-part.ts';

/** What a template can speak of; plain JSON. */
export interface TemplateVariables {
  readonly contact?: unknown;
  readonly event?: unknown;
  readonly message?: unknown;
  readonly workspace?: unknown;
  readonly coupon?: unknown;
  /** UTC milliseconds; a template sees an ISO time. */
  readonly now: number;
  readonly unsubscribe_url?: string;
  readonly preferences_url?: string;
  readonly confirm_url?: string;
}

export interface RenderLinks {
  /** Gives the address to put in a link's place; called once per link and address. Null: links stay as they are. */
  readonly trackLink: LinkRewriter | null;
  readonly openPixelUrl: string | null;
}

export interface RenderedEmail {
  readonly language: string;
  readonly direction: Direction;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** The template could not be filled: a limit was passed, or a filter was given what it cannot take. */
export class TemplateRenderError extends Error {
  readonly code = 'template_render_failed';
}

/** Fills a prepared template for one recipient. Throws {@link TemplateRenderError}. */
export function render(prepared: PreparedTemplate, language: string, variables: TemplateVariables, links: RenderLinks): RenderedEmail {
  const variant = prepared.language(language);
  if (variant === null) throw new TemplateRenderError(`template ${prepared.key} has no language ${language}`);
  const { direction } = variant;
  const engines = renderEngines();
  const scope = { ...variables, now: new Date(variables.now).toISOString(), [LOCALE]: language };
  const rewrite = linkRewriter(variables, links.trackLink);
  try {
    const subject = String(engines.text.renderSync(variant.subject, scope));
    const html = String(engines.html.renderSync(variant.html, { ...scope, [REWRITE_LINK]: htmlRewriter(rewrite) }));
    const text = String(engines.text.renderSync(variant.text, { ...scope, [REWRITE_LINK]: rewrite }));
    return {
      language,
      direction,
      subject: markDirection(tidySubject(subject), direction),
      html: links.openPixelUrl === null ? html : insertPixel(html, links.openPixelUrl),
      text: markLines(tidyText(text), direction),
    };
  } catch (error) {
    throw new TemplateRenderError(`template ${prepared.key} (${language}): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Addresses that run something instead of leading somewhere. */
const ACTIVE_SCHEME = /^\s*(javascript|vbscript|data)\s*:/i;

function linkRewriter(variables: TemplateVariables, trackLink: LinkRewriter | null): LinkRewriter {
  const own = new Set([variables.unsubscribe_url, variables.preferences_url, variables.confirm_url]);
  const made = new Map<string, string>();
  return (written, index) => {
    const url = written.trim();
    if (ACTIVE_SCHEME.test(url)) return '#';
    if (trackLink === null || own.has(url) || !isTrackable(url)) return url;
    const name = `${index} ${url}`;
    let tracked = made.get(name);
    if (tracked === undefined) {
      tracked = trackLink(url, index);
      made.set(name, tracked);
    }
    return tracked;
  };
}

/** Longer addresses do not fit into a signed link; they lead where they should without being counted. */
function isTrackable(url: string): boolean {
  return /^https?:\/\/./i.test(url) && Buffer.byteLength(url) <= TOKEN_LIMITS.urlBytes;
}

function htmlRewriter(rewrite: LinkRewriter): LinkRewriter {
  return (written, index) => escapeHtml(rewrite(decodeHtml(written), index));
}

function tidySubject(subject: string): string {
  const line = subject.replace(/\s+/g, ' ').trim();
  if (line.length <= TEMPLATE_LIMITS.subjectCharacters) return line;
  return Array.from(line).slice(0, TEMPLATE_LIMITS.subjectCharacters).join('');
}

function insertPixel(html: string, url: string): string {
  const pixel = `<img src="${escapeHtml(url)}" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0">`;
  const end = html.lastIndexOf('</body>');
  return end === -1 ? html + pixel : html.slice(0, end) + pixel + html.slice(end);
}

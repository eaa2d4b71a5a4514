import { convert } from 'html-to-text';
import type { FormatCallback } from 'html-to-text';
import type { Direction } from './compiled-template.ts';

/** In text an image is what it says. */
const alternativeText: FormatCallback = (element, _walk, builder) => {
  const text = (element.attribs as Record<string, string | undefined>)['alt']?.trim() ?? '';
  if (text !== '') builder.addInline(text);
};

/** The text part of a mail's HTML; words that stand for Liquid come through whole. */
export function htmlToText(html: string): string {
  const text = convert(html, {
    wordwrap: false,
    longWordSplit: { forceWrapOnLimit: false },
    formatters: { alternativeText },
    selectors: [
      { selector: 'a', options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true } },
      { selector: 'img', format: 'alternativeText' },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'div[style*="display:none"]', format: 'skip' },
    ],
  });
  return tidyText(text);
}

/** No blanks at the ends of lines and at most one empty line in a row. */
export function tidyText(text: string): string {
  return text
    .replace(/[ \t\u00a0]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const RIGHT_TO_LEFT_MARK = '\u200f';
const LETTER = /\p{L}/u;
const RIGHT_TO_LEFT_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Readers guess a line's direction from its first letter. A Persian line that begins with a brand's name or a price
 * would come out from left to right, so it gets a mark that is not seen.
 */
export function markDirection(line: string, direction: Direction): string {
  if (direction === 'ltr' || line === '') return line;
  const first = LETTER.exec(line)?.[0];
  return first !== undefined && RIGHT_TO_LEFT_LETTER.test(first) ? line : RIGHT_TO_LEFT_MARK + line;
}

/** Marks each line of a text; lines that are an address alone stay as they are, so that they can be clicked. */
export function markLines(text: string, direction: Direction): string {
  if (direction === 'ltr') return text;
  return text
    .split('\n')
    .map((line) => (/^<?https?:\/\/\S+$/.test(line) ? line : markDirection(line, direction)))
    .join('\n');
}

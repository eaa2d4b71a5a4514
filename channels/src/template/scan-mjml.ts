import { Tokenizer } from 'liquidjs';
import type { Direction } from './compiled-template.ts';
import type { TemplateProblem } from './template-source.ts';

/** MJML whose Liquid was replaced by words that survive compilation, and what the words stand for. */
export interface ScannedMjml {
  readonly mjml: string;
  /** `placeholders[3]` stands for the word `${word}3z`. */
  readonly placeholders: readonly string[];
  readonly word: string;
  /** `lines[n]` is the author's line of line n + 1 of `mjml`. */
  readonly lines: readonly number[];
  readonly problems: readonly TemplateProblem[];
}

/** Components whose content MJML keeps as it is, so Liquid in it is left where it stands. */
const TEXT_COMPONENTS = new Set(
  'mj-preview mj-style mj-title mj-button mj-raw mj-text mj-table mj-social-element mj-navbar-link mj-accordion-text mj-accordion-title mj-carousel-image'.split(' '),
);
/** Components among whose children MJML allows `mj-raw`, the carrier of Liquid between components. */
const CARRYING_COMPONENTS = new Set(
  'mjml mj-head mj-body mj-wrapper mj-section mj-group mj-column mj-hero mj-navbar mj-social mj-accordion mj-accordion-element'.split(' '),
);

type Place =
  | { readonly at: 'between' }
  | { readonly at: 'text'; readonly component: string }
  | { readonly at: 'tag'; readonly start: number; quote: string | null }
  | { readonly at: 'comment' };

interface OpenComponent {
  readonly name: string;
  readonly line: number;
}

/**
 * Replaces Liquid by placeholders, writes language and direction where MJML wants them, makes a document out of mere
 * sections, and looks at the structure that MJML's lenient parser does not check. The Liquid must be known to parse.
 */
export function scanMjml(body: string, language: string, direction: Direction): ScannedMjml {
  return new MjmlScanner(body, language, direction).scan();
}

class MjmlScanner {
  readonly #body: string;
  readonly #language: string;
  readonly #direction: Direction;
  readonly #word: string;
  readonly #whole: boolean;
  readonly #placeholders: string[] = [];
  readonly #problems: TemplateProblem[] = [];
  readonly #open: OpenComponent[] = [];
  #output = '';
  #line = 1;
  readonly #lines: number[] = [1];
  #place: Place = { at: 'between' };
  /** What was between when the current tag began: a component's children or the text of one. */
  #outer: Place = { at: 'between' };
  #depthInText = 0;
  #hasHead = false;

  constructor(body: string, language: string, direction: Direction) {
    this.#body = body;
    this.#language = language;
    this.#direction = direction;
    this.#word = unusedWord(body);
    this.#whole = /<mjml[\s>]/i.test(body);
  }

  scan(): ScannedMjml {
    if (!this.#whole) this.#output += openDocument(this.#language, this.#direction);
    const tokens = new Tokenizer(this.#body).readTopLevelTokens();
    for (const token of tokens) {
      const text = this.#body.slice(token.begin, token.end);
      if (this.#body.startsWith('{{', token.begin) || this.#body.startsWith('{%', token.begin)) this.#liquid(text);
      else this.#markup(text);
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) {
      this.#problem('mjml-structure', `<${unclosed.name}> is not closed.`, `Add </${unclosed.name}>.`, unclosed.line);
    }
    if (!this.#whole) this.#output += '</mj-body></mjml>';
    return {
      mjml: this.#output,
      placeholders: this.#placeholders,
      word: this.#word,
      lines: this.#lines,
      problems: this.#problems,
    };
  }

  #liquid(text: string): void {
    const placeholder = `${this.#word}${this.#placeholders.length}z`;
    this.#placeholders.push(text);
    const place = this.#place;
    if (place.at === 'between') {
      const parent = this.#open.at(-1)?.name ?? (this.#whole ? 'document' : 'mj-body');
      if (!CARRYING_COMPONENTS.has(parent)) {
        const where = parent === 'document' ? 'outside <mjml>' : `directly inside <${parent}>`;
        this.#problem('liquid-misplaced', `Liquid cannot stand ${where}.`, 'Move it inside <mj-body>, a section, a column or a text.');
      }
      this.#output += `<mj-raw>${placeholder}</mj-raw>`;
    } else {
      if (place.at === 'tag' && place.quote === null && this.#outer.at === 'between') {
        this.#problem('liquid-misplaced', 'Liquid cannot stand among the attributes of a component.', 'Put it inside the quotes of an attribute, or write the component twice with {% if %} around each.');
      }
      this.#output += placeholder;
    }
    this.#line += text.split('\n').length - 1;
  }

  #markup(text: string): void {
    let position = 0;
    while (position < text.length) {
      const start = position;
      const place = this.#place;
      if (place.at === 'tag') position = this.#insideTag(text, position, place);
      else if (place.at === 'comment') position = this.#insideComment(text, position);
      else position = this.#outsideTag(text, position, place);
      if (position <= start) throw new Error('scanMjml: no progress');
    }
  }

  #outsideTag(text: string, position: number, place: Place): number {
    const next = text.indexOf('<', position);
    const end = next === -1 ? text.length : next;
    const plain = text.slice(position, end);
    if (place.at === 'between' && plain.trim() !== '') this.#strayText(plain);
    this.#emit(plain);
    if (next === -1) return text.length;
    if (text.startsWith('<!--', next)) {
      this.#outer = place;
      this.#place = { at: 'comment' };
      this.#emit('<!--');
      return next + 4;
    }
    if (!/[a-z/!]/i.test(text[next + 1] ?? '')) {
      this.#emit('<');
      return next + 1;
    }
    this.#outer = place;
    this.#place = { at: 'tag', start: this.#output.length, quote: null };
    this.#emit('<');
    return next + 1;
  }

  #insideComment(text: string, position: number): number {
    const end = text.indexOf('-->', position);
    this.#emit(text.slice(position, end === -1 ? text.length : end + 3));
    if (end === -1) return text.length;
    this.#place = this.#outer;
    return end + 3;
  }

  #insideTag(text: string, position: number, place: Extract<Place, { at: 'tag' }>): number {
    for (let index = position; index < text.length; index++) {
      const character = text[index] ?? '';
      if (place.quote !== null) {
        if (character === place.quote) place.quote = null;
      } else if (character === '"' || character === "'") {
        place.quote = character;
      } else if (character === '>') {
        this.#emit(text.slice(position, index + 1));
        this.#endTag(place.start);
        return index + 1;
      }
    }
    this.#emit(text.slice(position));
    return text.length;
  }

  #endTag(start: number): void {
    const tag = this.#output.slice(start);
    const name = (/^<\/?\s*([a-z][\w:-]*)/i.exec(tag)?.[1] ?? '').toLowerCase();
    const isClosing = tag.startsWith('</');
    const isSelfClosing = tag.endsWith('/>');
    const outer = this.#outer;
    this.#place = outer;
    if (outer.at === 'text') {
      if (name !== outer.component) return;
      if (!isClosing) {
        if (!isSelfClosing) this.#depthInText++;
        return;
      }
      if (this.#depthInText > 0) {
        this.#depthInText--;
        return;
      }
    }
    if (isClosing) this.#close(name);
    else this.#openComponent(name, start, isSelfClosing);
  }

  #openComponent(name: string, start: number, isSelfClosing: boolean): void {
    if (!name.startsWith('mj')) {
      this.#problem('mjml-structure', `<${name}> cannot stand between MJML components.`, 'Put HTML inside <mj-text>, <mj-table> or <mj-raw>.');
    }
    if (name === 'mj-include') {
      this.#problem('mjml-structure', 'A template cannot read other files.', 'Put the content of the file here.');
    }
    this.#rewriteTag(name, start, isSelfClosing);
    if (isSelfClosing) return;
    this.#open.push({ name, line: this.#line });
    if (TEXT_COMPONENTS.has(name)) {
      this.#place = { at: 'text', component: name };
      this.#depthInText = 0;
    } else {
      this.#place = { at: 'between' };
    }
  }

  /** Direction is written by us, so that an author writes the same MJML for all languages. */
  #rewriteTag(name: string, start: number, isSelfClosing: boolean): void {
    const [atStart, atEnd] = this.#direction === 'rtl' ? ['right', 'left'] : ['left', 'right'];
    let tag = this.#output
      .slice(start)
      .replace(/(\s(?:text-)?align\s*=\s*["'])(start|end)(?=["'])/g, (_, name_, side) => name_ + (side === 'start' ? atStart : atEnd));
    if (name === 'mjml') {
      if (!/\slang\s*=/.test(tag)) tag = tag.replace(/^<mjml/i, `<mjml lang="${this.#language}"`);
      if (!/\sdir\s*=/.test(tag)) tag = tag.replace(/^<mjml/i, `<mjml dir="${this.#direction}"`);
    } else if (name === 'mj-head') {
      this.#hasHead = true;
      const attributes = directionAttributes(this.#direction);
      tag = isSelfClosing ? `<mj-head>${attributes}</mj-head>` : tag + attributes;
    } else if (name === 'mj-body' && !this.#hasHead) {
      tag = `<mj-head>${directionAttributes(this.#direction)}</mj-head>${tag}`;
    }
    this.#output = this.#output.slice(0, start) + tag;
  }

  #close(name: string): void {
    const last = this.#open.at(-1);
    if (last?.name === name) {
      this.#open.pop();
    } else if (last === undefined) {
      this.#problem('mjml-structure', `</${name}> closes nothing.`, 'Remove it, or add the opening tag.');
    } else {
      this.#problem('mjml-structure', `</${name}> stands where </${last.name}> was expected (opened in line ${last.line}).`, `Close <${last.name}> first.`);
      const index = this.#open.findLastIndex((component) => component.name === name);
      if (index !== -1) this.#open.length = index;
    }
    this.#place = { at: 'between' };
  }

  #strayText(plain: string): void {
    const line = this.#line + (/^\s*/.exec(plain)?.[0].split('\n').length ?? 1) - 1;
    this.#problem('mjml-stray-text', `Text between components would be lost: “${plain.trim().slice(0, 40)}”.`, 'Put it inside <mj-text>.', line);
  }

  #emit(text: string): void {
    this.#output += text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lines.push(++this.#line);
  }

  #problem(code: TemplateProblem['code'], message: string, mend: string, line: number = this.#line): void {
    this.#problems.push({ code, message, mend, where: { language: this.#language, part: 'body', line, column: null } });
  }
}

/** System fonts: nothing is fetched from elsewhere when the mail is read, and every script has letters. */
const FONT_FAMILIES: Readonly<Record<Direction, string>> = {
  ltr: "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif",
  rtl: "Tahoma, 'Segoe UI', 'Geeza Pro', Arial, sans-serif",
};

function openDocument(language: string, direction: Direction): string {
  const fonts = `<mj-attributes><mj-all font-family="${FONT_FAMILIES[direction]}" /></mj-attributes>`;
  return `<mjml lang="${language}" dir="${direction}"><mj-head>${fonts}${directionAttributes(direction)}</mj-head><mj-body>`;
}

/** MJML's components say `direction:ltr` each by themselves, whatever the document says. */
function directionAttributes(direction: Direction): string {
  if (direction === 'ltr') return '';
  const components = ['mj-wrapper', 'mj-section', 'mj-group', 'mj-column'].map((name) => `<${name} direction="rtl" />`);
  const texts = ['mj-text', 'mj-table', 'mj-social-element'].map((name) => `<${name} align="right" />`);
  return `<mj-attributes>${components.join('')}${texts.join('')}</mj-attributes>`;
}

/** A word of letters and digits that the body does not contain. */
function unusedWord(body: string): string {
  const lower = body.toLowerCase();
  for (let attempt = 0; ; attempt++) {
    const word = `lq${attempt}x`;
    if (!lower.includes(word)) return word;
  }
}

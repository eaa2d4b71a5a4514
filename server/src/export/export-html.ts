import type { ContactState, Json, JsonObject } from '@samovar/core';
import { escapeHtml } from '../http/public/escape-html.ts';
import type { Section, SectionName } from './contact-sections.ts';
import { EXPORT_TEXTS } from './export-texts.ts';
import type { ColumnName, ExportTexts } from './export-texts.ts';

/** The columns of each part that a reader wants to see; the JSON export has all of them. */
const COLUMNS: Readonly<Record<SectionName, readonly ColumnName[]>> = {
  identifiers: ['kind', 'value'],
  traits: ['name', 'value', 'at', 'since', 'verified'],
  traitHistory: ['at', 'name', 'before', 'value', 'source'],
  profile: ['name', 'value'],
  consents: ['at', 'state', 'purpose', 'channel', 'topic', 'address', 'proof'],
  segments: ['segment', 'enteredAt', 'leftAt'],
  orders: ['orderId', 'at', 'total', 'refunded', 'currency'],
  messages: ['at', 'address', 'status', 'reason', 'subject', 'text'],
  journeys: ['journey', 'enteredAt', 'changedAt', 'status', 'step', 'reason'],
  events: ['at', 'name', 'properties', 'traits', 'context'],
  outcomes: ['at', 'outcome', 'messageId', 'detail'],
  notes: ['at', 'name', 'text'],
  merges: ['at', 'code', 'detail'],
  decisions: ['at', 'code', 'journey', 'step', 'detail'],
};
/** Where a column of a part has another name than the field. */
const FIELDS: Readonly<Record<string, string>> = { 'messages.at': 'decidedAt' };

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#23201c;--soft:#6d655b;--line:#e5dfd5;--head:#f6f3ee}
@media(prefers-color-scheme:dark){:root{--paper:#191714;--ink:#f1ece4;--soft:#a89f92;--line:#3a342b;--head:#242019}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1100px;padding:32px 20px;background:var(--paper);color:var(--ink);
font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic","Noto Sans Hebrew",Vazirmatn,Tahoma,sans-serif}
h1{font-size:1.6rem;margin:0 0 8px}h2{font-size:1.15rem;margin:36px 0 8px}
p{color:var(--soft);margin:0 0 8px}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{border:1px solid var(--line);padding:6px 10px;text-align:start;vertical-align:top}
th{background:var(--head);font-weight:600;white-space:nowrap}
td{overflow-wrap:anywhere;min-width:6em}
dl{margin:0}dl div{display:flex;gap:.5em}dt{color:var(--soft)}dt::after{content:":"}dd{margin:0}ul{margin:0;padding-inline-start:1.2em}
.text{white-space:pre-wrap}
@media print{body{max-width:none;padding:0}tr{break-inside:avoid}}`;

export interface HtmlExportOptions {
  exportedAt: number;
  shop: string;
  /** One of `EXPORT_TEXTS`. */
  language: string;
  /** IANA zone in which times are shown. */
  zone: string;
}

/** An export as a document that a person can read, in pieces. Whatever people have typed is escaped and keeps its own direction. */
export async function* exportHtml(_contact: ContactState, sections: readonly Section[], { exportedAt, shop, language, zone }: HtmlExportOptions): AsyncGenerator<string> {
  const texts = EXPORT_TEXTS[language] ?? EXPORT_TEXTS['en'];
  if (texts === undefined) throw new Error('there are no English texts');
  const view = new View(texts, language, zone);
  const fill = (text: string): string => escapeHtml(text).replace('{shop}', () => `<bdi>${escapeHtml(shop)}</bdi>`).replace('{at}', () => view.instant(new Date(exportedAt).toISOString()));
  yield `<!doctype html>
<html lang="${language}" dir="${texts.direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(texts.title.replace('{shop}', () => shop))}</title><style>${STYLE}</style></head>
<body><h1>${fill(texts.title)}</h1>
<p>${fill(texts.intro)}</p>
`;
  for (const section of sections) yield* view.section(section);
  yield `<p>${escapeHtml(texts.end)}</p>\n</body></html>\n`;
}

class View {
  readonly #texts: ExportTexts;
  readonly #format: Intl.DateTimeFormat;

  constructor(texts: ExportTexts, language: string, zone: string) {
    this.#texts = texts;
    this.#format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone: zone });
  }

  async *section({ name, rows }: Section): AsyncGenerator<string> {
    const columns = COLUMNS[name];
    yield `<h2>${escapeHtml(this.#texts.sections[name])}</h2>\n`;
    let empty = true;
    for await (const row of rows) {
      if (empty) yield `<div class="wide"><table><thead><tr>${columns.map((column) => `<th scope="col">${escapeHtml(this.#texts.columns[column])}</th>`).join('')}</tr></thead><tbody>\n`;
      empty = false;
      yield `<tr>${columns.map((column) => this.#cell(column, row[FIELDS[`${name}.${column}`] ?? column])).join('')}</tr>\n`;
    }
    yield empty ? `<p>${escapeHtml(this.#texts.nothing)}</p>\n` : '</tbody></table></div>\n';
  }

  #cell(column: ColumnName, value: Json | undefined): string {
    return `<td dir="auto"${column === 'text' ? ' class="text"' : ''}>${this.#value(value ?? null)}</td>`;
  }

  #value(value: Json): string {
    if (value === null) return '';
    if (typeof value === 'boolean') return escapeHtml(value ? this.#texts.yes : this.#texts.no);
    if (typeof value !== 'object') return typeof value === 'string' && INSTANT.test(value) ? this.instant(value) : escapeHtml(String(value));
    if (Array.isArray(value)) return value.length === 0 ? '' : `<ul>${value.map((one) => `<li dir="auto">${this.#value(one)}</li>`).join('')}</ul>`;
    return this.#object(value);
  }

  #object(value: JsonObject): string {
    const pairs = Object.entries(value);
    return pairs.length === 0 ? '' : `<dl>${pairs.map(([name, one]) => `<div><dt dir="auto">${escapeHtml(name)}</dt><dd dir="auto">${this.#value(one ?? null)}</dd></div>`).join('')}</dl>`;
  }

  instant(text: string): string {
    const at = Date.parse(text);
    return Number.isNaN(at) ? escapeHtml(text) : `<time datetime="${escapeHtml(text)}">${escapeHtml(this.#format.format(at))}</time>`;
  }
}

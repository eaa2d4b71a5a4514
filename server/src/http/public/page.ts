import { escapeHtml as escape } from './escape-html.ts';
import type { PageLanguage } from './page-texts.ts';

/** A small page with a heading, a sentence and perhaps one form. */
export interface Page {
  mood: 'ask' | 'done' | 'sorry';
  title: string;
  text: string;
  form: PageForm | null;
  shop: string;
}

export interface PageForm {
  button: string;
  /** The first is chosen; none: only the button. */
  choices: { value: string; label: string }[];
}

const SIGNS: Readonly<Record<Page['mood'], string>> = {
  ask: '<path d="M4 7h16v11H4zM4 7l8 6 8-6"/>',
  done: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  sorry: '<path d="M12 7v6M12 16.5v.5M4 12a8 8 0 1 0 16 0 8 8 0 1 0-16 0"/>',
};

const STYLE = `
:root{color-scheme:light dark;--ground:#f6f3ee;--paper:#fff;--ink:#23201c;--soft:#6d655b;--line:#e5dfd5;--accent:#b4532a;--on:#fff}
@media(prefers-color-scheme:dark){:root{--ground:#191714;--paper:#242019;--ink:#f1ece4;--soft:#a89f92;--line:#3a342b;--accent:#e08a5c;--on:#1b1409}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--ground);color:var(--ink);
font:17px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic","Noto Sans Hebrew",Vazirmatn,Tahoma,sans-serif}
main{width:100%;max-width:440px;background:var(--paper);border:1px solid var(--line);border-radius:18px;padding:36px 32px;box-shadow:0 12px 40px rgb(60 40 10/.07)}
svg{width:44px;height:44px;padding:10px;border-radius:50%;background:color-mix(in srgb,var(--accent) 14%,transparent);fill:none;stroke:var(--accent);stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
h1{margin:18px 0 8px;font-size:1.5rem;line-height:1.25;letter-spacing:-.01em}
p{margin:0;color:var(--soft)}
form{margin-top:26px}
label{display:flex;gap:12px;align-items:center;padding:13px 16px;margin-bottom:10px;border:1px solid var(--line);border-radius:12px;cursor:pointer}
label:has(:checked){border-color:var(--accent)}
input{accent-color:var(--accent);width:18px;height:18px;margin:0;flex:none}
button{width:100%;margin-top:8px;padding:14px 20px;border:0;border-radius:12px;background:var(--accent);color:var(--on);font:inherit;font-weight:600;cursor:pointer}
button:hover{filter:brightness(1.06)}
:focus-visible{outline:3px solid color-mix(in srgb,var(--accent) 45%,transparent);outline-offset:2px}
footer{margin-top:26px;padding-top:16px;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}`;

/** Headers of every page: it runs nothing, loads nothing, is kept nowhere and tells nobody where the visitor came from. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': 'default-src \'none\'; style-src \'unsafe-inline\'; form-action \'self\'; frame-ancestors \'none\'; base-uri \'none\'',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
} as const;

/** The page as HTML; everything that is filled in is escaped. */
export function renderPage({ language, texts }: PageLanguage, page: Page): string {
  const { mood, title, text, form, shop } = page;
  return `<!doctype html>
<html lang="${escape(language)}" dir="${texts.direction}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><main>
<svg viewBox="0 0 24 24" aria-hidden="true">${SIGNS[mood]}</svg>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>${form === null ? '' : renderForm(form)}${shop === '' ? '' : `
<footer>${escape(shop)}</footer>`}
</main></body></html>
`;
}

function renderForm({ button, choices }: PageForm): string {
  const options = choices.map(({ value, label }, index) =>
    `<label><input type="radio" name="scope" value="${escape(value)}"${index === 0 ? ' checked' : ''}><span>${escape(label)}</span></label>`);
  return `\n<form method="post">${options.join('')}<button type="submit">${escape(button)}</button></form>`;
}

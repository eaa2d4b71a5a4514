import { describe, expect, test } from 'vitest';
import { compileTemplate } from './compile-template.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import { prepareTemplate } from './prepare-template.ts';
import { render, TemplateRenderError } from './render.ts';
import type { RenderedEmail, TemplateVariables } from './render.ts';
import type { TemplateProblem, TemplateSource } from './template-source.ts';

const NOW = Date.UTC(2024, 2, 20, 20, 15);

function source(body: string, change: Partial<TemplateSource> = {}, language = 'en'): TemplateSource {
  const variant = { subject: 'Hello {{ contact.traits.firstName }}', preheader: null, body };
  return { key: 'test', channel: 'email', class: 'transactional', topic: null, from: null, replyTo: null, languages: { [language]: variant }, ...change };
}

function text(content: string): string {
  return `<mj-section><mj-column><mj-text>${content}</mj-text></mj-column></mj-section>`;
}

async function compiled(template: TemplateSource): Promise<CompiledTemplate> {
  const result = await compileTemplate(template);
  if (Array.isArray(result)) throw new Error(JSON.stringify(result, null, 2));
  return result;
}

async function problems(template: TemplateSource): Promise<TemplateProblem[]> {
  const result = await compileTemplate(template);
  return Array.isArray(result) ? result : [];
}

interface Filled extends RenderedEmail {
  readonly tracked: readonly (readonly [string, number])[];
}

async function fill(template: TemplateSource, variables: Partial<TemplateVariables>, language = 'en'): Promise<Filled> {
  const tracked: [string, number][] = [];
  const trackLink = (url: string, index: number): string => {
    tracked.push([url, index]);
    return `https://t.example/c/${index}?a&b`;
  };
  const prepared = prepareTemplate(await compiled(template));
  return { ...render(prepared, language, { now: NOW, ...variables }, { trackLink, openPixelUrl: 'https://t.example/o?x&y' }), tracked };
}

describe('values', () => {
  test('are escaped in HTML and left alone in subject and text', async () => {
    const mail = await fill(source(text('Dear {{ contact.traits.firstName }}')), { contact: { traits: { firstName: '<b>Ann & "Co"\u0000' } } });
    expect(mail.html).toContain('Dear &lt;b&gt;Ann &amp; &#34;Co&#34;<');
    expect(mail.text).toBe('Dear <b>Ann & "Co"');
    expect(mail.subject).toBe('Hello <b>Ann & "Co"');
  });

  test('a captured text is escaped once', async () => {
    const mail = await fill(source(text('{% capture who %}<i>{{ contact.name }}</i>{% endcapture %}{{ who }}')), { contact: { name: 'A&B' } });
    expect(mail.html).toContain('<i>A&amp;B</i>');
  });

  test('a subject stays one line', async () => {
    const mail = await fill(source(text('x')), { contact: { traits: { firstName: 'Ann\r\nBcc: all@example.com\n' } } });
    expect(mail.subject).toBe('Hello Ann Bcc: all@example.com');
  });

  test('money and dates follow the language, the zone and the clock of the render', async () => {
    const body = text(`{{ 12.5 | money: 'eur' }} | {{ 'now' | date: '%Y-%m-%d %H:%M', 'Asia/Tehran' }} | {{ now | local_date: 'long', 'Asia/Tehran' }}`);
    const english = await fill(source(body), {});
    expect(english.text).toBe('€12.50 | 2024-03-20 23:45 | March 20, 2024');
    const persian = await fill(source(body, {}, 'fa'), {}, 'fa');
    expect(persian.text).toContain('۱ فروردین ۱۴۰۳');
  });

  test('prototypes cannot be reached', async () => {
    const mail = await fill(source(text('[{{ contact.constructor }}{{ contact.__proto__ }}{{ contact.toString }}]')), { contact: {} });
    expect(mail.text).toBe('[]');
  });
});

describe('Liquid survives MJML', () => {
  const items = { event: { properties: { items: [{ name: 'Tea', url: 'https://shop.example/tea', pic: 'https://i.example/t.png' }, { name: 'Cup', url: 'https://shop.example/cup', pic: '' }] } } };

  test.each([
    ['sections', '{% for item in event.properties.items %}<mj-section><mj-column><mj-text>{{ item.name }}!</mj-text></mj-column></mj-section>{% endfor %}'],
    ['columns', '<mj-section>{% for item in event.properties.items %}<mj-column><mj-text>{{ item.name }}!</mj-text></mj-column>{% endfor %}</mj-section>'],
    ['texts', '<mj-section><mj-column>{% for item in event.properties.items %}<mj-text>{{ item.name }}!</mj-text>{% endfor %}</mj-column></mj-section>'],
    ['rows of a table', '<mj-section><mj-column><mj-table>{% for item in event.properties.items %}<tr><td>{{ item.name }}!</td></tr>{% endfor %}</mj-table></mj-column></mj-section>'],
    ['words', text('{% for item in event.properties.items %}{{ item.name }}! {% endfor %}')],
    ['wrapped sections', '<mj-wrapper>{% for item in event.properties.items %}<mj-section><mj-column><mj-text>{{ item.name }}!</mj-text></mj-column></mj-section>{% endfor %}</mj-wrapper>'],
  ])('around %s', async (_, body) => {
    const mail = await fill(source(body), items);
    expect(mail.html.match(/Tea!|Cup!/g)).toEqual(['Tea!', 'Cup!']);
    expect(mail.text.match(/Tea!|Cup!/g)).toEqual(['Tea!', 'Cup!']);
    const count = (part: string): number => mail.html.split(part).length - 1;
    expect(count('<table')).toBe(count('</table>'));
    expect(count('<!--[if')).toBe(count('<![endif]'));
  });

  test('in attributes, with quotes, comparison signs and line breaks in it', async () => {
    const body = `<mj-section><mj-column>
      <mj-button href="{{ event.url | default: "https://d.example/" }}">Go</mj-button>
      {% if 2 > 1
         and 1 < 2 %}<mj-image src="{{ event.pic }}" alt='{{ event.alt }}' />{% endif %}
    </mj-column></mj-section>`;
    const mail = await fill(source(body), { event: { pic: 'https://i.example/p.png?a=1&b=2', alt: '"x"' } });
    expect(mail.tracked).toEqual([['https://d.example/', 0]]);
    expect(mail.html).toContain('src="https://i.example/p.png?a=1&amp;b=2"');
    expect(mail.html).toContain('alt="&#34;x&#34;"');
  });

  test('a whole document keeps its head, and {% raw %} its braces', async () => {
    const body = `<mjml><mj-head><mj-title>News</mj-title><mj-attributes><mj-text color="#123456" /></mj-attributes></mj-head>
      <mj-body>${text('{% raw %}{{ as is }}{% endraw %}')}</mj-body></mjml>`;
    const mail = await fill(source(body), {});
    expect(mail.html).toContain('<title>News</title>');
    expect(mail.html).toContain('color:#123456');
    expect(mail.text).toBe('{{ as is }}');
  });

  test('a preheader is filled, escaped and only in the HTML', async () => {
    const template = source(text('Body'));
    const mail = await fill({ ...template, languages: { en: { subject: 'S', preheader: 'A < B, {{ contact.name }}', body: text('Body') } } }, { contact: { name: 'C&D' } });
    expect(mail.html).toContain('>A &lt; B, C&amp;D&#847;');
    expect(mail.text).toBe('Body');
  });
});

describe('links', () => {
  const body = text(`<a href="https://a.example/?x=1&amp;y=2">first</a> <a href='{{ event.url }}'>second</a> <a href="mailto:x@y.example">m</a>
    <a href="tel:+1">t</a> <a href="#top">top</a> <a href="{{ unsubscribe_url }}">u</a> <a href="{% if event.url %}{{ preferences_url }}{% endif %}">p</a>`);
  const urls = { unsubscribe_url: 'https://u.example/?a&b', preferences_url: 'https://p.example/' };

  test('of http are tracked once, with the same index in HTML and text; others are left alone', async () => {
    const mail = await fill(source(body), { ...urls, event: { url: 'https://b.example/?q="&z=1' } });
    expect(mail.tracked).toEqual([
      ['https://a.example/?x=1&y=2', 0],
      ['https://b.example/?q="&z=1', 1],
    ]);
    expect(mail.html.match(/href=["'][^"']*["']/g)).toEqual([
      'href="https://t.example/c/0?a&amp;b"', "href='https://t.example/c/1?a&amp;b'", 'href="mailto:x@y.example"',
      'href="tel:+1"', 'href="#top"', 'href="https://u.example/?a&amp;b"', 'href="https://p.example/"',
    ]);
    expect(mail.text).toContain('first <https://t.example/c/0?a&b> second <https://t.example/c/1?a&b>');
    expect(mail.text).toContain('u <https://u.example/?a&b>');
  });

  test('that would run something lead nowhere', async () => {
    const mail = await fill(source(body), { ...urls, event: { url: ' JavaScript:alert(1)' } });
    expect(mail.html).toContain("href='#'");
    expect(mail.html).not.toMatch(/javascript/i);
  });

  test('too long to be signed are not tracked', async () => {
    const url = `https://b.example/${'x'.repeat(2_048)}`;
    const mail = await fill(source(body), { ...urls, event: { url } });
    expect(mail.tracked).toHaveLength(1);
    expect(mail.html).toContain(`href='${url}'`);
  });

  test('the pixel stands at the end of the body', async () => {
    const mail = await fill(source(text('x')), {});
    expect(mail.html).toMatch(/<img src="https:\/\/t\.example\/o\?x&amp;y" width="1" height="1" alt="" style="[^"]*"><\/body>\s*<\/html>$/);
  });

  test('without tracking they stay as written', async () => {
    const prepared = prepareTemplate(await compiled(source(body)));
    const mail = render(prepared, 'en', { now: NOW, ...urls, event: { url: 'https://b.example/' } }, { trackLink: null, openPixelUrl: null });
    expect(mail.html).toContain('href="https://a.example/?x=1&amp;y=2"');
    expect(mail.html).not.toContain('<img');
  });
});

describe('right to left', () => {
  const body = '<mj-section><mj-column><mj-text>{{ contact.name }}</mj-text><mj-text align="end">x</mj-text></mj-column></mj-section>';

  test.each([['sections', body], ['a document', `<mjml><mj-body>${body}</mj-body></mjml>`], ['a document with head', `<mjml><mj-head><mj-title>t</mj-title></mj-head><mj-body>${body}</mj-body></mjml>`]])('%s: the same MJML turns round', async (_, mjml) => {
    const right = await fill(source(mjml, {}, 'fa'), { contact: { name: 'سارا' } }, 'fa');
    expect(right.html).toMatch(/<html lang="fa" dir="rtl"/);
    expect(right.html).not.toContain('direction:ltr');
    expect(right.html).not.toMatch(/text-align:left;direction/);
    expect(right.html.match(/text-align:(left|right);color/g)).toEqual(['text-align:right;color', 'text-align:left;color']);
    const left = await fill(source(mjml), { contact: { name: 'Sara' } });
    expect(left.html).toMatch(/<html lang="en" dir="ltr"/);
    expect(left.html.match(/text-align:(left|right);color/g)).toEqual(['text-align:left;color', 'text-align:right;color']);
  });

  test('subjects and lines of text that begin with something else are marked', async () => {
    const lines = text('iPhone برای شما<br/>سلام<br/>۱۲٫۵ €<br/>https://shop.example/');
    const template = source(lines, {}, 'fa');
    const mail = await fill({ ...template, languages: { fa: { subject: 'iPhone {{ contact.name }}', preheader: null, body: lines } } }, { contact: { name: 'سارا' } }, 'fa');
    expect(mail.subject).toBe('\u200fiPhone سارا');
    expect(mail.text.split('\n')).toEqual(['\u200fiPhone برای شما', 'سلام', '\u200f۱۲٫۵ €', 'https://shop.example/']);
  });
});

describe('problems', () => {
  test.each<[string, string, Partial<TemplateProblem['where']> & { code: string }]>([
    ['unknown filter', `<mj-section>\n<mj-column>\n<mj-text>{{ contact.x | nofilter }}</mj-text></mj-column></mj-section>`, { code: 'liquid-syntax', line: 3, column: 10 }],
    ['raw is not there', text('{{ contact.x | raw }}'), { code: 'liquid-syntax', line: 1 }],
    ['no files', text('{% include "package.json" %}'), { code: 'liquid-syntax', line: 1 }],
    ['no files by MJML', '<mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section>\n<mj-include path="./package.json" />', { code: 'mjml-structure', line: 2 }],
    ['unclosed tag', `\n${text('{% if contact.x %}a')}`, { code: 'liquid-syntax', line: 2 }],
    ['unclosed output', text('{{ contact.x'), { code: 'liquid-syntax', line: 1 }],
    ['unknown variable', `\n\n${text('{{ user.name }}')}`, { code: 'liquid-unknown-variable', line: 3 }],
    ['our own tag', text('{% tracked 1 %}x{% endtracked %}'), { code: 'liquid-syntax', line: 1 }],
    ['unknown component', '<mj-section>\n<mj-column>\n<mj-bogus></mj-bogus></mj-column></mj-section>', { code: 'mjml-invalid', line: 3 }],
    ['wrong attribute after long Liquid', '{% if contact.a\n and contact.b %}\n{% endif %}<mj-section>\n<mj-column><mj-text colour="red">x</mj-text></mj-column></mj-section>', { code: 'mjml-invalid', line: 4 }],
    ['unclosed component', '<mj-section>\n<mj-column><mj-text>x</mj-text>\n</mj-section>', { code: 'mjml-structure', line: 3 }],
    ['never closed', '<mj-section>\n<mj-column><mj-text>x', { code: 'mjml-structure', line: 2 }],
    ['text between components', '<mj-section>\n\nHello<mj-column></mj-column></mj-section>', { code: 'mjml-stray-text', line: 3 }],
    ['Liquid among attributes', '<mj-section>\n<mj-column {% if contact.x %}width="50%"{% endif %}></mj-column></mj-section>', { code: 'liquid-misplaced', line: 2 }],
    ['HTML between components', '<mj-section>\n<div></div></mj-section>', { code: 'mjml-structure', line: 2 }],
    ['not even MJML', 'Hello', { code: 'mjml-stray-text', line: 1 }],
  ])('%s', async (_, body, expected) => {
    const [first] = await problems(source(body));
    const { code, ...where } = expected;
    expect(first).toMatchObject({ code, where: { language: 'en', part: 'body', ...where } });
    expect(first?.mend).not.toBe('');
    expect(first?.message).not.toMatch(/lq\d+x/);
  });

  test('a marketing mail needs a link to unsubscribe in each language', async () => {
    const languages = { en: { subject: 's', preheader: null, body: text('<a href="{{ unsubscribe_url }}">u</a>') }, de: { subject: 's', preheader: null, body: text('x') } };
    const found = await problems(source('', { class: 'marketing', languages }));
    expect(found.map(({ code, where }) => [code, where.language])).toEqual([['no-unsubscribe-link', 'de']]);
  });

  test('of the envelope, and all at once', async () => {
    const found = await problems(source('', { from: { name: 'x', address: 'nobody' }, replyTo: 'a@b\r\nc', languages: { english_: { subject: '', preheader: null, body: '' }, en: { subject: ' ', preheader: null, body: '' } } }));
    expect(found.map(({ code }) => code)).toEqual(['bad-language', 'bad-address', 'bad-address', 'empty-subject', 'empty-body']);
    expect((await problems(source('', { languages: {} }))).map(({ code }) => code)).toEqual(['no-languages']);
  });
});

describe('a compiled template', () => {
  test('is plain JSON with a hash of its source', async () => {
    const template = source(text('<a href="https://a.example/{{ contact.id }}?a&amp;b">x</a>'));
    const first = await compiled(template);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
    expect(first.languages['en']?.links).toEqual([{ index: 0, url: 'https://a.example/{{ contact.id }}?a&b' }]);
    expect(first.languages['en']?.variables).toEqual(['contact.id', 'contact.traits.firstName']);
    expect((await compiled(template)).hash).toBe(first.hash);
    expect((await compiled({ ...template, topic: 'news' })).hash).not.toBe(first.hash);
  });

  test('is parsed once per process', async () => {
    const first = await compiled(source(text('x')));
    expect(prepareTemplate(JSON.parse(JSON.stringify(first)) as CompiledTemplate)).toBe(prepareTemplate(first));
  });

  test('an endless loop is stopped', async () => {
    const prepared = prepareTemplate(await compiled(source(text('{% for a in (1..9999999) %}{% for b in (1..9999999) %}x{% endfor %}{% endfor %}'))));
    expect(() => render(prepared, 'en', { now: NOW }, { trackLink: null, openPixelUrl: null })).toThrow(TemplateRenderError);
  });

  test('a language it does not have is an error', async () => {
    const prepared = prepareTemplate(await compiled(source(text('x'))));
    expect(() => render(prepared, 'constructor', { now: NOW }, { trackLink: null, openPixelUrl: null })).toThrow(TemplateRenderError);
  });
});

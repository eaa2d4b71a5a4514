import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileTemplate, prepareTemplate, render } from '@samovar/channels';
import { parseDirectory } from '@samovar/contract';
import type { TemplateDefinition } from '@samovar/contract';
import { runScenarioFile } from '@samovar/server';
import { describe, expect, it } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const LANGUAGES = ['en', 'ar', 'fa', 'he'];

const files = ['.', 'journeys', 'segments', 'scores', 'personas', 'templates'].flatMap((folder) => readdirSync(join(ROOT, folder))
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(ROOT, folder, name), 'utf8') })));
const { definitions: found, scenarios, problems } = parseDirectory(files);
const definitions = found.map(({ definition }) => definition);
const templates = definitions.filter((definition): definition is TemplateDefinition => definition.kind === 'template');

/** Words that make filters suspicious and readers tired. */
const SHOUTING = /!!|\b(FREE|act now|buy now|limited time|click here|guarantee[ds]?|risk[- ]free|last chance|hurry)\b/i;

describe('the recipes', () => {
  it('are valid', () => {
    expect(problems).toEqual([]);
  });

  it('play all their scenarios as written', () => {
    const results = scenarios.flatMap((file) => runScenarioFile(file, definitions));
    expect(results.filter(({ passed }) => !passed).map(({ report }) => report)).toEqual([]);
    expect(results.length).toBeGreaterThan(40);
  });

  it('have scenarios for every journey, and each names what can go wrong', () => {
    const journeys = definitions.flatMap((definition) => (definition.kind === 'journey' ? [definition.key] : []));
    expect(scenarios.map(({ journey }) => journey).sort()).toEqual(journeys.sort());
    const subjects = [/consent/i, /unsubscribed/i, /two (carts|orders)/i, /clocks?|summer|winter/i];
    const lacking = ['cart-rescue', 'welcome', 'after-order', 'win-back'].flatMap((journey) => {
      const names = scenarios.find((file) => file.journey === journey)!.cases.map(({ name }) => name).join('\n');
      return subjects.filter((subject) => !subject.test(names)).map((subject) => `${journey}: ${subject.source}`);
    });
    expect(lacking).toEqual([]);
  });

  it('give no discount before the third cart mail, and show products only in the fourth letter', () => {
    const words = (key: string): string => JSON.stringify(templates.find((template) => template.key === key)?.languages ?? {});
    const discounts = ['cart-1', 'cart-2', 'cart-3'].filter((key) => /%\s*off|خصم|تخفیف|הנחה|STILLHERE/.test(words(key)));
    expect(discounts).toEqual(['cart-3']);
    const withProducts = ['welcome-1', 'welcome-2', 'welcome-2-reminder', 'welcome-3', 'welcome-4'].filter((key) => words(key).includes('/favourites'));
    expect(withProducts).toEqual(['welcome-4']);
  });

  it('carry no advertising in mails that need no consent', () => {
    const withoutConsent = templates.filter((one) => one.class === 'transactional').map(({ key }) => key);
    expect(withoutConsent).toEqual(['order-confirmed', 'order-shipped', 'order-trouble', 'welcome-1']);
    const advertising = templates.filter(({ key, languages }) => withoutConsent.includes(key) && /\/new|\/favourites|WELCOMEBACK|stock_left/.test(JSON.stringify(languages)));
    expect(advertising.map(({ key }) => key)).toEqual([]);
  });
});

describe('the templates', () => {
  it.each(templates.map((template) => [template.key, template] as const))('%s is complete in four languages, compiles, and does not shout', async (_, template) => {
    expect(Object.keys(template.languages)).toEqual(LANGUAGES);
    const from = template.from === null ? null : { name: template.from.name ?? '', address: template.from.address };
    const compiled = await compileTemplate({ ...template, from });
    if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled, null, 2));
    const prepared = prepareTemplate(compiled);
    const event = { order_id: '10042', total: 61.5, currency: 'EUR', reserved_until: '2026-05-06T18:00:00Z', products: [{ name: 'Teapot', price: 39, stock_left: 3 }] };
    for (const language of LANGUAGES) {
      const variables = { contact: { firstName: 'Sara', timezone: 'Asia/Tehran' }, event, workspace: { name: 'Shop' }, now: 0, unsubscribe_url: 'https://shop.example.com/u', confirm_url: 'https://shop.example.com/confirm' };
      const mail = render(prepared, language, variables, { trackLink: null, openPixelUrl: null });
      expect(mail.direction).toBe(language === 'en' ? 'ltr' : 'rtl');
      expect(mail.subject.length).toBeLessThan(70);
      expect(`${mail.subject}\n${mail.text}`).not.toMatch(/\{\{|\{%|undefined|\[object/);
      expect(`${mail.subject}\n${mail.text}`).not.toMatch(SHOUTING);
    }
  }, 30_000);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORTED_TABLES, ERASED_TABLES, NOT_EXPORTED } from '@samovar/store';
import { SECTION_NAMES } from '../../export/contact-sections.ts';
import { EXPORT_TEXTS } from '../../export/export-texts.ts';
import { TestServer } from '../../testing/test-server.ts';

const START = Date.UTC(2026, 2, 1, 9);
const NASTY = '<script>alert(1)</script>';

let server: TestServer;
let sara = '';

beforeAll(async () => {
  server = await TestServer.open({ startAt: START });
  await server.publish([
    { path: 'workspace.yaml', text: 'workspace: "Shop & Co"\nfrom: "Shop <shop@shop.example>"\ntimezone: Asia/Tehran\n' },
    { path: 'segments/buyers.yaml', text: 'segment: buyers\nmatch: { event: Order Completed }\n' },
    { path: 'journeys/thanks.yaml', text: 'journey: thanks\ntrigger: { event: Order Completed }\nsteps:\n  - send: receipt\n' },
    { path: 'templates/receipt.yaml', text: 'template: receipt\nclass: transactional\nlanguages:\n  fa:\n    subject: سفارش {{ event.order_id }}\n    body: |\n      <mj-section><mj-column><mj-text>سلام {{ contact.first_name }}</mj-text></mj-column></mj-section>\n' },
  ]);
  await server.identify('sara', { email: 'sara@example.com', first_name: 'سارا', language: 'fa-IR', note: NASTY, consent: { email: true, source: 'checkout' } });
  await server.track('sara', 'Order Completed', { order_id: 'o1', total: 12.5, currency: 'EUR' });
  for (let n = 0; n < 7; n += 1) await server.track('sara', 'Seen', { page: n, nested: { deep: [NASTY] } });
  sara = await server.contact('sara');
});
afterAll(() => server.close());

type Export = Record<string, Record<string, unknown>[]> & { complete: boolean };

describe('the export of a contact', () => {
  it('knows every table in which something of a contact is written', () => {
    expect(ERASED_TABLES.filter((table) => !EXPORTED_TABLES.includes(table) && !Object.hasOwn(NOT_EXPORTED, table) && table !== 'attempts')).toEqual([]);
  });

  it('is complete as JSON', async () => {
    const { type, text } = await server.text(`/api/contacts/${sara}/export`);
    expect(type).toContain('application/json');
    const all = JSON.parse(text) as Export;
    expect(all.complete).toBe(true);
    expect(Object.keys(all)).toEqual(expect.arrayContaining([...SECTION_NAMES]));
    expect(all).toMatchObject({
      shop: 'Shop & Co', id: sara, identifiers: [{ kind: 'user', value: 'sara' }, { kind: 'email', value: 'sara@example.com' }],
      consents: [{ state: 'granted', channel: 'email', proof: { source: 'checkout' } }], segments: [{ segment: 'buyers', leftAt: null }],
      orders: [{ orderId: 'o1', total: 12.5, currency: 'EUR' }], journeys: [{ journey: 'thanks', status: 'completed' }],
      messages: [{ address: 'sara@example.com', subject: 'سفارش o1', text: expect.stringContaining('سلام سارا'), status: 'queued', attempts: [] }],
    });
    expect(all['traits']).toContainEqual(expect.objectContaining({ name: 'first_name', value: 'سارا', verified: true, at: expect.stringMatching(/^2026-/) }));
    expect(all['events']!.map(({ name }) => name)).toEqual(['Identify', 'Order Completed', ...Array.from({ length: 7 }, () => 'Seen')]);
    expect(all['decisions']!.map(({ code }) => code)).toEqual(expect.arrayContaining(['segment_entered', 'message_decided']));
  });

  it('is a document in the language of the contact, from right to left, in which nothing runs', async () => {
    const { type, text } = await server.text(`/api/contacts/${sara}/export?format=html`);
    expect(type).toContain('text/html');
    expect(text).toContain('<html lang="fa" dir="rtl">');
    expect(text).toContain('آنچه <bdi>Shop &amp; Co</bdi> دربارهٔ شما می‌داند');
    expect(text).not.toContain(NASTY);
    expect(text).toContain('&lt;script&gt;');
    // 9:00 in London is 12:30 in Tehran, on the tenth of Esfand.
    expect(text).toMatch(/<time datetime="2026-03-01T09:00:00\.000Z">[^<]*۱۰[^<]*اسفند[^<]*۱۲:۳۰/);
    expect(text.trimEnd().endsWith('</html>')).toBe(true);
  });

  it.each(Object.keys(EXPORT_TEXTS))('speaks %s, with all parts', async (language) => {
    const { text } = await server.text(`/api/contacts/${sara}/export?format=html&language=${language}`);
    const texts = EXPORT_TEXTS[language]!;
    expect(text).toContain(`<html lang="${language}" dir="${texts.direction}">`);
    for (const name of SECTION_NAMES) expect(text).toContain(`<h2>${texts.sections[name]}</h2>`);
    expect(text).toContain(texts.end);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import PostalMime from 'postal-mime';
import { expect, test } from 'vitest';
import { createEmailProvider } from './channel.ts';
import { ChannelConfigError } from './email/channel-config-error.ts';
import { createDkimSigner } from './email/dkim.ts';
import { EXAMPLE_EMAIL } from './email/example-email.ts';
import { startSink } from './email/sink.ts';
import { compileTemplate } from './template/compile-template.ts';
import { prepareTemplate } from './template/prepare-template.ts';
import { render } from './template/render.ts';
import { readToken, signToken } from './tracking/token.ts';
import { createTrackingKey } from './tracking/tracking-key.ts';

test.each(['', 'localhost', 'http://localhost', 'carrier-pigeon://roof', 'smtp://localhost?tls=perhaps'])('%j is no provider', (url) => {
  expect(() => createEmailProvider(url)).toThrow(ChannelConfigError);
});

test('from a template to a signed mail in a mailbox', async () => {
  const compiled = await compileTemplate({
    key: 'cart-1', channel: 'email', class: 'marketing', topic: 'news', from: null, replyTo: null,
    languages: {
      fa: {
        subject: '{{ contact.traits.firstName }}، سبد خرید شما منتظر است',
        preheader: null,
        body: '<mj-section><mj-column><mj-text>سلام {{ contact.traits.firstName }}</mj-text><mj-button href="https://shop.example/cart?id={{ event.properties.cart_id }}">ادامه</mj-button><mj-text><a href="{{ unsubscribe_url }}">لغو</a></mj-text></mj-column></mj-section>',
      },
    },
  });
  if (Array.isArray(compiled)) throw new Error(JSON.stringify(compiled));
  const key = createTrackingKey(1, Buffer.alloc(32, 1));
  const ids = { workspaceId: 1, messageId: '018f4e1c-1234-7000-8000-00000000000a', contactId: 'ffeeddcc-bbaa-8999-8877-665544332211' };
  const unsubscribeUrl = 'https://t.shop.example/u/abc';
  const mail = render(
    prepareTemplate(compiled),
    'fa',
    { now: EXAMPLE_EMAIL.date, contact: { traits: { firstName: 'سارا' } }, event: { properties: { cart_id: 'c&1' } }, unsubscribe_url: unsubscribeUrl },
    { trackLink: (url, linkIndex) => `https://t.shop.example/c/${signToken(key, { purpose: 'click', ...ids, linkIndex, url })}`, openPixelUrl: 'https://t.shop.example/o/x' },
  );
  const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const signer = createDkimSigner({ domain: 'shop.example', selector: 's', privateKey });
  const received: Buffer[] = [];
  const sink = await startSink({ onMessage: (_, raw) => void received.push(raw) });
  const provider = createEmailProvider(sink.url, { dkim: [signer] });
  const outcome = await provider.send({ ...EXAMPLE_EMAIL, subject: mail.subject, html: mail.html, text: mail.text, unsubscribe: { url: unsubscribeUrl, mailto: null } });
  await provider.close();
  await sink.stop();

  expect(outcome.kind).toBe('accepted');
  const raw = received[0] ?? Buffer.alloc(0);
  const verified = await dkimVerify(raw, { resolver: (name: string) => Promise.resolve(name === signer.dnsRecord.name ? [[signer.dnsRecord.value]] : []) });
  expect(verified.results.map(({ status }) => status.result)).toEqual(['pass']);
  const parsed = await PostalMime.parse(raw);
  expect(parsed.subject).toBe('سارا، سبد خرید شما منتظر است');
  expect(parsed.html).toContain('سلام سارا');
  const token = /https:\/\/t\.shop\.example\/c\/([\w-]+)/.exec(parsed.html ?? '')?.[1] ?? '';
  expect(readToken([key], 'click', token, 0)).toMatchObject({ ok: true, payload: { url: 'https://shop.example/cart?id=c&1', linkIndex: 0 } });
  expect(parsed.text).toContain(`<https://t.shop.example/c/${token}>`);
});

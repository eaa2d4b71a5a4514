import type { OutgoingEmail } from './outgoing-email.ts';

/** A mail with every header, for tests and benchmarks. */
export const EXAMPLE_EMAIL: OutgoingEmail = {
  messageId: '018f4e1c-0000-7000-8000-000000000001@shop.example',
  date: Date.UTC(2024, 2, 5, 7, 8, 9),
  envelopeFrom: 'bounce+1@shop.example',
  from: { name: 'Tea Shop', address: 'hello@shop.example' },
  to: { name: 'Ann Lee', address: 'ann@example.com' },
  replyTo: { name: null, address: 'help@shop.example' },
  subject: 'Your tea',
  html: '<p>Hello Ann</p>\n',
  text: 'Hello Ann\n',
  unsubscribe: { url: 'https://t.shop.example/u/abc', mailto: 'unsubscribe@shop.example' },
  feedbackId: 'cart:1:mail:samovar',
  headers: [{ name: 'X-Journey', value: 'cart' }],
};

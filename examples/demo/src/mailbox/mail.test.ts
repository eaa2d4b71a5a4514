import { expect, test } from 'vitest';
import { linksOf, parseMail, picturesOf } from './mail.ts';

const RAW = Buffer.from([
  'From: Tea house <tea@shop.example>', 'To: =?utf-8?B?2LPYp9ix2Kk=?= <Sara@mail.example>', 'Subject: =?utf-8?Q?Your_cart_=E2=80=A6?=',
  'Date: Mon, 02 Mar 2026 09:00:00 +0000', 'Message-ID: <m-1@shop.example>', 'Feedback-ID: send-cart-1:cart-rescue:1:samovar',
  'List-Unsubscribe: <http://localhost/u/token>', 'MIME-Version: 1.0', 'Content-Type: multipart/alternative; boundary=x', '',
  '--x', 'Content-Type: text/plain; charset=utf-8', '', 'Hello', '--x', 'Content-Type: text/html; charset=utf-8', '',
  '<p>Hello <a href="http://localhost/c/1?a=1&amp;b=2">cart</a><img alt="" src="http://localhost/o/1.gif"></p>', '--x--', '',
].join('\r\n'));

test('a mail is taken apart', async () => {
  const mail = await parseMail(1, 'Sara@mail.example', RAW);
  expect(mail).toMatchObject({
    number: 1, messageId: 'm-1@shop.example', to: 'sara@mail.example', toName: 'سارة', from: 'Tea house', subject: 'Your cart …',
    date: Date.UTC(2026, 2, 2, 9), journey: 'cart-rescue', step: 'send-cart-1', unsubscribeUrl: 'http://localhost/u/token',
  });
  expect(mail.text).toContain('Hello');
  expect(linksOf(mail.html)).toEqual(['http://localhost/c/1?a=1&b=2']);
  expect(picturesOf(mail.html)).toEqual(['http://localhost/o/1.gif']);
});

import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_EMAIL } from './example-email.ts';
import { buildMime, joinMime, MIME_LIMITS } from './mime.ts';
import type { MimeMessage } from './mime.ts';
import type { OutgoingEmail } from './outgoing-email.ts';

function build(change: Partial<OutgoingEmail>): MimeMessage {
  const built = buildMime({ ...EXAMPLE_EMAIL, ...change });
  if (built.kind === 'problem') throw new Error(built.reason);
  return built;
}

function wire(change: Partial<OutgoingEmail>): string {
  return joinMime(build(change), []).toString('latin1');
}

async function parse(change: Partial<OutgoingEmail>) {
  return PostalMime.parse(joinMime(build(change), []));
}

test('the whole message, to the byte', () => {
  expect(wire({}).split('\r\n')).toEqual([
    'From: Tea Shop <hello@shop.example>',
    'To: Ann Lee <ann@example.com>',
    'Reply-To: help@shop.example',
    'Subject: Your tea',
    'Date: Tue, 05 Mar 2024 07:08:09 +0000',
    'Message-ID: <018f4e1c-0000-7000-8000-000000000001@shop.example>',
    'List-Unsubscribe: <https://t.shop.example/u/abc>,',
    ' <mailto:unsubscribe@shop.example>',
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'Feedback-ID: cart:1:mail:samovar',
    'X-Journey: cart',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary="=_samovar_part"',
    '',
    '--=_samovar_part',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 7bit',
    '',
    'Hello Ann',
    '',
    '--=_samovar_part',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: 7bit',
    '',
    '<p>Hello Ann</p>',
    '',
    '--=_samovar_part--',
    '',
  ]);
  expect(build({}).envelope).toEqual({ from: 'bounce+1@shop.example', to: 'ann@example.com' });
  expect(build({ envelopeFrom: null }).envelope.from).toBe('hello@shop.example');
});

const SUBJECTS = [
  'سبد خرید شما منتظر شماست؛ همین امروز سفارش خود را کامل کنید و از ارسال رایگان بهره‌مند شوید',
  'עגלת הקניות שלך מחכה לך: השלימו את ההזמנה עוד היום וקבלו משלוח חינם עד הבית',
  'سلة التسوق الخاصة بك في انتظارك — أكمل طلبك اليوم',
  'Ihr Warenkorb: Grüße aus Köln & 20 % auf alles, nur heute, nur für Sie, solange der Vorrat reicht!',
  '🎁👨‍👩‍👧‍👦 Geschenke 🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖🫖',
  '你的购物车里还有三件商品，今天下单即可享受九折优惠，并且免费送货上门，机会难得不要错过',
  'A plain subject that is much longer than what fits into one line of a header, and so it has to be folded somewhere in the middle',
  'This looks =?UTF-8?Q?encoded?= but is not',
  'trailing_underscore?and=equals é',
  'a'.repeat(1_200),
  'x',
  '\u200fiPhone برای شما',
];

describe('subjects', () => {
  test.each(SUBJECTS)('%s', async (subject) => {
    expect((await parse({ subject })).subject).toBe(subject);
    const head = wire({ subject }).split('\r\n\r\n')[0] ?? '';
    expect(head).toMatch(/^[\u0020-\u007e\r\n]*$/);
    for (const line of head.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
    // Each encoded word is whole by itself: some readers decode them one by one.
    for (const [, encoding, data] of head.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/g)) {
      const bytes = encoding === 'B' ? Buffer.from(data ?? '', 'base64') : Buffer.from((data ?? '').replaceAll('_', ' ').replace(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1');
      expect(bytes.toString('utf8')).not.toContain('\ufffd');
    }
  });

  test('an empty one is an empty header', async () => {
    expect((await parse({ subject: ' ' })).subject ?? '').toBe('');
  });
});

describe('addresses', () => {
  test.each([
    'Ann', 'Ann Lee', 'Lee, Ann', 'Ann "the tea" Lee', 'back\\slash', 'سارا احمدی', 'Jürgen Groß', 'a@b.example', 'Ann (tea)', '李小龙', 'شركة الشاي المحدودة للتجارة والتوزيع في الشرق الأوسط وشمال أفريقيا',
    'A very long name of a company that does not fit into one line of a header at all, Ltd.',
  ])('the name %s', async (name) => {
    const mail = await parse({ to: { name, address: 'ann@example.com' }, from: { name, address: `${'a'.repeat(60)}@${'b'.repeat(60)}.example` } });
    expect(mail.to).toEqual([{ name, address: 'ann@example.com' }]);
    expect(mail.from).toEqual({ name, address: `${'a'.repeat(60)}@${'b'.repeat(60)}.example` });
  });

  test('domains in other scripts go out in ASCII', async () => {
    const message = build({ to: { name: null, address: 'info@bücher.example' } });
    expect(message.envelope.to).toBe('info@xn--bcher-kva.example');
    expect(wire({ to: { name: null, address: 'info@bücher.example' } })).toContain('To: info@xn--bcher-kva.example\r\n');
  });
});

describe('bodies', () => {
  const bodies: [string, string][] = [
    ['plain lines', Array.from({ length: 200 }, (_, length) => 'x'.repeat(length)).join('\n')],
    ['a line as long as allowed', 'x'.repeat(900)],
    ['a line that is one longer', 'x'.repeat(901)],
    ['lines of all lengths', `é${Array.from({ length: 200 }, (_, length) => 'x'.repeat(length)).join('\n')}`],
    ['dots and From at line starts', '.\n..\n.hidden\nFrom here\nFrom\n F\n'],
    ['blanks at line ends', 'a \nb\t\n \n  \nc  '],
    ['equals signs', '=3D a=b =\n='],
    ['German', 'Grüße, schöne Straße, '.repeat(60)],
    ['Persian', 'سبد خرید شما منتظر شماست. '.repeat(80)],
    ['mixed', 'Tea چای 茶 🫖 '.repeat(50)],
    ['other line ends', 'a\r\nb\rc\n\nd'],
    ['nothing', ''],
    ['a boundary of ours', '--=_samovar_part--\n--=_samovar_part'],
    ['other control characters', 'a\u0000b\u0008c\u007f'],
  ];

  test.each(bodies)('%s', async (_, body) => {
    const mail = await parse({ html: body, text: body });
    const same = (text: string | undefined): string => (text ?? '').replace(/\r\n?/g, '\n').replace(/\n+$/, '');
    expect(same(mail.html)).toBe(same(body));
    expect(same(mail.text)).toBe(same(body));
    const raw = wire({ html: body, text: body });
    expect(raw).toMatch(/^\p{ASCII}*$/u);
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const line of raw.split('\r\n')) {
      expect(line.length).toBeLessThanOrEqual(raw.includes('7bit') ? 900 : 78);
      expect(line).not.toMatch(/^\.|^From /);
    }
  });

  test('take the shorter encoding', () => {
    const encodings = (text: string): string[] => [...wire({ html: text, text: 'plain' }).matchAll(/Transfer-Encoding: (.*)\r/g)].map((match) => match[1] ?? '');
    expect(encodings('Tea\n')).toEqual(['7bit', '7bit']);
    expect(encodings('Tea \n')).toEqual(['7bit', 'quoted-printable']);
    expect(encodings('From here\n')).toEqual(['7bit', 'quoted-printable']);
    expect(encodings('Grüße aus der schönen Stadt am Rhein')).toEqual(['7bit', 'quoted-printable']);
    expect(encodings('سبد خرید شما منتظر شماست')).toEqual(['7bit', 'base64']);
  });
});

describe('nothing can be slipped in', () => {
  const INJECTION = 'x\r\nBcc: all@example.com\r\n\r\nbody\u0000\u2028y';

  test('through subject, names and values of headers', async () => {
    const mail = await parse({
      subject: INJECTION, from: { name: INJECTION, address: EXAMPLE_EMAIL.from.address }, to: { name: INJECTION, address: EXAMPLE_EMAIL.to.address }, headers: [{ name: 'X-A', value: INJECTION }],
    });
    expect(mail.bcc).toBeUndefined();
    expect(mail.subject).toBe('x Bcc: all@example.com body y');
    expect(mail.text?.trim()).toBe('Hello Ann');
    expect(mail.headers.map(({ key }) => key)).toEqual(['from', 'to', 'reply-to', 'subject', 'date', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id', 'x-a', 'mime-version', 'content-type']);
  });

  test('through the feedback id, which is cleaned and cut', () => {
    expect(wire({ feedbackId: `a b\r\nBcc: ü@x:${'y'.repeat(300)}` })).toContain(`\r\nFeedback-ID: a-b-Bcc:-@x:${'y'.repeat(188)}\r\n`);
  });

  test.each<[string, Partial<OutgoingEmail>, string]>([
    ['recipient', { to: { name: null, address: 'a@b.example>\r\nX: y' } }, 'recipient'],
    ['recipient without SMTPUTF8', { to: { name: null, address: 'سارا@b.example' } }, 'recipient'],
    ['sender', { from: { name: null, address: 'a b@b.example' } }, 'sender'],
    ['return path', { envelopeFrom: 'a@b.example SIZE=1' }, 'sender'],
    ['reply', { replyTo: { name: null, address: 'a' } }, 'message'],
    ['message id', { messageId: 'a@b>\r\nX: y' }, 'message'],
    ['long message id', { messageId: `${'a'.repeat(MIME_LIMITS.messageIdCharacters)}@b` }, 'message'],
    ['unsubscribe', { unsubscribe: { url: 'https://a.example/>,<b', mailto: null } }, 'message'],
    ['long unsubscribe', { unsubscribe: { url: `https://a.example/${'x'.repeat(MIME_LIMITS.unsubscribeUrlCharacters)}`, mailto: null } }, 'message'],
    ['unsubscribe by javascript', { unsubscribe: { url: 'javascript:x', mailto: null } }, 'message'],
    ['mailto', { unsubscribe: { url: 'https://a.example/', mailto: 'a@b?c' } }, 'message'],
    ['header name', { headers: [{ name: 'X: y\r\nZ', value: '' }] }, 'message'],
    ['our header', { headers: [{ name: 'bcc', value: 'a@b.example' }] }, 'message'],
    ['date', { date: Number.NaN }, 'message'],
    ['too long', { html: 'x'.repeat(MIME_LIMITS.contentCharacters) }, 'message'],
  ])('through %s', (_, change, scope) => {
    expect(buildMime({ ...EXAMPLE_EMAIL, ...change })).toMatchObject({ kind: 'problem', scope });
  });
});

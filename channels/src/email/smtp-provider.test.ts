import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createEmailProvider } from '../channel.ts';
import type { EmailProvider } from './email-provider.ts';
import { EXAMPLE_EMAIL } from './example-email.ts';
import type { SendOutcome } from './outgoing-email.ts';
import { describeProvider } from './provider.conformance.ts';
import type { ServiceMood } from './provider.conformance.ts';
import type { SinkAction, SinkOptions, SinkStep } from './sink-behaviour.ts';
import { startSink } from './sink.ts';
import type { Sink } from './sink.ts';

const fixture = (name: string): string => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8');
const TLS = { key: fixture('localhost.key.pem'), cert: fixture('localhost.cert.pem') };
const SHORT = 'connectMs=2000&greetingMs=300&commandMs=300&dataMs=300&sendMs=3000';

const MOODS: Readonly<Record<ServiceMood, (step: SinkStep) => SinkAction | null>> = {
  accepting: () => null,
  unreachable: ({ stage }) => (stage === 'connect' ? { drop: true } : null),
  'recipient-unknown': ({ stage }) => (stage === 'rcpt' ? { reply: '550 5.1.1 no such user' } : null),
  'recipient-deferred': ({ stage }) => (stage === 'rcpt' ? { reply: '451 4.7.1 greylisted' } : null),
  'message-refused': ({ stage }) => (stage === 'content' ? { reply: '554 5.7.1 spam' } : null),
  'losing-answers': ({ stage }) => (stage === 'accepted' ? { drop: true } : null),
  'losing-mails': ({ stage }) => (stage === 'data' ? { drop: true } : null),
  silent: ({ stage }) => (stage === 'mail' ? { silent: true } : null),
};

describeProvider('SMTP', async () => {
  let mood: ServiceMood = 'accepting';
  const taken: string[] = [];
  const sink = await startSink({
    behaviour: (step) => MOODS[mood](step),
    onMessage: (_, raw) => void taken.push(/^Message-ID: <(.*)>/m.exec(raw.toString('latin1'))?.[1] ?? ''),
  });
  return {
    provider: createEmailProvider(`${sink.url}?pool=3&${SHORT}`),
    taken,
    setMood: async (next) => {
      mood = next;
      await Promise.resolve();
    },
    stop: () => sink.stop(),
  };
});

const open: { close?(): Promise<void>; stop?(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await (one.close?.() ?? one.stop?.());
});

async function setUp(options: SinkOptions, query = '', change: (url: string) => string = (url) => url): Promise<{ sink: Sink; provider: EmailProvider }> {
  const sink = await startSink(options);
  const provider = createEmailProvider(`${change(sink.url)}?pool=1&${SHORT}${query}`, { ca: TLS.cert });
  open.push(sink, provider);
  return { sink, provider };
}

/** One mail to a sink that misbehaves at a stage. */
async function sendTo(stage: SinkStep['stage'], action: SinkAction, options: SinkOptions = {}): Promise<{ outcome: SendOutcome; count: number }> {
  const { sink, provider } = await setUp({ ...options, behaviour: (step) => (step.stage === stage ? action : null) });
  const outcome = await provider.send(EXAMPLE_EMAIL);
  return { outcome, count: sink.count };
}

const NO_PIPELINING: SinkOptions = { extensions: ['ENHANCEDSTATUSCODES'] };

describe.each([['with pipelining', {}], ['without', NO_PIPELINING]])('outcomes, %s', (_, options) => {
  test.each<[SinkStep['stage'], SinkAction, Partial<Record<string, unknown>>]>([
    ['connect', { reply: '554 5.7.1 go away' }, { kind: 'rejected', permanent: true, scope: 'connection', code: 554, enhancedCode: '5.7.1' }],
    ['connect', { reply: '421 4.3.2 busy', drop: true }, { kind: 'rejected', permanent: false, scope: 'connection', code: 421 }],
    ['connect', { drop: true }, { kind: 'not-sent' }],
    ['connect', { silent: true }, { kind: 'not-sent' }],
    ['connect', { raw: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, { kind: 'not-sent' }],
    ['connect', { raw: '220 sink\r\n220 again\r\n' }, { kind: 'not-sent' }],
    ['ehlo', { reply: '451 not now' }, { kind: 'rejected', permanent: false, scope: 'connection' }],
    ['ehlo', { drop: true }, { kind: 'not-sent' }],
    ['mail', { reply: '451 4.3.0 later' }, { kind: 'rejected', permanent: false, scope: 'connection' }],
    ['mail', { reply: '550 5.1.8 bad sender' }, { kind: 'rejected', permanent: true, scope: 'sender' }],
    ['mail', { drop: true }, { kind: 'not-sent' }],
    ['mail', { silent: true }, { kind: 'not-sent' }],
    ['mail', { raw: 'what?\r\n' }, { kind: 'not-sent' }],
    ['mail', { raw: '354 go\r\n' }, { kind: 'not-sent' }],
    ['rcpt', { reply: '450 4.2.0 greylisted' }, { kind: 'rejected', permanent: false, scope: 'recipient', code: 450, enhancedCode: '4.2.0', response: '450 4.2.0 greylisted' }],
    ['rcpt', { reply: '550-5.1.1 The account\r\n550 5.1.1 does not exist' }, { kind: 'rejected', permanent: true, scope: 'recipient', response: '550 5.1.1 The account 5.1.1 does not exist' }],
    ['rcpt', { reply: '421 4.7.0 bye', drop: true }, { kind: 'rejected', permanent: false, scope: 'connection' }],
    ['rcpt', { drop: true }, { kind: 'not-sent' }],
    ['data', { reply: '451 4.3.0 later' }, { kind: 'rejected', permanent: false }],
    ['data', { reply: '554 5.6.0 no' }, { kind: 'rejected', permanent: true, scope: 'message' }],
    ['data', { raw: '250 done\r\n' }, { kind: 'not-sent' }],
    ['data', { drop: true }, { kind: 'not-sent' }],
    ['data', { silent: true }, { kind: 'not-sent' }],
    ['data', { reply: '354 go ahead', drop: true }, { kind: 'unknown' }],
    ['receiving', { drop: true }, { kind: 'unknown' }],
    ['receiving', { silent: true }, { kind: 'unknown' }],
    ['receiving', { reply: '552 5.3.4 too big', drop: true }, { kind: 'rejected', permanent: true, scope: 'message' }],
    ['content', { reply: '451 4.3.0 later' }, { kind: 'rejected', permanent: false }],
    ['content', { reply: '554 5.7.1 spam' }, { kind: 'rejected', permanent: true, scope: 'message' }],
    ['content', { reply: '421 4.3.2 shutting down', drop: true }, { kind: 'rejected', permanent: false, scope: 'connection' }],
    ['content', { drop: true }, { kind: 'unknown' }],
    ['content', { silent: true }, { kind: 'unknown' }],
    ['content', { raw: '25', drop: true }, { kind: 'unknown' }],
    ['content', { raw: '250-ok\r\n', drop: true }, { kind: 'unknown' }],
    ['content', { raw: 'thanks\r\n' }, { kind: 'unknown' }],
    ['content', { raw: '354 more\r\n' }, { kind: 'unknown' }],
    ['accepted', { delayMs: 50 }, { kind: 'accepted', response: '250 2.0.0 taken' }],
    ['accepted', { reply: '250 2.0.0 taken', drop: true }, { kind: 'accepted' }],
  ])('%s %j: %j', async (stage, action, expected) => {
    const { outcome, count } = await sendTo(stage, action, options);
    expect(outcome).toMatchObject(expected);
    // Only what may have been taken was taken.
    expect(count).toBe(expected['kind'] === 'accepted' ? 1 : 0);
  });
});

test('an answer lost after the mail was taken is unknown, and the mail is not sent again', async () => {
  const { sink, provider } = await setUp({ behaviour: ({ stage }) => (stage === 'accepted' ? { drop: true } : null) });
  expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'unknown' });
  expect(sink.count).toBe(1);
});

test('a mail whose end never left this machine is not sent, though its beginning did', async () => {
  const { provider } = await setUp({ behaviour: ({ stage }) => (stage === 'receiving' ? { delayMs: 100, drop: true } : null) });
  const outcome = await provider.send({ ...EXAMPLE_EMAIL, html: 'x'.repeat(4_900_000) });
  expect(['not-sent', 'unknown']).toContain(outcome.kind);
});

describe('connections', () => {
  test('are reused', async () => {
    const { sink, provider } = await setUp({});
    for (let number = 0; number < 5; number++) await provider.send(EXAMPLE_EMAIL);
    expect([sink.count, sink.connections]).toEqual([5, 1]);
  });

  test('a refused mail does not spoil the next one', async () => {
    const { sink, provider } = await setUp({ behaviour: ({ stage, argument }) => (stage === 'rcpt' && argument.includes('bob') ? { reply: '550 5.1.1 no' } : null) });
    const kinds = [];
    for (const name of ['ann', 'bob', 'ann', 'bob', 'bob', 'ann']) {
      kinds.push((await provider.send({ ...EXAMPLE_EMAIL, to: { name: null, address: `${name}@example.com` } })).kind);
    }
    expect(kinds).toEqual(['accepted', 'rejected', 'accepted', 'rejected', 'rejected', 'accepted']);
    expect([sink.count, sink.connections]).toEqual([3, 1]);
  });

  test.each([['without a word', undefined], ['with 421', '421 4.4.2 idle for too long']])('that the server closed while idle %s are replaced without anybody noticing', async (_, reply) => {
    const { sink, provider } = await setUp({});
    for (let number = 0; number < 3; number++) {
      expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
      sink.dropConnections(reply);
    }
    expect([sink.count, sink.connections]).toEqual([3, 3]);
  });

  test('that answer 421 when used again are replaced', async () => {
    const { sink, provider } = await setUp({ behaviour: ({ stage, message }) => (stage === 'mail' && message > 1 ? { reply: '421 4.7.0 too many', drop: true } : null) });
    for (let number = 0; number < 3; number++) expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
    expect([sink.count, sink.connections]).toEqual([3, 3]);
  });

  test('that are dropped when used again are replaced once, not for ever', async () => {
    const { provider } = await setUp({ behaviour: ({ stage, message, connection }) => (stage === 'mail' && (message > 1 || connection > 1) ? { drop: true } : null) });
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'not-sent' });
  });

  test('are replaced after the number of messages asked for, and closed when idle', async () => {
    const { sink, provider } = await setUp({}, '&messages=2&idleMs=50');
    for (let number = 0; number < 5; number++) await provider.send(EXAMPLE_EMAIL);
    expect(sink.connections).toBe(3);
    await expect.poll(() => sink.openConnections).toBe(0);
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
  });

  test('are as many as allowed and no more', async () => {
    let most = 0;
    const sink: Sink = await startSink({ behaviour: ({ stage }) => ((most = Math.max(most, sink.openConnections)), stage === 'accepted' ? { delayMs: 5 } : null) });
    const provider = createEmailProvider(`${sink.url}?pool=4&${SHORT}`);
    open.push(sink, provider);
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => provider.send(EXAMPLE_EMAIL)));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect([most, sink.count]).toEqual([4, 60]);
  });

  test('a mail that waits too long for one is not sent', async () => {
    const { provider } = await setUp({ behaviour: ({ stage }) => (stage === 'accepted' ? { delayMs: 250 } : null) }, '', (url) => url);
    const slow = createEmailProvider(`smtp://127.0.0.1:${(open[0] as Sink).port}?pool=1&sendMs=100`);
    open.push(slow);
    const outcomes = await Promise.all([slow.send(EXAMPLE_EMAIL), slow.send(EXAMPLE_EMAIL)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'not-sent']);
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
  });

  test('to a port where nobody listens: each mail is told', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const provider = createEmailProvider(`smtp://127.0.0.1:${port}?pool=2`);
    open.push(provider);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => provider.send(EXAMPLE_EMAIL)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'not-sent'));
    expect(outcomes[0]).toMatchObject({ reason: expect.stringContaining('ECONNREFUSED') as string });
  });
});

describe('TLS', () => {
  test.each([
    ['STARTTLS is used when offered', TLS, '', 'accepted'],
    ['STARTTLS can be demanded', TLS, '&tls=required', 'accepted'],
    ['no STARTTLS where it is demanded', undefined, '&tls=required', 'not-sent'],
    ['STARTTLS can be left', TLS, '&tls=off', 'accepted'],
  ])('%s', async (_, tls, query, kind) => {
    const stages: string[] = [];
    const { provider } = await setUp({ ...(tls === undefined ? {} : { tls }), behaviour: ({ stage }) => (stages.push(stage), null) }, query);
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind });
    expect(stages.includes('starttls')).toBe(tls !== undefined && !query.includes('off'));
  });

  test('from the first byte, many mails', async () => {
    const { sink, provider } = await setUp({ tls: { ...TLS, implicit: true } });
    for (let number = 0; number < 3; number++) expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
    expect([sink.count, sink.connections]).toEqual([3, 1]);
  });

  test.each([['STARTTLS', false], ['from the first byte', true]])('a certificate that nobody vouches for is refused, %s, unless told otherwise', async (_, implicit) => {
    const { sink } = await setUp({ tls: { ...TLS, implicit } });
    const strict = createEmailProvider(`${sink.url}?${SHORT}`);
    const lax = createEmailProvider(`${sink.url}?verify=off&${SHORT}`);
    open.push(strict, lax);
    expect(await strict.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'not-sent', reason: expect.stringMatching(/self.signed/) as string });
    expect(await lax.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
    expect(sink.count).toBe(1);
  });

  test('words slipped in before TLS are not believed', async () => {
    const { sink, provider } = await setUp({ tls: TLS, behaviour: ({ stage }) => (stage === 'starttls' ? { raw: '220 go\r\n250 injected\r\n' } : null) });
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'not-sent' });
    expect(sink.count).toBe(0);
  });

  test('an answer lost over TLS is unknown', async () => {
    const { provider } = await setUp({ tls: TLS, behaviour: ({ stage }) => (stage === 'accepted' ? { drop: true } : null) });
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'unknown' });
  });
});

describe('logging in', () => {
  const auth = { user: 'ann@shop', pass: 'p:w ü' };
  const withUser = (pass: string) => (url: string) => url.replace('://', `://${encodeURIComponent(auth.user)}:${encodeURIComponent(pass)}@`);

  test.each([['PLAIN', null], ['LOGIN', (step: SinkStep) => (step.stage === 'ehlo' ? { reply: '250-sink\r\n250 AUTH LOGIN' } : null)]])('by %s', async (_, behaviour) => {
    const { provider } = await setUp({ auth, ...(behaviour === null ? {} : { behaviour }) }, '', withUser(auth.pass));
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
  });

  test('with a wrong password is about the connection, not the mail', async () => {
    const { provider } = await setUp({ auth }, '', withUser('wrong'));
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'rejected', permanent: true, code: 535, scope: 'connection' });
  });

  test('with nothing where it is needed likewise', async () => {
    const { provider } = await setUp({ auth });
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'rejected', code: 530, scope: 'connection' });
  });

  test('where nobody offers it says so', async () => {
    const { provider } = await setUp({}, '', withUser('x'));
    expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'not-sent', reason: expect.stringContaining('log in') as string });
  });
});

test('an old server that knows only HELO will do', async () => {
  const { sink, provider } = await setUp({ behaviour: ({ stage, argument }) => (stage === 'ehlo' && argument !== '' && sinkSawEhlo() ? { reply: '502 5.5.1 what?' } : null) });
  let hellos = 0;
  function sinkSawEhlo(): boolean {
    return ++hellos === 1;
  }
  expect(await provider.send(EXAMPLE_EMAIL)).toMatchObject({ kind: 'accepted' });
  expect(sink.count).toBe(1);
});

test('content arrives as it was written', async () => {
  const received: Buffer[] = [];
  const { provider } = await setUp({ onMessage: (_, raw) => void received.push(raw) });
  const text = '.\n..\n.x\n\n.\nend\n';
  await provider.send({ ...EXAMPLE_EMAIL, text, html: text });
  const { default: PostalMime } = await import('postal-mime');
  const mail = await PostalMime.parse(received[0] ?? Buffer.alloc(0));
  expect(mail.text?.replaceAll('\r\n', '\n').trimEnd()).toBe(text.trimEnd());
  expect(mail.html?.replaceAll('\r\n', '\n').trimEnd()).toBe(text.trimEnd());
});

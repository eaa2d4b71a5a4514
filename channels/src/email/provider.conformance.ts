import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmailProvider } from './email-provider.ts';
import { EXAMPLE_EMAIL } from './example-email.ts';
import type { OutgoingEmail, SendOutcome } from './outgoing-email.ts';

/** How the service behind a provider treats the next mails. */
export type ServiceMood =
  | 'accepting'
  | 'unreachable'
  /** Refuses the recipient for good, or for now. */
  | 'recipient-unknown'
  | 'recipient-deferred'
  | 'message-refused'
  /** Takes the mail and is gone before it says so. */
  | 'losing-answers'
  /** Goes away before the mail was handed over. */
  | 'losing-mails'
  | 'silent';

/** A provider together with a stand-in for its service. */
export interface ProviderHarness {
  readonly provider: EmailProvider;
  /** Message-IDs of the mails that the service took, in order. */
  readonly taken: readonly string[];
  setMood(mood: ServiceMood): Promise<void>;
  stop(): Promise<void>;
}

function email(number: number, change: Partial<OutgoingEmail> = {}): OutgoingEmail {
  return { ...EXAMPLE_EMAIL, messageId: `${number}@shop.example`, ...change };
}

function kinds(outcomes: readonly SendOutcome[]): string[] {
  return [...new Set(outcomes.map(({ kind }) => kind))];
}

/** What the sender relies on, for every provider alike. */
export function describeProvider(name: string, start: () => Promise<ProviderHarness>): void {
  describe(`${name} keeps the provider's promises`, () => {
    let harness: ProviderHarness;
    beforeEach(async () => {
      harness = await start();
    });
    afterEach(async () => {
      await harness.provider.close();
      await harness.stop();
    });

    test('every accepted mail arrives once', async () => {
      const outcomes = await Promise.all(Array.from({ length: 50 }, (_, number) => harness.provider.send(email(number))));
      expect(kinds(outcomes)).toEqual(['accepted']);
      expect([...harness.taken].sort()).toEqual(Array.from({ length: 50 }, (_, number) => `${number}@shop.example`).sort());
    });

    test('what cannot be a mail is refused without asking the service', async () => {
      const outcome = await harness.provider.send(email(1, { to: { name: null, address: 'nobody' } }));
      expect(outcome).toMatchObject({ kind: 'rejected', permanent: true, scope: 'recipient' });
      const other = await harness.provider.send(email(1, { messageId: 'a b' }));
      expect(other).toMatchObject({ kind: 'rejected', permanent: true, scope: 'message' });
      expect(harness.taken).toEqual([]);
    });

    test.each([
      ['recipient-unknown', { kind: 'rejected', permanent: true, scope: 'recipient' }],
      ['recipient-deferred', { kind: 'rejected', permanent: false, scope: 'recipient' }],
      ['message-refused', { kind: 'rejected', permanent: true, scope: 'message' }],
      ['unreachable', { kind: 'not-sent' }],
      ['losing-mails', { kind: 'not-sent' }],
      ['silent', { kind: 'not-sent' }],
    ] as const)('%s: the outcome says so and the next mail goes through', async (mood, expected) => {
      await harness.setMood(mood);
      expect(await harness.provider.send(email(1))).toMatchObject(expected);
      expect(harness.taken).toEqual([]);
      await harness.setMood('accepting');
      expect(await harness.provider.send(email(2))).toMatchObject({ kind: 'accepted' });
      expect(harness.taken).toEqual(['2@shop.example']);
    });

    test('an answer that was lost is unknown, and the mail was sent once', async () => {
      await harness.setMood('losing-answers');
      expect(await harness.provider.send(email(1))).toMatchObject({ kind: 'unknown' });
      expect(harness.taken).toEqual(['1@shop.example']);
    });

    test('closing waits for what is under way; later mails are not sent', async () => {
      const sending = harness.provider.send(email(1));
      const closing = [harness.provider.close(), harness.provider.close()];
      expect(await sending).toMatchObject({ kind: 'accepted' });
      await Promise.all(closing);
      expect(await harness.provider.send(email(2))).toMatchObject({ kind: 'not-sent' });
      expect(harness.taken).toEqual(['1@shop.example']);
    });

    test('it says how much it can do at once, and how long it may take', () => {
      expect(harness.provider.concurrency).toBeGreaterThan(0);
      expect(harness.provider.hardTimeoutMs).toBeGreaterThan(0);
      expect(harness.provider.name).toMatch(/^[a-z-]+$/);
    });
  });
}

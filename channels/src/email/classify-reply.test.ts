import { describe, expect, test } from 'vitest';
import { classifyReply } from './classify-reply.ts';
import type { SmtpStage } from './classify-reply.ts';
import { ReplyParser } from './smtp-reply.ts';

/** Answers as servers give them (Gmail, Outlook, Postfix, Exim, Yahoo), and what they are about. */
export const REFUSALS: readonly (readonly [SmtpStage, string, 'recipient' | 'sender' | 'message' | 'connection', 'permanent' | 'temporary'])[] = [
  ['connect', '554 5.7.1 Service unavailable; client host [192.0.2.1] blocked', 'connection', 'permanent'],
  ['connect', '421 4.7.0 Try again later', 'connection', 'temporary'],
  ['mail', '550 5.7.1 Sender rejected', 'sender', 'permanent'],
  ['mail', '553 5.1.8 Domain of sender address does not exist', 'sender', 'permanent'],
  ['mail', '452 4.3.1 Insufficient system storage', 'connection', 'temporary'],
  ['mail', '552 5.3.4 Message size exceeds fixed limit', 'message', 'permanent'],
  ['mail', '530 5.7.0 Must issue a STARTTLS command first', 'connection', 'permanent'],
  ['mail', '451 4.7.1 Please try again later', 'sender', 'temporary'],
  ['rcpt', '550 5.1.1 The email account that you tried to reach does not exist.', 'recipient', 'permanent'],
  ['rcpt', '550 5.4.1 Recipient address rejected: Access denied.', 'recipient', 'permanent'],
  ['rcpt', '550 5.5.0 Requested action not taken: mailbox unavailable', 'recipient', 'permanent'],
  ['rcpt', '550 5.2.1 The email account that you tried to reach is disabled.', 'recipient', 'permanent'],
  ['rcpt', '552 5.2.2 The email account that you tried to reach is over quota', 'recipient', 'temporary'],
  ['rcpt', '452 4.2.2 The email account that you tried to reach is over quota', 'recipient', 'temporary'],
  ['rcpt', '552 Mailbox full', 'recipient', 'temporary'],
  ['rcpt', '450 4.2.0 <ann@example.com>: Recipient address rejected: Greylisted', 'recipient', 'temporary'],
  ['rcpt', '450 4.7.1 Greylisting in action, please come back later', 'recipient', 'temporary'],
  ['rcpt', '451 Greylisted, try again in 300 seconds', 'recipient', 'temporary'],
  ['rcpt', '550 No such user here', 'recipient', 'permanent'],
  ['rcpt', '554 delivery error: dd This user doesn’t have a yahoo.com account', 'recipient', 'permanent'],
  ['rcpt', '550 relaying denied', 'sender', 'permanent'],
  ['rcpt', '554 5.7.1 <ann@example.com>: Relay access denied', 'sender', 'permanent'],
  ['rcpt', '550 5.7.1 Service unavailable, Client host blocked using Spamhaus', 'sender', 'permanent'],
  ['rcpt', '550 5.7.13 User account disabled', 'recipient', 'permanent'],
  ['rcpt', '504 5.5.2 <ann>: Recipient address rejected: need fully-qualified address', 'recipient', 'permanent'],
  ['rcpt', '503 5.5.1 Error: need MAIL command', 'connection', 'permanent'],
  ['rcpt', '421 4.3.2 Service shutting down', 'connection', 'temporary'],
  ['rcpt', '550 5.1.8 Sender address rejected', 'sender', 'permanent'],
  ['data', '451 4.3.0 Temporary failure', 'connection', 'temporary'],
  ['data', '554 no valid recipients', 'message', 'permanent'],
  ['content', '552 5.3.4 Message too big for system', 'message', 'permanent'],
  ['content', '550 5.7.1 Our system has detected that this message is likely unsolicited mail.', 'message', 'permanent'],
  ['content', '550 5.7.26 This mail has been blocked because the sender is unauthenticated.', 'sender', 'permanent'],
  ['content', '550 5.7.28 Unusual rate of unsolicited mail from your IP address', 'sender', 'permanent'],
  ['content', '550 5.1.1 User unknown', 'recipient', 'permanent'],
  ['content', '554 Message rejected', 'message', 'permanent'],
  ['content', '451 4.7.1 Please try again later', 'message', 'temporary'],
  ['content', '550 5.6.0 Message contains bad characters', 'message', 'permanent'],
];

test.each(REFUSALS)('%s: %s is about the %s, %s', (stage, line, scope, lasting) => {
  const [reply] = new ReplyParser().push(`${line}\r\n`) ?? [];
  if (reply === undefined) throw new Error('no answer');
  expect(classifyReply(stage, reply)).toMatchObject({ kind: 'rejected', scope, permanent: lasting === 'permanent', response: line });
});

describe('ReplyParser', () => {
  test('takes answers in any pieces', () => {
    const text = '250-one\r\n250-2.1.0 two\r\n250 three\r\n354\r\n550 5.1.1 no\n';
    for (let size = 1; size < text.length; size++) {
      const parser = new ReplyParser();
      const replies = [];
      for (let at = 0; at < text.length; at += size) replies.push(...(parser.push(text.slice(at, at + size)) ?? []));
      expect(replies).toEqual([
        { code: 250, enhancedCode: null, lines: ['one', '2.1.0 two', 'three'] },
        { code: 354, enhancedCode: null, lines: [''] },
        { code: 550, enhancedCode: '5.1.1', lines: ['5.1.1 no'] },
      ]);
      expect(parser.isPartial).toBe(false);
    }
  });

  test.each(['hello\r\n', '25\r\n', '2500 x\r\n', '250-a\r\n251 b\r\n', '999 x\r\n', `250 ${'x'.repeat(5_000)}`, '250-x\r\n'.repeat(200), '<html>\n'])('refuses %j', (text) => {
    expect(new ReplyParser().push(text)).toBeNull();
  });

  test('knows an answer that has not ended', () => {
    const parser = new ReplyParser();
    parser.push('250-a\r\n');
    expect(parser.isPartial).toBe(true);
  });

  test('an enhanced code of another class is none', () => {
    expect(new ReplyParser().push('450 5.1.1 x\r\n')?.[0]?.enhancedCode).toBeNull();
  });
});

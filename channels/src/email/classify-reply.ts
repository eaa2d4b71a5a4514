import type { RejectionScope, SendOutcome } from './outgoing-email.ts';
import { replyText } from './smtp-reply.ts';
import type { SmtpReply } from './smtp-reply.ts';

/** The command that a refusal answers; `content` is the end of the message itself. */
export type SmtpStage = 'connect' | 'mail' | 'rcpt' | 'data' | 'content';

export type Rejection = Extract<SendOutcome, { readonly kind: 'rejected' }>;

/** Whom a refusal is about when nothing else tells. */
const SCOPE_BY_STAGE: Readonly<Record<SmtpStage, RejectionScope>> = {
  connect: 'connection',
  mail: 'sender',
  rcpt: 'recipient',
  data: 'message',
  content: 'message',
};

interface Rule {
  /** Codes of the form `class.subject.detail`, without the class. */
  readonly enhanced: RegExp;
  readonly scope: RejectionScope;
  /** Stages to which the rule is limited. */
  readonly stages?: readonly SmtpStage[];
  /** The answer is not final, whatever its code says. */
  readonly passes?: true;
  /** Limits the rule to final answers. */
  readonly permanentOnly?: true;
}

/**
 * What RFC 3463's codes (and the IANA registry) say about whom; the first that fits counts. It is better to call an
 * address good that is not than the other way round: only `recipient` has an address suppressed.
 */
const RULES: readonly Rule[] = [
  { enhanced: /^1\.[78]$/, scope: 'sender' }, // bad sender's address
  { enhanced: /^1\.(0|1|2|3|4|5|6|9|10)$/, scope: 'recipient' },
  { enhanced: /^2\.2$/, scope: 'recipient', passes: true }, // mailbox full: it may be emptied
  { enhanced: /^2\.3$/, scope: 'message' }, // too long for this mailbox
  { enhanced: /^2\./, scope: 'recipient' },
  { enhanced: /^3\.4$/, scope: 'message' }, // too big
  { enhanced: /^3\./, scope: 'connection' }, // the mail system: full, shutting down
  { enhanced: /^4\.1$/, scope: 'recipient', stages: ['rcpt'], permanentOnly: true }, // Microsoft's word for an unknown mailbox
  { enhanced: /^6\./, scope: 'message' },
  { enhanced: /^7\.(13|17|18)$/, scope: 'recipient' }, // mailbox disabled, or in other hands
  { enhanced: /^7\.(20|21|22|23|24|25|26|27|28|29)$/, scope: 'sender' }, // DKIM, SPF, reverse DNS, sender's domain, flood
  { enhanced: /^7\./, scope: 'sender', stages: ['rcpt'], permanentOnly: true }, // relaying, blocklists
];

/** Words that show a refusal of the recipient to be about us; for servers without better codes. */
const POLICY_WORDS = /relay|spam|block|blacklist|denied|reputation|policy|\bspf\b|dkim|dmarc|\brbl\b|authenti|banned|listed|prohibited|unsolicited/i;
const FULL_WORDS = /\bfull\b|quota|storage|over.?limit/i;

/** Tells what a refusal means. */
export function classifyReply(stage: SmtpStage, reply: SmtpReply): Rejection {
  const { scope, isFinal } = meaningOf(stage, reply);
  return { kind: 'rejected', permanent: isFinal, code: reply.code, enhancedCode: reply.enhancedCode, response: replyText(reply), scope };
}

interface Meaning {
  readonly scope: RejectionScope;
  readonly isFinal: boolean;
}

function meaningOf(stage: SmtpStage, reply: SmtpReply): Meaning {
  const isFinal = reply.code >= 500;
  if (reply.code === 421 || stage === 'connect') return { scope: 'connection', isFinal };
  // Not understood, out of order, or not allowed before authentication: about how we speak, not about the mail.
  if (reply.code <= 503 && reply.code >= 500) return { scope: 'connection', isFinal };
  if ([530, 534, 535, 538].includes(reply.code)) return { scope: 'connection', isFinal };

  const detail = reply.enhancedCode?.slice(2) ?? '0.0';
  const rule = RULES.find(({ enhanced, stages, permanentOnly }) => enhanced.test(detail) && (stages?.includes(stage) ?? true) && (permanentOnly !== true || isFinal));
  if (rule !== undefined) return { scope: rule.scope, isFinal: isFinal && rule.passes !== true };
  return meaningOfWords(stage, reply, isFinal);
}

function meaningOfWords(stage: SmtpStage, reply: SmtpReply, isFinal: boolean): Meaning {
  const text = reply.lines.join(' ');
  if (stage === 'rcpt' && isFinal) {
    if (reply.code === 552 || FULL_WORDS.test(text)) return { scope: 'recipient', isFinal: false };
    if (POLICY_WORDS.test(text)) return { scope: 'sender', isFinal };
  }
  return { scope: SCOPE_BY_STAGE[stage], isFinal };
}

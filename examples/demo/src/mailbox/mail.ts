import PostalMime from 'postal-mime';

/** A mail as it arrived. */
export interface Mail {
  /** Counts up from 1. */
  readonly number: number;
  /** Without <>. */
  readonly messageId: string;
  readonly to: string;
  readonly toName: string;
  readonly from: string;
  readonly subject: string;
  /** By its own Date header: the virtual clock. */
  readonly date: number;
  readonly html: string;
  readonly text: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** From `Feedback-ID`, which marketing bears. */
  readonly journey: string | null;
  readonly step: string | null;
  /** From `List-Unsubscribe`. */
  readonly unsubscribeUrl: string | null;
}

/** Takes a mail apart. */
export async function parseMail(number: number, recipient: string, raw: Buffer): Promise<Mail> {
  const parsed = await PostalMime.parse(raw);
  const header = (name: string): string => parsed.headers.find((one) => one.key === name)?.value ?? '';
  const [step = null, journey = null] = header('feedback-id') === '' ? [] : header('feedback-id').split(':');
  return {
    number,
    messageId: (parsed.messageId ?? '').replace(/^<|>$/g, ''),
    to: recipient.toLowerCase(),
    toName: parsed.to?.[0]?.name ?? '',
    from: parsed.from?.name ?? parsed.from?.address ?? '',
    subject: parsed.subject ?? '',
    date: Date.parse(parsed.date ?? ''),
    html: parsed.html ?? '',
    text: parsed.text ?? '',
    headers: parsed.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    journey, step,
    unsubscribeUrl: /<(https?:[^>]+)>/.exec(header('list-unsubscribe'))?.[1] ?? null,
  };
}

/** The addresses that a mail's links lead to, in their order. */
export function linksOf(html: string): string[] {
  return [...html.matchAll(/<a\b[^>]*?\bhref="([^"]+)"/gi)].map(([, href = '']) => decode(href));
}

/** The addresses of a mail's pictures. */
export function picturesOf(html: string): string[] {
  return [...html.matchAll(/<img\b[^>]*?\bsrc="([^"]+)"/gi)].map(([, src = '']) => decode(src));
}

const decode = (attribute: string): string => attribute.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

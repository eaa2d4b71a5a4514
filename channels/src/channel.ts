import { ChannelConfigError } from './email/channel-config-error.ts';
import type { DkimSigner } from './email/dkim.ts';
import type { EmailProvider } from './email/email-provider.ts';
import { SmtpProvider } from './email/smtp-provider.ts';
import { parseSmtpUrl } from './email/smtp-url.ts';

export interface EmailProviderOptions {
  /** Every mail is signed by each of them. */
  readonly dkim?: readonly DkimSigner[];
  /** PEM of authorities to trust instead of the usual ones. */
  readonly ca?: string | null;
}

interface EmailProviderKind {
  readonly schemes: readonly string[];
  create(url: string, options: EmailProviderOptions): EmailProvider;
}

/** All providers there are; the only place beside its own file where a provider has a name. */
const EMAIL_PROVIDERS: readonly EmailProviderKind[] = [
  { schemes: ['smtp', 'smtps'], create: (url, options) => new SmtpProvider(parseSmtpUrl(url), options) },
];

/** Makes the provider that a URL names. Throws {@link ChannelConfigError}; no connection is made yet. */
export function createEmailProvider(url: string, options: EmailProviderOptions = {}): EmailProvider {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  const kind = EMAIL_PROVIDERS.find(({ schemes }) => schemes.includes(scheme));
  if (kind === undefined) {
    const known = EMAIL_PROVIDERS.flatMap(({ schemes }) => schemes).map((name) => `${name}://`);
    throw new ChannelConfigError('channel_url_invalid', `No provider for mails has URLs that begin with “${scheme}:”.`, `URLs begin with one of: ${known.join(', ')}.`);
  }
  return kind.create(url, options);
}

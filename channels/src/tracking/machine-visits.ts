/**
 * Opens and clicks by machines. Each rule says where it is known from; none is certain, so a rule is there only when
 * people do not look like it.
 */
export interface MachineRule {
  readonly reason: string;
  readonly kinds: readonly ('open' | 'click')[];
  readonly userAgent: RegExp;
  readonly source: string;
}

export const MACHINE_RULES: readonly MachineRule[] = [
  {
    reason: 'apple-privacy-proxy',
    kinds: ['open'],
    userAgent: /^Mozilla\/5\.0$/,
    source: 'Mail Privacy Protection (iOS 15, macOS 12, 2021) fetches all images ahead with the bare user agent “Mozilla/5.0”; support.apple.com “Use Mail Privacy Protection”, help.socketlabs.com “Identifying Apple MPP opens”.',
  },
  {
    reason: 'google-prefetch',
    kinds: ['open'],
    userAgent: /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246 Mozilla\/5\.0$/,
    source: 'Gmail fetching ahead with a fixed, ancient browser; reported alike by several senders since 2021. What comes through ggpht.com GoogleImageProxy is fetched when somebody opens the mail, and counts as a person.',
  },
  {
    reason: 'security-scanner',
    kinds: ['open', 'click'],
    userAgent: /barracuda|proofpoint|mimecast|ironport|ciscosecureemail|fireeye|trendmicro|\btmes\b|symantec|messagelabs|sophos|fortiguard|fortimail|forcepoint|zscaler|vadesecure|trustwave|safelinks|google-safety|clamav/i,
    source: 'Mail gateways that name themselves in their user agents; makers’ documentation. Antivirus names are left out: browsers of the same makers carry them, with people before them.',
  },
  {
    reason: 'link-preview',
    kinds: ['open', 'click'],
    userAgent: /slackbot|twitterbot|facebookexternalhit|linkedinbot|whatsapp\/|telegrambot|discordbot|skypeuripreview|applebot|bingpreview|pinterestbot|redditbot|embedly|iframely/i,
    source: 'Fetchers of previews, each documented by its maker.',
  },
  {
    reason: 'program',
    kinds: ['open', 'click'],
    userAgent: /\b(bot|crawler|spider|scanner|fetcher|monitor(ing)?|checker|validator|archiver)\b|bot\/|headlesschrome|phantomjs|puppeteer|playwright|selenium|^(curl|wget|python|java|okhttp|go-http-client|node|axios|undici|ruby|perl|libwww|php|guzzle|apache-httpclient|winhttp|powershell|httpie|postman)/i,
    source: 'Libraries and programs by their default user agents, and the words by which robots name themselves (RFC 9309 practice).',
  },
];

/** Networks from which only machines fetch. */
export interface MachineNetwork {
  readonly reason: string;
  readonly kinds: readonly ('open' | 'click')[];
  /** The octets that matter, and how many bits of them. */
  readonly octets: string;
  readonly bits: number;
  readonly source: string;
}

export const MACHINE_NETWORKS: readonly MachineNetwork[] = [
  { reason: 'apple-privacy-proxy', kinds: ['open'], octets: '17', bits: 8, source: 'Apple’s own network (ARIN); other exits of the proxy are rented and carry the bare user agent.' },
  { reason: 'security-scanner', kinds: ['open', 'click'], octets: '64.235.144', bits: 20, source: 'Barracuda Networks, Email Security Service; campus.barracuda.com “IP ranges”.' },
  { reason: 'security-scanner', kinds: ['open', 'click'], octets: '209.222.80', bits: 21, source: 'Barracuda Networks, Email Security Service; campus.barracuda.com “IP ranges”.' },
];

/** From delivery to a visit nobody is faster: the mail must be fetched, seen, opened (and read). */
export const FASTEST_PERSON_MS = { open: 1_000, click: 2_000 } as const;

/** What a person reads mail with, as seen from the outside: by what fetches the pictures and follows the links. */
export interface MailClient {
  readonly name: 'apple-privacy' | 'gmail' | 'outlook' | 'phone' | 'yahoo' | 'no-images';
  /** What fetches the pictures; null: nothing does. */
  readonly imageAgent: string | null;
  /** A machine fetches the pictures when the mail arrives, whether or not anybody ever reads it. */
  readonly prefetches: boolean;
  /** A gateway follows every link within seconds, in search of malice. */
  readonly scanner: string | null;
}

const plain = (name: MailClient['name'], imageAgent: string | null): MailClient => ({ name, imageAgent, prefetches: false, scanner: null });

const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const OUTLOOK = 'Mozilla/4.0 (compatible; ms-office; MSOffice 16)';
const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';
const YAHOO = 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html';
/** Apple's proxy names nothing else. */
const APPLE = 'Mozilla/5.0';
const SCANNER = 'Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.150 Safari/537.36 BarracudaCentral';

/** Mail programs and how many people use them. */
export const MAIL_CLIENTS: readonly [readonly [MailClient, number], ...(readonly [MailClient, number])[]] = [
  [plain('gmail', GMAIL), 34],
  [{ name: 'apple-privacy', imageAgent: APPLE, prefetches: true, scanner: null }, 30],
  [plain('phone', PHONE), 16],
  [plain('outlook', OUTLOOK), 6],
  [{ name: 'outlook', imageAgent: OUTLOOK, prefetches: false, scanner: SCANNER }, 4],
  [plain('yahoo', YAHOO), 5],
  [plain('no-images', null), 5],
];

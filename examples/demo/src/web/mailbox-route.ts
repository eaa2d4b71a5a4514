import type { ServerResponse } from 'node:http';
import type { Mail } from '../mailbox/mail.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';

/** Mails in one answer. */
const LIST_LIMIT = 100;

/** A mail may not run anything, fetch anything or reach its surroundings; its links open in a window of their own. */
const MAIL_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** The smallest transparent GIF. */
const NO_PICTURE = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' };

/** `/mailbox/list?search=`, `/mailbox/NUMBER`, `/mailbox/NUMBER/html`. */
export function mailboxRoute(url: URL, response: ServerResponse, mailbox: Mailbox): void {
  const [, , name = '', part = ''] = url.pathname.split('/');
  if (name === 'list') {
    const mails = mailbox.list(url.searchParams.get('search') ?? '', LIST_LIMIT).map(summaryOf);
    return json(response, { count: mailbox.count, mails });
  }
  const mail = /^\d{1,9}$/.test(name) ? mailbox.find(Number(name)) : undefined;
  if (mail === undefined) return void response.writeHead(404, HEADERS).end('This mail is not here.\n');
  if (part === 'html') {
    response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': MAIL_POLICY });
    return void response.end(forLooking(mail.html));
  }
  return json(response, { ...summaryOf(mail), from: mail.from, text: mail.text, headers: mail.headers });
}

/** Links of the mail open beside the mailbox instead of inside its frame, and pictures are left out, so that nobody seems to have opened it. */
function forLooking(html: string): string {
  return html.replace(/<head\b[^>]*>/i, (head) => `${head}<base target="_blank">`).replace(/(<img\b[^>]*?\bsrc=")https?:[^"]*/gi, `$1${NO_PICTURE}`);
}

function summaryOf({ number, to, toName, subject, date, journey, step }: Mail): object {
  return { number, to, toName, subject, date, journey, step };
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { ...HEADERS, 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

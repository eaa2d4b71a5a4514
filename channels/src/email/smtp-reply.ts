/** A server's answer, all lines of it. */
export interface SmtpReply {
  readonly code: number;
  /** RFC 3463, such as `5.1.1`; null when the server gives none. */
  readonly enhancedCode: string | null;
  /** The texts of the lines, without codes. */
  readonly lines: readonly string[];
}

/** RFC 5321 §4.5.3.1.5 says 512; some servers are talkative. */
const LINE_LIMIT_BYTES = 4_096;
const LINES_LIMIT = 128;

/** Cuts what a server sends into answers. After null from `push` nothing more can be made of the connection. */
export class ReplyParser {
  #rest = '';
  #code = 0;
  #lines: string[] = [];

  /** True when an answer has begun and not ended. */
  get isPartial(): boolean {
    return this.#rest !== '' || this.#lines.length > 0;
  }

  push(text: string): SmtpReply[] | null {
    const replies: SmtpReply[] = [];
    let rest = this.#rest + text;
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      const line = rest.slice(0, rest[end - 1] === '\r' ? end - 1 : end);
      rest = rest.slice(end + 1);
      const reply = this.#line(line);
      if (reply === null) return null;
      if (reply !== undefined) replies.push(reply);
    }
    if (rest.length > LINE_LIMIT_BYTES) return null;
    this.#rest = rest;
    return replies;
  }

  /** Null: not SMTP. Undefined: more lines follow. */
  #line(line: string): SmtpReply | null | undefined {
    const match = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line);
    if (match === null || line.length > LINE_LIMIT_BYTES) return null;
    const code = Number(match[1]);
    if (this.#lines.length > 0 && code !== this.#code) return null;
    this.#code = code;
    this.#lines.push(match[3] ?? '');
    if (this.#lines.length > LINES_LIMIT) return null;
    if (match[2] === '-') return undefined;
    const lines = this.#lines;
    this.#lines = [];
    return { code, enhancedCode: enhancedCodeOf(code, lines[0] ?? ''), lines };
  }
}

function enhancedCodeOf(code: number, text: string): string | null {
  const found = /^([245])\.\d{1,3}\.\d{1,3}(?=\s|$)/.exec(text);
  return found !== null && Number(found[1]) === Math.floor(code / 100) ? found[0] : null;
}

/** The answer in one line, for people; as long as is worth keeping. */
export function replyText(reply: SmtpReply): string {
  return `${reply.code} ${reply.lines.join(' ')}`.replace(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, 500);
}

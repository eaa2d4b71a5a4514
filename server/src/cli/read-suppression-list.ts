/** One line of a list of addresses that must not be written to. */
export interface SuppressionLine {
  address?: string;
  sha256?: string;
  reason: string;
  at?: string;
}

export interface BadLine {
  line: number;
  text: string;
  why: string;
}

const HEADER = /^(address|email|sha256)(,reason)?(,at)?$/i;
const ADDRESS = /^[^\s@,]+@[^\s@,]+\.[^\s@,.]{2,}$/;
const REASON_LENGTH_LIMIT = 200;

/**
 * Reads a list, one address or SHA-256 a line, with a reason and a time behind commas where they are known. Empty lines,
 * a header and lines that begin with # say nothing.
 */
export function readSuppressionList(text: string): { lines: SuppressionLine[]; bad: BadLine[] } {
  const lines: SuppressionLine[] = [];
  const bad: BadLine[] = [];
  text.replace(/^\uFEFF/, '').split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || (lines.length === 0 && bad.length === 0 && HEADER.test(line))) return;
    const read = readLine(line);
    if (typeof read === 'string') bad.push({ line: index + 1, text: line.slice(0, 80), why: read });
    else lines.push(read);
  });
  return { lines, bad };
}

function readLine(line: string): SuppressionLine | string {
  const [who = '', reason = '', at = '', ...more] = line.split(',').map((cell) => cell.trim());
  if (more.length > 0) return 'more than an address, a reason and a time';
  if (reason.length > REASON_LENGTH_LIMIT) return `a reason longer than ${REASON_LENGTH_LIMIT} characters`;
  const time = at === '' ? null : new Date(at);
  if (time !== null && (Number.isNaN(time.getTime()) || !/^\d{4}-/.test(at))) return `\`${at}\` is no time; write 2026-03-01T12:00:00Z`;
  const rest = { reason: reason === '' ? 'manual' : reason, ...(time === null ? {} : { at: time.toISOString() }) };
  if (/^[0-9a-f]{64}$/i.test(who)) return { sha256: who.toLowerCase(), ...rest };
  return ADDRESS.test(who) && who.length <= 320 ? { address: who, ...rest } : 'neither an e-mail address nor a SHA-256';
}

import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { EVENT_LIMITS } from '@samovar/contract';
import { TrackingProblem } from './problem.ts';

/** Unpacked size of a request. */
export const BODY_LIMIT_BYTES = EVENT_LIMITS.maxBatchBytes;

const unpackOptions = { maxOutputLength: BODY_LIMIT_BYTES };
const unpackers = { gzip: promisify(gunzip), deflate: promisify(inflate), br: promisify(brotliDecompress) } as const;

/** Types under which known libraries send JSON: browsers use text/plain to avoid a preflight, RudderStack's Node library a form's. */
const ACCEPTED_TYPES = new Set(['application/json', 'text/plain', 'text/json', 'application/x-www-form-urlencoded', 'application/octet-stream', 'application/gzip', '']);

function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b && body[2] === 0x08;
}

/** What the body says of itself counts more than its label: gzip is sent unlabelled and JSON labelled as gzip. */
function packingOf(body: Buffer, label: string): keyof typeof unpackers | null {
  if (isGzip(body)) return 'gzip';
  switch (label.trim().toLowerCase()) {
    case '': case 'identity': case 'gzip': case 'x-gzip': return null;
    case 'deflate': return 'deflate';
    case 'br': return 'br';
    default: throw new TrackingProblem('unsupported_media_type', `The content encoding «${label}» is not known; send gzip, deflate, br or none.`);
  }
}

function tooLarge(): TrackingProblem {
  return new TrackingProblem('payload_too_large', `A request may have ${BODY_LIMIT_BYTES} bytes, unpacked. Send smaller batches.`);
}

async function unpack(body: Buffer, packing: keyof typeof unpackers): Promise<Buffer> {
  try {
    return await unpackers[packing](body, unpackOptions);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new TrackingProblem('bad_json', `The body cannot be unpacked as ${packing}.`);
  }
}

/** Refuses what cannot be JSON by its own account. */
export function checkContentType(contentType: string | undefined): void {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!ACCEPTED_TYPES.has(type)) throw new TrackingProblem('unsupported_media_type', `The content type «${type}» is not accepted; send application/json.`);
}

const BYTE_ORDER_MARK = 0xfeff;

function parseText(body: Buffer): unknown {
  if (body.length > BODY_LIMIT_BYTES) throw tooLarge();
  const text = body.toString('utf8');
  try {
    return JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
  } catch (error) {
    if (text.trim() === '') throw new TrackingProblem('bad_json', 'The body is empty; send a JSON object.');
    throw new TrackingProblem('bad_json', `The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The JSON of a request, whatever packing and content type its sender chose. At once where nothing is packed, which is the usual. */
export function parseBody(body: Buffer, contentEncoding: string | undefined): unknown {
  const packing = packingOf(body, contentEncoding ?? '');
  return packing === null ? parseText(body) : unpack(body, packing).then(parseText);
}

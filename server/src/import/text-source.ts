import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { ImportError } from './import-error.ts';

/** Large enough that reading costs nothing, small enough that a hundred imports fit into memory. */
const CHUNK_BYTES = 256 * 1024;

export interface TextSource {
  chunks: AsyncIterable<string>;
  /** Of the file as it lies on the disk, packed or not. */
  bytesTotal: number;
  bytesRead: () => number;
}

function unreadable(file: string, error: unknown): ImportError {
  return new ImportError('import_file_unreadable', `«${file}» cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}

/** Opens a file, packed by gzip or not, as text. A byte order mark is taken off; bytes that are no UTF-8 become U+FFFD. */
export async function openText(file: string, encoding: 'utf-8' | 'latin1'): Promise<TextSource> {
  try {
    const { size } = await stat(file);
    const packed = await isGzip(file);
    const raw = createReadStream(file, { highWaterMark: CHUNK_BYTES });
    // An error that comes while nobody reads is kept by the stream for its reader; unheard it would end the process.
    const bytes = packed ? pipeline(raw, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : raw.on('error', () => {});
    return { chunks: decode(file, bytes, encoding), bytesTotal: size, bytesRead: () => raw.bytesRead };
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function* decode(file: string, bytes: AsyncIterable<Buffer>, encoding: 'utf-8' | 'latin1'): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding === 'latin1' ? 'windows-1252' : 'utf-8');
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  } catch (error) {
    throw unreadable(file, error);
  }
  yield decoder.decode();
}

/** SHA-256 of a file's bytes: the same file is the same import, whatever it is called. */
export async function digestFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) hash.update(chunk as Buffer);
  } catch (error) {
    throw unreadable(file, error);
  }
  return hash.digest('hex');
}

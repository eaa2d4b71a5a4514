import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { WriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const FLUSH_CHARS = 262_144;

/** Lines that go into a hash, and into a file where one is wanted. */
class LineSink {
  readonly #hash: Hash = createHash('sha256');
  readonly #stream: WriteStream | null;
  #text = '';
  #failure: Error | null = null;

  constructor(path: string | null) {
    this.#stream = path === null ? null : createWriteStream(path);
    this.#stream?.on('error', (error) => { this.#failure = error; });
  }

  write(line: string): void {
    this.#text += line;
    this.#text += '\n';
    if (this.#text.length >= FLUSH_CHARS) this.#flush();
  }

  /** Waits while the disk is slower than the replay. */
  async drain(): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    if (this.#stream?.writableNeedDrain === true) await once(this.#stream, 'drain');
  }

  async end(): Promise<string> {
    this.#flush();
    if (this.#stream !== null) {
      if (this.#failure !== null) throw this.#failure;
      this.#stream.end();
      await finished(this.#stream);
    }
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#text);
    this.#stream?.write(this.#text);
    this.#text = '';
  }
}

/** Everything that a replay writes: byte for byte the same for the same input. */
export class ReplayOutput {
  readonly #directory: string | null;
  readonly #decisions: LineSink;
  readonly #messages: LineSink;

  private constructor(directory: string | null) {
    this.#directory = directory;
    const path = (name: string): string | null => (directory === null ? null : join(directory, name));
    this.#decisions = new LineSink(path('decisions.ndjson'));
    this.#messages = new LineSink(path('messages.ndjson'));
  }

  static async open(directory: string | null): Promise<ReplayOutput> {
    if (directory !== null) await mkdir(directory, { recursive: true });
    return new ReplayOutput(directory);
  }

  decision(line: object): void {
    this.#decisions.write(JSON.stringify(line));
  }

  message(line: object): void {
    this.#messages.write(JSON.stringify(line));
  }

  async drain(): Promise<void> {
    await this.#decisions.drain();
    await this.#messages.drain();
  }

  /** Writes the report and answers with one hash over all three files: that of their checksums as `sha256sum` prints them. */
  async end(report: object): Promise<string> {
    const text = `${JSON.stringify(report, null, 2)}\n`;
    if (this.#directory !== null) await writeFile(join(this.#directory, 'report.json'), text);
    const sums = [
      `${await this.#decisions.end()}  decisions.ndjson`, `${await this.#messages.end()}  messages.ndjson`,
      `${createHash('sha256').update(text).digest('hex')}  report.json`,
    ];
    return createHash('sha256').update(`${sums.join('\n')}\n`).digest('hex');
  }

  /** Closes what was begun, when the replay has to begin again. */
  async abandon(): Promise<void> {
    await this.#decisions.end();
    await this.#messages.end();
  }
}

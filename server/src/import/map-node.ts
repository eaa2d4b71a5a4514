import { LineCounter, isMap, isPair, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { ImportError } from './import-error.ts';

type Path = (string | number)[];

/** Reads a YAML mapping key by key, complaining with the line about what is missing, unknown or of a wrong kind. */
export class MapNode {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #file: string;
  readonly path: Path;
  readonly value: unknown;

  private constructor(document: Document, lines: LineCounter, file: string, path: Path, value: unknown) {
    this.#document = document;
    this.#lines = lines;
    this.#file = file;
    this.path = path;
    this.value = value;
  }

  static parse(text: string, file: string): MapNode {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) throw new ImportError('import_map_invalid', `${file}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
    return new MapNode(document, lines, file, [], document.toJS());
  }

  fail(message: string): never {
    throw new ImportError('import_map_invalid', `${this.#file}:${this.#line()}: ${message}`);
  }

  /** The line of the key of this node, or of its nearest parent that is there. */
  #line(): number {
    for (let path = this.path; path.length > 0; path = path.slice(0, -1)) {
      const parent = this.#document.getIn(path.slice(0, -1), true);
      const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1)) : undefined;
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return this.#lines.linePos(pair.key.range[0]).line;
    }
    return 1;
  }

  get label(): string {
    return this.path.length === 0 ? 'the file' : `«${this.path.join(' → ')}»`;
  }

  #child(key: string, value: unknown): MapNode {
    return new MapNode(this.#document, this.#lines, this.#file, [...this.path, key], value);
  }

  get isObject(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  entries(): [string, MapNode][] {
    if (!this.isObject) this.fail(`${this.label} must be a mapping of names to columns.`);
    return Object.entries(this.value as Record<string, unknown>).map(([key, value]) => [key, this.#child(key, value)]);
  }

  get(key: string): MapNode | null {
    const found = this.entries().find(([name]) => name === key);
    return found === undefined || found[1].value === null ? null : found[1];
  }

  need(key: string): MapNode {
    return this.get(key) ?? this.fail(`${this.label} needs «${key}».`);
  }

  /** Refuses keys that nobody reads, which are mistakes in writing. */
  only(...keys: string[]): this {
    for (const [key, node] of this.entries()) {
      if (!keys.includes(key)) node.fail(`«${key}» is not known here; ${this.label} may have: ${keys.join(', ')}.`);
    }
    return this;
  }

  text(): string {
    return typeof this.value === 'string' && this.value !== '' ? this.value : this.fail(`${this.label} must be text.`);
  }

  oneOf<T extends string>(...choices: T[]): T {
    return choices.find((choice) => choice === this.value) ?? this.fail(`${this.label} must be one of: ${choices.join(', ')}.`);
  }
}

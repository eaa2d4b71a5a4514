import type { SourceFile } from './source-file.ts';

/** One thing that is not as the conventions want it, said so that the reader knows what to do instead. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** A convention that a machine can check. It sees the whole tree at once and reports, never repairs. */
export interface Rule {
  readonly name: string;
  check(files: readonly SourceFile[]): Finding[];
}

/** What a command may touch besides files and the network; a test gives its own. */
export interface CliIo {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  out(text: string): void;
  err(text: string): void;
  /** Whether a person sits in front of it. */
  interactive: boolean;
  /** Whether colours are understood. */
  colour: boolean;
  /** Asks the person a question; only where `interactive`. */
  ask(question: string): Promise<string>;
  /** Resolves with the name of the signal that asks the program to end. */
  interrupted(): Promise<string>;
  /** Ends the program at once, whatever is under way. */
  exit(code: number): void;
}

export type Paint = Record<'bold' | 'dim' | 'red' | 'green' | 'yellow', (text: string) => string>;

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Colours for a terminal that has them; plain text elsewhere. */
export function paintFor({ colour }: Pick<CliIo, 'colour'>): Paint {
  const wrap = ([on, off]: readonly [number, number]) => (text: string): string => (colour ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  return { bold: wrap(CODES.bold), dim: wrap(CODES.dim), red: wrap(CODES.red), green: wrap(CODES.green), yellow: wrap(CODES.yellow) };
}

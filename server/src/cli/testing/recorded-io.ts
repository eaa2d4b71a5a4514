import type { CliIo } from '../cli-io.ts';

/** A terminal without a terminal: keeps what is written and answers from a list. */
export interface RecordedIo extends CliIo {
  readonly written: { out: string; err: string; asked: string[] };
}

export function recordedIo(cwd: string, { env = {}, answers }: { env?: CliIo['env']; answers?: readonly string[] } = {}): RecordedIo {
  const written: RecordedIo['written'] = { out: '', err: '', asked: [] };
  const left = [...(answers ?? [])];
  return {
    written, env, cwd, interactive: answers !== undefined, colour: false,
    out: (text) => { written.out += text; },
    err: (text) => { written.err += text; },
    ask: (question) => {
      written.asked.push(question);
      return Promise.resolve(left.shift() ?? '');
    },
    interrupted: () => new Promise(() => {}), exit: () => {},
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROCESS = fileURLToPath(new URL('sink-process.ts', import.meta.url));

export interface BenchSink {
  url: string;
  /** When mails to `watched-…` addresses came in. */
  watched(): Promise<Map<string, number>>;
  count(): Promise<number>;
  stop(): void;
}

/** Starts a mail server in a process of its own. */
export async function startBenchSink(): Promise<BenchSink> {
  const child = fork(PROCESS, { execArgv: ['--import', 'tsx'] });
  const answer = async <T>(): Promise<T> => ((await once(child, 'message')) as [T])[0];
  const { url } = await answer<{ url: string }>();
  return {
    url,
    watched: async () => {
      child.send('watched');
      return new Map((await answer<{ watched: [string, number][] }>()).watched);
    },
    count: async () => {
      child.send('count');
      return (await answer<{ count: number }>()).count;
    },
    stop: () => void child.kill(),
  };
}

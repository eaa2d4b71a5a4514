import { createInterface } from 'node:readline/promises';
import type { CliIo } from './cli-io.ts';
import { main } from './main.ts';

/** Runs the command line of this process and leaves its exit code. */
export async function runProgram(): Promise<void> {
  // `samovar … | head` closes the pipe early; that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  process.exitCode = await main(process.argv.slice(2), processIo());
}

function processIo(): CliIo {
  const { env, stdin, stdout, stderr } = process;
  return {
    env, cwd: process.cwd(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    interactive: stdin.isTTY && stderr.isTTY,
    colour: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return await lines.question(question);
      } finally {
        lines.close();
      }
    },
    exit: (code) => process.exit(code),
    interrupted: () => new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          // Whoever asks twice does not want to wait.
          process.once(signal, () => process.exit(1));
          resolve(signal);
        });
      }
    }),
  };
}

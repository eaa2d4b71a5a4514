import { DAY_MS } from '@samovar/core';
import { startDemo, type Demo } from './demo.ts';
import { auditOf } from './once/audit.ts';
import { auditLines } from './once/audit-lines.ts';
import { USAGE, readOptions, type DemoOptions } from './options.ts';
import { greeting, totalsLine } from './terminal.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if ('problem' in options) {
    process.stderr.write(`${options.problem}\n\n${USAGE}`);
    return 2;
  }
  const interrupted = interruption();
  const logged: string[] = [];
  say('\n  Filling the samovar …');
  let demo: Demo;
  try {
    demo = await startDemo(options, (line) => void logged.push(line));
  } catch (error) {
    process.stderr.write(`\n  It did not start: ${error instanceof Error ? error.message : String(error)}\n${logged.map((line) => `    ${line}\n`).join('')}`);
    return 1;
  }
  try {
    return options.once ? await tellOnce(demo, options) : await tellOn(demo, interrupted);
  } finally {
    await demo.stop();
    if (!options.once) say('  The samovar is empty, and nothing is left behind. Come again.\n');
  }
}

/** Lets the story go on until somebody has seen enough. */
async function tellOn(demo: Demo, interrupted: AbortSignal): Promise<number> {
  for (const line of greeting(demo)) say(line);
  const ending = new AbortController();
  interrupted.addEventListener('abort', () => ending.abort(), { once: true });
  if (interrupted.aborted) ending.abort();
  let broken: string | null = null;
  void demo.broken.then((reason) => {
    broken = interrupted.aborted ? null : reason;
    ending.abort();
  });
  let shownDay = 0;
  const totals = setInterval(() => {
    const day = Math.floor((demo.now - demo.startAt) / DAY_MS);
    if (day <= shownDay || demo.state === null) return;
    shownDay = day;
    say(totalsLine(demo.state));
  }, 250);
  try {
    await demo.live(ending.signal);
  } catch (error) {
    if (broken === null) throw error;
  } finally {
    clearInterval(totals);
  }
  if (broken === null) say('\n  Pouring out …');
  else process.stderr.write(`\n  It ended by itself: ${String(broken)}\n`);
  return broken === null ? 0 : 1;
}

/** Tells a fixed span, and then compares what Samovar did with what the shop knows. */
async function tellOnce(demo: Demo, options: DemoOptions): Promise<number> {
  await demo.liveUntil(demo.startAt + options.days * DAY_MS);
  const audit = await auditOf(demo);
  for (const line of auditLines(audit, options)) say(line);
  return audit.problems.length === 0 ? 0 : 1;
}

/** How often to see whether anybody is still there who started this. */
const ORPHAN_CHECK_MS = 1_000;

/**
 * Ctrl-C, or whoever runs this wants it to end. The second time it ends at once. npm runs scripts through a shell, which does not
 * hand on a SIGTERM: then the shell is gone, and that counts as well.
 */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) controller.abort();
  }, ORPHAN_CHECK_MS).unref();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  }
  return controller.signal;
}

process.exitCode = await main(process.argv.slice(2));

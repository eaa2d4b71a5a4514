import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** The same seed tells the same story. */
  readonly seed: string;
  /** People who have an account when the story begins. */
  readonly people: number;
  /** Hours of the story in a second of ours. */
  readonly hoursPerSecond: number;
  /** 0: any free port. */
  readonly port: number;
  /** Tells a fixed span as fast as it goes, checks it, and ends. */
  readonly once: boolean;
  /** The length of that span. */
  readonly days: number;
}

export const DEFAULT_OPTIONS: DemoOptions = { seed: 'tea', people: 300, hoursPerSecond: 1.5, port: 4600, once: false, days: 10 };

/** More would only be slower than asked for. */
const LIMITS = { people: 5_000, speed: 24, port: 65_535, days: 400 } as const;

export const USAGE = `npm run demo -- [--people ${DEFAULT_OPTIONS.people}] [--speed ${DEFAULT_OPTIONS.hoursPerSecond}] [--port ${DEFAULT_OPTIONS.port}] [--seed ${DEFAULT_OPTIONS.seed}] [--once] [--days ${DEFAULT_OPTIONS.days}]

  --people N   people who have an account when the story begins
  --speed N    hours that pass in the shop while a second passes here
  --port N     where the page is; 0 takes any free port
  --seed TEXT  another seed, another story; the same seed, the same story
  --once       tell --days days as fast as it goes, check what happened, and end
`;

/** What was asked for on the command line, or what is wrong with it. */
export function readOptions(args: readonly string[]): DemoOptions | { problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args], strict: true,
      options: { seed: { type: 'string' }, people: { type: 'string' }, speed: { type: 'string' }, port: { type: 'string' }, days: { type: 'string' }, once: { type: 'boolean' } },
    });
    return {
      seed: values.seed ?? DEFAULT_OPTIONS.seed,
      people: number('people', values.people, DEFAULT_OPTIONS.people, 1),
      hoursPerSecond: number('speed', values.speed, DEFAULT_OPTIONS.hoursPerSecond, 0.01),
      port: number('port', values.port, values.once === true ? 0 : DEFAULT_OPTIONS.port, 0),
      days: number('days', values.days, DEFAULT_OPTIONS.days, 1),
      once: values.once ?? false,
    };
  } catch (error) {
    if (error instanceof Error) return { problem: error.message };
    throw error;
  }
}

function number(name: keyof typeof LIMITS, text: string | undefined, fallback: number, least: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  const whole = name !== 'speed';
  if (text.trim() === '' || !(value >= least && value <= LIMITS[name]) || (whole && !Number.isInteger(value))) {
    throw new Error(`--${name} is ${whole ? 'a whole number' : 'a number'} from ${least} to ${LIMITS[name]}, not "${text}".`);
  }
  return value;
}

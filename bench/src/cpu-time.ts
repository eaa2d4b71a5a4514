import { readFileSync, readdirSync } from 'node:fs';

/** What the kernel's counters in `/proc/PID/stat` are in, everywhere that matters. */
const TICKS_PER_SECOND = 100;

/**
 * Processor time spent so far by this process and by a Postgres with all its sessions, the ended ones included. On a machine
 * that others use too it says more than the clock. NaN where the system does not tell.
 */
export function cpuSeconds(postgresPid: number): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000 + postgresTicks(postgresPid) / TICKS_PER_SECOND;
}

function postgresTicks(postmaster: number): number {
  try {
    const own = statOf(postmaster);
    let ticks = own.ticks + own.ticksOfEndedChildren;
    for (const name of readdirSync('/proc')) {
      const pid = Number(name);
      if (Number.isNaN(pid)) continue;
      const stat = statIfAlive(pid);
      if (stat?.parent === postmaster) ticks += stat.ticks;
    }
    return ticks;
  } catch {
    return Number.NaN;
  }
}

interface Stat {
  parent: number;
  ticks: number;
  ticksOfEndedChildren: number;
}

function statOf(pid: number): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
  const [, parent = 0] = fields;
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
  return { parent, ticks: user + system, ticksOfEndedChildren: childrenUser + childrenSystem };
}

function statIfAlive(pid: number): Stat | null {
  try {
    return statOf(pid);
  } catch {
    return null;
  }
}

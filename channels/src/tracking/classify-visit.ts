import { BlockList, isIP } from 'node:net';
import { FASTEST_PERSON_MS, MACHINE_NETWORKS, MACHINE_RULES } from './machine-visits.ts';

export interface Visit {
  readonly userAgent: string | null;
  readonly ip: string | null;
  /** Since the server accepted the mail. */
  readonly msSinceSent: number | null;
}

export interface VisitClass {
  readonly machine: boolean;
  /** A code for a machine's visit; `person` otherwise. */
  readonly reason: string;
}

const networks = MACHINE_NETWORKS.map((network) => {
  const octets = [...network.octets.split('.'), '0', '0', '0'].slice(0, 4);
  const list = new BlockList();
  list.addSubnet(octets.join('.'), network.bits, 'ipv4');
  return { ...network, list };
});

/** Browsers send more than this never; it keeps the patterns cheap. */
const USER_AGENT_LIMIT = 512;

/** Tells visits by people from those by proxies, scanners and programs. */
export function classifyVisit(kind: 'open' | 'click', visit: Visit): VisitClass {
  const userAgent = (visit.userAgent ?? '').trim().slice(0, USER_AGENT_LIMIT);
  if (userAgent === '') return { machine: true, reason: 'no-user-agent' };
  const rule = MACHINE_RULES.find(({ kinds, userAgent: pattern }) => kinds.includes(kind) && pattern.test(userAgent));
  if (rule !== undefined) return { machine: true, reason: rule.reason };
  const network = visit.ip === null ? undefined : networkOf(kind, visit.ip);
  if (network !== undefined) return { machine: true, reason: network };
  if (visit.msSinceSent !== null && visit.msSinceSent < FASTEST_PERSON_MS[kind]) return { machine: true, reason: 'too-fast' };
  return { machine: false, reason: 'person' };
}

/** Whether an open was one by a machine. */
export function isMachineOpen(userAgent: string | null, ip: string | null, msSinceSent: number | null): boolean {
  return classifyVisit('open', { userAgent, ip, msSinceSent }).machine;
}

function networkOf(kind: 'open' | 'click', ip: string): string | undefined {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain);
  if (family === 0) return undefined;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  return networks.find(({ kinds, list }) => kinds.includes(kind) && list.check(plain, type))?.reason;
}

import type { ContactState } from '../contact/contact-state.ts';
import { derivedUuid } from '../identity/ids.ts';

/**
 * The arm of a split in which a contact belongs: weighted rendezvous hashing (Thaler & Ravishankar 1998; weights after
 * Schindelhauer & Schomaker 2005). Sticky, and a change of weights moves as few contacts as possible.
 */
export function armOf<Arm extends { name: string; weight: number }>(contact: ContactState, journey: string, step: string, arms: readonly Arm[]): Arm {
  let best: Arm | undefined;
  let bestScore = Infinity;
  for (const arm of arms) {
    const score = -Math.log(unit('split', String(contact.workspaceId), journey, step, contact.id, arm.name)) / arm.weight;
    if (arm.weight > 0 && score < bestScore) [best, bestScore] = [arm, score];
  }
  const chosen = best ?? arms[0];
  if (chosen === undefined) throw new RangeError(`split ${journey}/${step} has no arms`);
  return chosen;
}

/** A number in (0, 1) that depends on the parts alone. */
function unit(...parts: string[]): number {
  const hash = derivedUuid(...parts).replaceAll('-', '');
  return (Number.parseInt(hash.slice(0, 12), 16) + 0.5) / 2 ** 48;
}

import type { ContactState } from '../contact/contact-state.ts';
import type { FrequencyCap, WorkspaceDefinition } from '../definition/definition.ts';
import type { Program } from '../program/program.ts';
import { bandOf, mainScore } from '../score/explain-score.ts';
import { DAY_MS, type Millis } from '../time.ts';

/** The cap that holds for a contact, and for which band it is; null: whatever the band. */
export type CapOfContact = FrequencyCap & { band: string | null };

/** How often a contact may be approached: as its temperature allows, else as all may. null: no cap. */
export function capOf({ scores, workspace }: Pick<Program, 'scores' | 'workspace'>, contact: ContactState, now: Millis): CapOfContact | null {
  const { bandCaps, frequencyCap } = workspace;
  const main = bandCaps === undefined ? null : mainScore({ scores });
  const band = main === null ? null : bandOf(main, { contact, now, workspace, enrollment: null });
  const ofBand = band === null || bandCaps === undefined || !Object.hasOwn(bandCaps, band) ? undefined : bandCaps[band];
  if (ofBand !== undefined) return { ...ofBand, band };
  return frequencyCap === null ? null : { ...frequencyCap, band: null };
}

/** The longest time over which any cap looks back. */
export function longestCapMs({ frequencyCap, bandCaps }: WorkspaceDefinition): number {
  return Math.max(frequencyCap?.windowMs ?? 0, ...Object.values(bandCaps ?? {}).map(({ windowMs }) => windowMs));
}

export function isCapped(contact: ContactState, { messages, windowMs }: FrequencyCap, now: Millis): boolean {
  return contact.messages.filter((message) => message.marketing && message.at > now - windowMs).length >= messages;
}

/** The rule as refusals name it, such as `cold: 1 in 14 days`. */
export function describeCap({ band, messages, windowMs }: CapOfContact): string {
  return `${band === null ? '' : `${band}: `}${messages} in ${Math.round((windowMs / DAY_MS) * 100) / 100} days`;
}

import { z } from 'zod';
import { DEFAULT_WORKSPACE, consentStates, currentAddress, jurisdictionOf, profilingRefusal, standingOf } from '@samovar/core';
import type { ConsentEntry, ContactState, WorkspaceDefinition } from '@samovar/core';
import { instant, iso } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';

export const consentState = z.object({
  purpose: z.enum(['marketing', 'profiling']), channel: z.string().nullable(), topic: z.string().nullable(),
  state: z.enum(['granted', 'withdrawn']).describe('The last word.'), at: instant,
  holds: z.boolean().describe('Whether it is a grant that holds for the address that the contact has now.'),
  addresses: z.array(z.string()).describe('The addresses that it was granted for; none: no address was known.'),
  confirmedAt: instant.nullable().describe('When the owner of the address confirmed it by a link.'),
}).meta({ id: 'ConsentState' });

const demand = z.enum(['opt-in', 'opt-out', 'never']);
export const jurisdiction = z.object({
  country: z.string().nullable(), group: z.string().describe('`europe`, `others`, `unknown`, or a group of the workspace.'), marketing: demand, legitimateInterest: demand, profiling: demand,
  mayProfile: z.boolean().describe('Whether scores, personas and predictions are made of this contact.'),
  whyNot: z.enum(['withdrawn', 'no_consent', 'forbidden']).nullable(),
}).meta({ id: 'Jurisdiction' });

/** The settings that hold for the workspace now. */
export async function workspaceDefinitionOf({ program }: AdminDependencies, workspaceId: number): Promise<WorkspaceDefinition> {
  return (await program(workspaceId))?.workspace ?? DEFAULT_WORKSPACE;
}

/** What a contact agreed to and withdrew, as it stands. */
export function consentsOf(state: ContactState): z.infer<typeof consentState>[] {
  const address = currentAddress(state);
  const { profiling } = state.consents;
  const marketing = consentStates(state).map(({ channel, topic, entry }) => ({ purpose: 'marketing' as const, channel, topic, ...lastWord(entry, address) }));
  return profiling === undefined ? marketing : [...marketing, { purpose: 'profiling', channel: null, topic: null, ...lastWord(profiling, null) }];
}

function lastWord(entry: ConsentEntry, address: string | null): Pick<z.infer<typeof consentState>, 'state' | 'at' | 'holds' | 'addresses' | 'confirmedAt'> {
  return {
    state: entry.state, at: iso(entry.at), holds: standingOf(entry, address) === 'granted', addresses: Object.keys(entry.grants ?? {}).filter((one) => one !== ''),
    confirmedAt: iso(latestOf(Object.values(entry.confirmed ?? {}))),
  };
}

function latestOf(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.max(...times);
}

/** The rules that hold where a contact lives, and what follows for profiling. */
export function jurisdictionOfContact(state: ContactState, workspace: WorkspaceDefinition): z.infer<typeof jurisdiction> {
  const { country, group, rule } = jurisdictionOf(state, workspace.consent);
  const refusal = profilingRefusal(state, workspace);
  const { marketing, legitimateInterest, profiling } = rule;
  return { country, group, marketing, legitimateInterest, profiling, mayProfile: refusal === null, whyNot: refusal?.reason ?? null };
}

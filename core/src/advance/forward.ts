import { concernsRedirect, eraseRow, leaveAlone } from '../erasure/erase-contact.ts';
import { claimRedirected } from '../identity/claim.ts';
import type { ContactId } from '../identity/ids.ts';
import type { Effect } from './effects.ts';
import type { Input, Occupant, Redirect } from './inputs.ts';

/** Hands on what is meant for whoever an identifier belongs to now, or keeps it while a contact is about to live here again. */
export function forward(id: ContactId, occupant: Extract<Occupant, { kind: 'redirect' }>, input: Input, aliases: readonly ContactId[], effects: Effect[]): Occupant {
  const { redirect } = occupant;
  const { to, held, frozen } = redirect;
  if (input.kind === 'refresh') return occupant;
  if (input.kind === 'erase') {
    const concerned = concernsRedirect(id, redirect, input);
    // While a contact is about to live here again, only what names itself is sure to mean it.
    if (redirect.held !== undefined && !(input.owners?.includes(id) ?? false)) return hold(redirect, input);
    if (concerned === true) return eraseRow(id, input, aliases, effects);
    if (concerned === false) {
      leaveAlone(input, effects);
      return occupant;
    }
    effects.push({ kind: 'post', to, input: { ...input, seq: null } });
    return occupant;
  }
  if (held !== undefined) return hold(redirect, input);
  if (input.kind === 'record' && input.from === id && input.record.kind === 'unmerge') {
    const { receivedAt: at, by, reason } = input.record;
    effects.push({ kind: 'post', to, input: { kind: 'release', at, root: id, createdAt: frozen?.createdAt ?? null, by, reason } });
    return { kind: 'redirect', redirect: { ...redirect, held: [] } };
  }
  if (input.kind === 'claim') {
    const { redirect: after, effects: more } = claimRedirected(redirect, input);
    effects.push(...more);
    return { kind: 'redirect', redirect: after };
  }
  effects.push({ kind: 'post', to, input: input.kind === 'record' && input.from === id ? { ...input, via: to } : input });
  return { kind: 'redirect', redirect };
}

function hold(redirect: Redirect, input: Input): Occupant {
  return { kind: 'redirect', redirect: { ...redirect, held: [...(redirect.held ?? []), input] } };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContactState } from '../contact/contact-state.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { tieOf } from '../event/tie.ts';
import type { ContactId } from '../identity/ids.ts';
import { UNMERGE_STORIES } from '../regressions/unmerge-stories.ts';
import { Coverage, fuzzParameters } from '../testing/fuzz.ts';
import { HOUR_MS } from '../time.ts';
import { journeyWrongs, memberWrongs, orderWrongs, traitCountWrongs } from './judge-story.ts';
import { StoryRun, arbitraryUndoStory, type Story } from './merge-story.ts';

const { numRuns, seed } = fuzzParameters(process.env, 1_200);

/** What a run of this size must have tried, and how often at least. */
const WANTED: readonly string[] = [
  'merged', 'unmerged', 'chain of three', 'undone while enrolled', 'held while undone', 'kept apart', 'merged again', 'order comes back', 'undone twice', 'published', 'aliased',
  'undone without a contact of its own', 'apart for good',
];

/** Plays a story and lists everything that is not as it must be. */
function wrongs(story: Story, coverage: Coverage): string[] {
  const run = new StoryRun();
  run.play(story);
  for (const { id } of run.world.contacts()) run.world.step(id, [{ kind: 'refresh', at: run.now }], run.now);
  note(story, run, coverage);
  return [...placeWrongs(run), ...partWrongs(run), ...orderWrongs(run, coverage), ...journeyWrongs(run), ...memberWrongs(run), ...traitCountWrongs(run), ...messageWrongs(run), ...apartWrongs(story, run, coverage)];
}

/** Every record was consumed, by the contact to which its row leads, and by no other. */
function placeWrongs(run: StoryRun): string[] {
  const found: string[] = [];
  const last = new Map<ContactId, number>();
  for (const { id, seq, record } of run.world.logged()) if (record.kind === 'event') last.set(id, seq);
  for (const row of run.world.rows.values()) {
    if (row.occupant?.kind === 'redirect' && row.occupant.redirect.held !== undefined) found.push(`${row.id} never lived again`);
  }
  for (const [id, seq] of last) {
    const owner = ownerOf(run, id);
    const consumed = owner === null ? 0 : owner.id === id ? owner.seq : (owner.absorbed[id] ?? 0);
    if (consumed < seq) found.push(`${id}: consumed up to ${consumed} of ${seq}`);
    for (const contact of run.world.contacts()) {
      if (contact !== owner && (contact.id === id || Object.hasOwn(contact.absorbed, id)) && contact.id !== id) found.push(`${id} is part of ${contact.id}, too`);
    }
  }
  return found;
}

function ownerOf(run: StoryRun, id: ContactId): ContactState | null {
  const occupant = run.world.rows.get(id)?.occupant ?? null;
  if (occupant?.kind === 'redirect') return ownerOf(run, occupant.redirect.to);
  return occupant?.kind === 'contact' ? occupant.state : null;
}

/** Each contact is what its own records make of it; of consent only the stricter is asked. */
function partWrongs(run: StoryRun): string[] {
  const found: string[] = [];
  for (const contact of run.world.contacts()) {
    const mine = run.world.logged().filter(({ id }) => id === contact.id || Object.hasOwn(contact.absorbed, id));
    const events = mine.flatMap(({ record }) => (record.kind === 'event' ? [record] : []));
    found.push(...traitWrongs(contact, events), ...leafWrongs(run, contact, events), ...consentWrongs(contact, events));
    const parts = new Set<string>([contact.id, ...Object.keys(contact.absorbed)]);
    const owned = [...Object.values(contact.traits), ...contact.enrollments, ...contact.goals].flatMap(({ owner }) => owner ?? []);
    for (const owner of owned) if (!parts.has(owner) || owner === contact.id) found.push(`${contact.id} has something of ${owner}`);
  }
  return found;
}

function traitWrongs(contact: ContactState, events: readonly TrackedEvent[]): string[] {
  return ['a', 'b'].flatMap((name) => {
    const writes = events.filter(({ traits }) => Object.hasOwn(traits, name));
    writes.sort((x, y) => Number(x.trusted) - Number(y.trusted) || x.occurredAt - y.occurredAt || tieOf(x.messageId) - tieOf(y.messageId));
    const wanted = writes.at(-1)?.traits[name] ?? null;
    return (contact.traits[name]?.value ?? null) === wanted ? [] : [`${contact.home.value}: trait ${name} is ${JSON.stringify(contact.traits[name])}, not ${JSON.stringify(wanted)}`];
  });
}

function leafWrongs(run: StoryRun, contact: ContactState, events: readonly TrackedEvent[]): string[] {
  const seen = events.filter(({ name }) => name === 'Seen');
  const orders = new Set(events.flatMap(({ name, properties }) => (name === 'Order Completed' ? [properties.order_id] : [])));
  const recently = seen.some(({ occurredAt }) => run.now - occurredAt <= HOUR_MS);
  const wanted = [...(orders.size >= 2 ? ['buyers'] : []), ...(seen.length > 0 && !recently ? ['rested'] : []), ...(seen.length > 0 ? ['seen'] : [])];
  const inside = Object.keys(contact.segments).filter((key) => !key.startsWith('v')).toSorted();
  return inside.join() === wanted.join() ? [] : [`${contact.home.value} is in ${inside.join()}, not in ${wanted.join()}`];
}

function consentWrongs(contact: ContactState, events: readonly TrackedEvent[]): string[] {
  const said = events.filter(({ name, trusted }) => trusted && name.startsWith('Consent '));
  const latest = Math.max(...said.map(({ occurredAt }) => occurredAt));
  const withdrawn = said.some(({ name, occurredAt }) => name === 'Consent Withdrawn' && occurredAt === latest);
  const { email } = contact.consents;
  if (email?.state === 'granted' && (withdrawn || said.length === 0)) return [`${contact.home.value}: granted after the last word was a withdrawal`];
  return email === undefined && said.length > 0 ? [`${contact.home.value}: consent was lost`] : [];
}

/** Nothing is sent twice, and nothing because of what was undone. */
function messageWrongs(run: StoryRun): string[] {
  const ids = run.world.effects.flatMap(({ effect }) => (effect.kind === 'message' ? [effect.message.id] : []));
  return new Set(ids).size === ids.length ? [] : ['a message was decided twice'];
}

/**
 * What was told apart stays apart, as long as nobody says in so many words that it is one, and no merge was under way
 * when it was: that one may come by way of somebody else.
 */
function apartWrongs({ steps }: Story, run: StoryRun, coverage: Coverage): string[] {
  if (run.isHurried || steps.some(({ kind }) => kind === 'alias')) return [];
  coverage.note('apart for good');
  return run.world.effects.flatMap(({ id, effect }) => {
    if (effect.kind !== 'decision' || effect.decision.code !== 'unmerged') return [];
    const { of } = effect.decision.detail as { of?: ContactId };
    return of !== undefined && ownerOf(run, id) === ownerOf(run, of) ? [`${id} and ${of} are one again`] : [];
  });
}

function note({ steps }: Story, run: StoryRun, coverage: Coverage): void {
  const undone = new Set<string>();
  for (const { id, effect } of run.world.effects) {
    if (effect.kind === 'decision') {
      const { code, detail } = effect.decision;
      coverage.note(code);
      const about = detail as Record<string, unknown> | null;
      if (code === 'merge_refused' && about?.reason === 'kept_apart') coverage.note('kept apart');
      if (code === 'merged' && undone.has(String(about?.from))) coverage.note('merged again');
      if (code === 'unmerged' && about?.of !== undefined) {
        if (undone.has(id)) coverage.note('undone twice');
        undone.add(id);
      }
    }
    if (effect.kind !== 'post') continue;
    const { input } = effect;
    if (input.kind === 'absorb' && Object.keys(input.state.absorbed).length > 0) coverage.note('chain of three');
    if (input.kind === 'release' && input.createdAt === null) coverage.note('undone without a contact of its own');
    if (input.kind !== 'restore') continue;
    if (input.state.enrollments.length > 0) coverage.note('undone while enrolled');
    if (Object.keys(input.state.orders).length > 0) coverage.note('order comes back');
  }
  coverage.note('held while undone', run.world.heldCount);
  for (const step of steps) if (step.kind === 'publish') coverage.note('published');
  for (const step of steps) if (step.kind === 'alias') coverage.note('aliased');
}

describe('contacts that become one and are told apart again, with everything between rows delayed and interleaved', () => {
  it.each(UNMERGE_STORIES.map(({ name, story }) => [name, story] as const))('once wrong: %s', (_name, story) => {
    expect(wrongs(story, new Coverage())).toEqual([]);
  });

  it(`are each what their own records make of them, in ${numRuns} stories`, { timeout: 3_600_000 }, () => {
    const coverage = new Coverage();
    fc.assert(fc.property(arbitraryUndoStory, (story) => {
      expect(wrongs(story, coverage)).toEqual([]);
    }), { numRuns, seed });
    coverage.report(process.env, 'unmerge', console.info);
    expect(coverage.missing(WANTED, 3)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timesOf } from '../leaf/leaf.ts';
import type { ContactState } from '../contact/contact-state.ts';
import { tieOf } from '../event/tie.ts';
import { MERGE_STORIES } from '../regressions/merge-stories.ts';
import { Coverage, fuzzParameters } from '../testing/fuzz.ts';
import { journeyWrongs, memberWrongs, orderWrongs, traitCountWrongs } from './judge-story.ts';
import { PEOPLE, StoryRun, USERS, arbitraryStory, groupsOf, type Story, type Telling } from './merge-story.ts';

const { numRuns, seed } = fuzzParameters(process.env, 1_200);

/** What a run of this size must have tried, and how often at least. */
const WANTED: readonly string[] = [
  'merged', 'merge_refused', 'order_duplicate', 'chain of three', 'moved while enrolled', 'merged twice into one journey', 'published', 'aliased', 'crossing claims',
  'group of one user', 'group of several users', 'group without user', 'order told by several', 'still under way at the end', 'rebuilt from history',
];

/** Plays a story and lists everything that is not as it must be. */
function wrongs(story: Story, coverage: Coverage): string[] {
  const run = new StoryRun();
  run.play(story);
  noteStory(story, run, coverage);
  return [...identityWrongs(run), ...stateWrongs(run, coverage), ...orderWrongs(run, coverage), ...journeyWrongs(run), ...memberWrongs(run), ...traitCountWrongs(run)];
}

const contactOf = (run: StoryRun, index: number): ContactState | null => run.world.contact(PEOPLE[index]!);

function identityWrongs(run: StoryRun): string[] {
  const found: string[] = [];
  for (const { members, users } of groupsOf(run.told)) {
    const ids = new Set([...members].map((index) => contactOf(run, index)?.id));
    if (users.size <= 1 && ids.size !== 1) found.push(`${[...members].join()} are ${ids.size} contacts`);
    if (users.size > 1 && ids.has(undefined)) found.push(`one of ${[...members].join()} is nowhere`);
  }
  for (let a = 0; a < USERS; a += 1) for (let b = 0; b < a; b += 1) {
    const one = contactOf(run, a);
    const aliased = groupsOf(run.told.filter(({ event }) => event.type === 'alias')).some(({ members }) => members.has(a) && members.has(b));
    if (one !== null && !aliased && one.id === contactOf(run, b)?.id) found.push(`users ${a} and ${b} became one by themselves`);
  }
  return found;
}

/** What one person was told: all tellings of a group in which everybody must be one contact. */
function* persons(run: StoryRun): Generator<{ contact: ContactState; tellings: Telling[] }> {
  for (const { members, users } of groupsOf(run.told)) {
    const contact = contactOf(run, [...members][0] ?? 0);
    if (users.size > 1 || contact === null) continue;
    const names = new Set([...members].map((index) => PEOPLE[index]!.value));
    yield { contact, tellings: run.told.filter(({ event }) => names.has(event.identifiers[0]?.value ?? '')) };
  }
}

function stateWrongs(run: StoryRun, coverage: Coverage): string[] {
  const found: string[] = [];
  const seenLeaves = [...run.world.program.leaves.values()].filter((leaf) => leaf.event === 'Seen').map(({ key }) => key);
  const orderLeaves = [...run.world.program.leaves.values()].filter((leaf) => leaf.event === 'Order Completed').map(({ key }) => key);
  // Contacts that have not met the last program show it when they do.
  for (const { id } of run.world.contacts()) run.world.step(id, [{ kind: 'refresh', at: run.now }], run.now - 1);
  const total = run.told.filter(({ what }) => what?.kind === 'seen').length;
  for (const key of seenLeaves) {
    const sum = run.world.contacts().reduce((so, { leaves }) => so + (timesOf(leaves[key])?.count ?? 0), 0);
    if (sum !== total) found.push(`${sum} of ${total} sightings are remembered`);
  }
  for (const { contact, tellings } of persons(run)) {
    const orders = new Set(tellings.flatMap(({ what }) => (what?.kind === 'order' ? [what.order] : [])));
    for (const key of orderLeaves) if ((timesOf(contact.leaves[key])?.count ?? 0) !== orders.size) found.push(`${timesOf(contact.leaves[key])?.count} of ${orders.size} orders are remembered`);
    for (const name of ['a', 'b']) {
      const writes = tellings.filter(({ what }) => what?.kind === 'trait' && what.name === name).map(({ event }) => event);
      writes.sort((x, y) => Number(x.trusted) - Number(y.trusted) || x.occurredAt - y.occurredAt || tieOf(x.messageId) - tieOf(y.messageId));
      if ((contact.traits[name]?.value ?? null) !== (writes.at(-1)?.traits[name] ?? null)) found.push(`trait ${name} is ${JSON.stringify(contact.traits[name])}`);
    }
    const consents = tellings.filter(({ what, event }) => what?.kind === 'consent' && event.trusted);
    const latest = Math.max(...consents.map(({ event }) => event.occurredAt));
    const withdrawn = consents.some(({ what, event }) => what?.kind === 'consent' && !what.granted && event.occurredAt === latest);
    if (contact.consents.email?.state === 'granted' && (withdrawn || consents.length === 0)) found.push('granted after the last word was a withdrawal');
    if (contact.consents.email === undefined && consents.length > 0) found.push('consent was lost');
    coverage.note('person checked');
  }
  return found;
}

function noteStory({ steps, rest }: Story, run: StoryRun, coverage: Coverage): void {
  const decisions = run.world.effects.flatMap(({ effect }) => (effect.kind === 'decision' ? [effect.decision] : []));
  for (const { code } of decisions) coverage.note(code);
  for (const { effect } of run.world.effects) {
    if (effect.kind === 'enrollment' && effect.enrollment.status === 'moved') coverage.note('moved while enrolled');
    if (effect.kind === 'enrollment' && effect.enrollment.reason === 'merged') coverage.note('merged twice into one journey');
    if (effect.kind === 'post' && effect.input.kind === 'merge-into') coverage.note('crossing claims');
    if (effect.kind === 'post' && effect.input.kind === 'absorb' && Object.keys(effect.input.state.absorbed).length > 0) coverage.note('chain of three');
  }
  if (rest.length > 0) coverage.note('still under way at the end');
  for (const step of steps) if (step.kind === 'publish') coverage.note('published');
  if (run.world.historyReads > 0) coverage.note('rebuilt from history');
  for (const step of steps) if (step.kind === 'alias') coverage.note('aliased');
  for (const { users } of groupsOf(run.told)) coverage.note(users.size === 0 ? 'group without user' : users.size === 1 ? 'group of one user' : 'group of several users');
}

describe('contacts that become one, with everything between rows delayed and interleaved', () => {
  it.each(MERGE_STORIES.map(({ name, story }) => [name, story] as const))('once wrong: %s', (_name, story) => {
    expect(wrongs(story, new Coverage())).toEqual([]);
  });

  it(`lose nothing and count nothing twice, in ${numRuns} stories`, { timeout: 3_600_000 }, () => {
    const coverage = new Coverage();
    fc.assert(fc.property(arbitraryStory, (story) => {
      expect(wrongs(story, coverage)).toEqual([]);
    }), { numRuns, seed });
    coverage.report(process.env, 'merge', console.info);
    expect(coverage.missing(WANTED, 20)).toEqual([]);
  });
});

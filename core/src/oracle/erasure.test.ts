import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contactIdOf, type ContactId } from '../identity/ids.ts';
import { Coverage, fuzzParameters } from '../testing/fuzz.ts';
import { PEOPLE, StoryRun, arbitraryStory, groupsOf, type Story } from './merge-story.ts';

const { numRuns, seed } = fuzzParameters(process.env, 1_200);
const WANTED = ['erased', 'merge under way', 'group of several', 'came back', 'reached all'];

const idOf = (index: number): ContactId => contactIdOf(1, PEOPLE[index]!);

/** Erases whoever is behind an identifier in the middle of a story, lets everything arrive, and lists what is still there. */
function wrongs(story: Story, who: number, coverage: Coverage): string[] {
  const run = new StoryRun();
  run.begin(story.steps);
  const group = groupsOf(run.told).find(({ members }) => members.has(who));
  if (group === undefined || group.users.size > 1 || run.world.contact(PEOPLE[who]!) === null) return [];
  if (run.world.waiting().length > 0) coverage.note('merge under way');
  if (group.members.size > 1) coverage.note('group of several');
  coverage.note('erased');
  run.now += 1;
  const at = run.now;
  run.world.step(idOf(who), [{ kind: 'erase', at, seq: null, erasure: 'e', owners: null, ownerKind: null }], at - 1);
  const back = story.rest.length % 2 === 0;
  if (back) {
    coverage.note('came back');
    run.now += 1;
    run.world.feed(PEOPLE[who]!, {
      kind: 'event', type: 'track', name: 'Seen', messageId: 'back', receivedAt: run.now, occurredAt: run.now, identifiers: [PEOPLE[who]!], properties: {}, traits: {}, context: {},
      trusted: true, historical: false,
    });
  }
  run.end(story.rest);
  return [...remainsOf(run, group.members, at, coverage), ...(back ? returnedWrongs(run, who) : []), ...countWrongs(run)];
}

function remainsOf(run: StoryRun, members: ReadonlySet<number>, at: number, coverage: Coverage): string[] {
  const found: string[] = [];
  for (const index of members) {
    const { occupant } = run.world.row(idOf(index));
    if (occupant?.kind === 'contact' && occupant.state.createdAt <= at) found.push(`${PEOPLE[index]!.value} still lives`);
    if (occupant?.kind === 'redirect' && occupant.redirect.erased === undefined) found.push(`${PEOPLE[index]!.value} still leads somewhere`);
  }
  const values = new Set([...members].map((index) => PEOPLE[index]!.value));
  for (const { id, record } of run.world.known()) {
    const theirs = record.kind === 'event' && values.has(record.identifiers[0]?.value ?? '') && record.messageId !== 'back';
    if (theirs) found.push(`${record.messageId} of ${id} is still known`);
  }
  if (found.length === 0) coverage.note('reached all');
  return found;
}

/** Who came back is one contact that knows one event. */
function returnedWrongs(run: StoryRun, who: number): string[] {
  const contact = run.world.contact(PEOPLE[who]!);
  if (contact === null) return ['who came back is nowhere'];
  const [seen] = [...run.world.program.leaves.values()].filter((leaf) => leaf.event === 'Seen');
  run.world.step(contact.id, [{ kind: 'refresh', at: run.now }], run.now - 1);
  const leaf = run.world.contact(PEOPLE[who]!)?.leaves[seen?.key ?? ''];
  const count = leaf !== undefined && 'count' in leaf ? leaf.count : 0;
  return count === 1 && Object.keys(contact.orders).length === 0 ? [] : [`who came back knows ${count} events and ${Object.keys(contact.orders).length} orders`];
}

function countWrongs(run: StoryRun): string[] {
  let received = 0;
  let posted = 0;
  for (const { effect } of run.world.effects) {
    if (effect.kind !== 'erase') continue;
    received += effect.received;
    posted += effect.posted;
  }
  return received === 1 + posted ? [] : [`${received} of ${1 + posted} requests have arrived`];
}

it('leaves nothing of a person, whatever merges are under way', () => {
  const coverage = new Coverage();
  fc.assert(fc.property(arbitraryStory, fc.nat(PEOPLE.length - 1), (story, who) => {
    expect(wrongs(story, who, coverage)).toEqual([]);
  }), { numRuns, seed });
  expect(coverage.missing(WANTED, numRuns / 20)).toEqual([]);
  coverage.report(process.env, 'erasure', console.info);
});

import { describe, expect, it } from 'vitest';
import { observations } from '../advance/observations.ts';
import { newContact } from '../contact/contact-state.ts';
import type { Condition, EngagementCondition } from '../definition/condition.ts';
import type { Definition } from '../definition/definition.ts';
import type { OutcomeRecord } from '../event/log-record.ts';
import type { ContactId, MessageId } from '../identity/ids.ts';
import { DelayedWorld } from '../testing/delayed-world.ts';
import { EventMaker, SARA, START, SmallWorld, journeyOf, programOf, segmentOf, templateOf, visitorOf } from '../testing/small-world.ts';
import { DAY_MS, type Millis } from '../time.ts';

const mails: Definition[] = [
  templateOf('hello', { class: 'transactional' }), templateOf('offer', { class: 'transactional', topic: 'news' }),
  journeyOf('welcome', 'Signed Up', [{ kind: 'send', id: 'greet', template: 'hello' }]), journeyOf('sale', 'Sale', [{ kind: 'send', id: 'tell', template: 'offer' }]),
];

function engaged(outcome: EngagementCondition['outcome'], more: Partial<EngagementCondition> = {}): Condition {
  return { kind: 'engagement', outcome, journey: null, step: null, template: null, topic: null, link: null, times: { op: 'at-least', count: 1 }, period: { kind: 'ever' }, ...more };
}

/** A world in which Sara was sent a greeting and an offer. */
function sentBoth(...segments: Definition[]): { w: SmallWorld; greeting: MessageId; offer: MessageId } {
  const w = new SmallWorld([...mails, ...segments]);
  w.feed(w.events.identify(START, { email: 's@example.com' }));
  w.feed(w.events.track(START, 'Signed Up'));
  w.feed(w.events.track(START + 1, 'Sale'));
  const [greeting, offer] = w.effects('message').map(({ message }) => message.id);
  return { w, greeting: greeting!, offer: offer! };
}

const outcomeOf = (messageId: MessageId, outcome: OutcomeRecord['outcome'], at: Millis, more: Partial<OutcomeRecord> = {}): OutcomeRecord =>
  ({ kind: 'outcome', receivedAt: START + at, messageId, outcome, machine: false, detail: null, ...more });

const inside = (w: SmallWorld): string[] => Object.keys(w.world.contact(SARA)?.segments ?? {}).toSorted();

describe('conditions on what became of messages', () => {
  it('count messages, and of one journey, step, template or topic only those', () => {
    const { w, greeting } = sentBoth(
      segmentOf('two', engaged('sent', { times: { op: 'exactly', count: 2 } })), segmentOf('opened', engaged('opened')), segmentOf('sale', engaged('opened', { journey: 'sale' })),
      segmentOf('greet', engaged('opened', { journey: 'welcome', step: 'greet', template: 'hello' })), segmentOf('news', engaged('sent', { topic: 'news' })), segmentOf('opened-news', engaged('opened', { topic: 'news' })),
      segmentOf('never', engaged('opened', { template: 'offer', times: { op: 'exactly', count: 0 } })),
    );
    expect(inside(w)).toEqual(['never', 'news', 'two']);
    w.feed(outcomeOf(greeting, 'opened', 5));
    expect(inside(w)).toEqual(['greet', 'never', 'news', 'opened', 'two']);
  });

  it('do not count what machines open and click, nor the same twice', () => {
    const { w, greeting, offer } = sentBoth(segmentOf('opened', engaged('opened')), segmentOf('twice', engaged('opened', { times: { op: 'at-least', count: 2 } })), segmentOf('clicked', engaged('clicked')));
    w.feed(outcomeOf(greeting, 'opened', 5, { machine: true }));
    w.feed(outcomeOf(greeting, 'clicked', 5, { machine: true }));
    expect(inside(w)).toEqual([]);
    w.feed(outcomeOf(greeting, 'opened', 6));
    w.feed(outcomeOf(greeting, 'opened', 7));
    expect(inside(w)).toEqual(['opened']);
    w.feed(outcomeOf(offer, 'opened', 8));
    expect(inside(w)).toEqual(['opened', 'twice']);
  });

  it('take a click for an open where none was told, live and from history', () => {
    const asleep = segmentOf('asleep', engaged('opened', { times: { op: 'exactly', count: 0 } }));
    const { w, greeting } = sentBoth(asleep, segmentOf('once', engaged('opened', { times: { op: 'exactly', count: 1 } })));
    w.feed(outcomeOf(greeting, 'clicked', 5, { detail: 'https://shop.example/' }));
    expect([inside(w), w.counts('journey:welcome')]).toMatchObject([['once'], { opened: 1, clicked: 1 }]);
    w.feed(outcomeOf(greeting, 'opened', 6));
    expect([inside(w), w.counts('journey:welcome')]).toMatchObject([['once'], { opened: 1, clicked: 1 }]);
    const about = { journey: 'welcome', step: 'greet', template: 'hello', topic: null, decidedAt: START };
    const clicked = outcomeOf(greeting, 'clicked', 5, { about });
    const again = [...observations([clicked, outcomeOf(greeting, 'opened', 6, { about })], newContact(SARA.value as ContactId, 1, SARA, START))];
    expect(again.map(({ name, at }) => [name, at - START])).toEqual([['Email Opened', 5], ['Email Clicked', 5]]);
  });

  it('know each link of a message, which is clicked once all the same', () => {
    const link = (value: string): Condition => engaged('clicked', { link: { op: 'contains', value } });
    const { w, greeting } = sentBoth(segmentOf('shoes', link('/shoes')), segmentOf('hats', link('/hats')), segmentOf('once', engaged('clicked', { times: { op: 'exactly', count: 1 } })), segmentOf('hats-twice', engaged('clicked', { link: { op: 'contains', value: '/hats' }, times: { op: 'at-least', count: 2 } })));
    w.feed(outcomeOf(greeting, 'clicked', 5, { detail: 'https://shop.example/shoes' }));
    w.feed(outcomeOf(greeting, 'clicked', 6, { detail: 'https://shop.example/hats' }));
    w.feed(outcomeOf(greeting, 'clicked', 7, { detail: 'https://shop.example/hats' }));
    expect(inside(w)).toEqual(['hats', 'once', 'shoes']);
    expect(w.counts('journey:welcome').clicked).toBe(1);
  });

  it('end to the millisecond with their period', () => {
    const { w, greeting } = sentBoth(segmentOf('fresh', engaged('opened', { period: { kind: 'within', ms: DAY_MS } })));
    w.feed(outcomeOf(greeting, 'opened', 5));
    w.world.runTo(START + 2 * DAY_MS);
    expect(w.effects('membership').map(({ entered, at }) => [entered, at - START])).toEqual([[true, 5], [false, 5 + DAY_MS + 1]]);
  });

  it('no longer hear of messages that are older than the memory of contacts', () => {
    const { w, greeting, offer } = sentBoth(segmentOf('opened', engaged('opened')));
    w.feed(outcomeOf(greeting, 'opened', 90 * DAY_MS + 1));
    expect(inside(w)).toEqual([]);
    w.feed(outcomeOf(offer, 'opened', 90 * DAY_MS + 1));
    expect(inside(w)).toEqual(['opened']);
  });

  it('explain themselves by the event', () => {
    const w = new SmallWorld([journeyOf('j', 'Go', [], { who: engaged('clicked', { topic: 'news', link: { op: 'is', value: 'x' } }) })]);
    w.feed(w.events.track(START, 'Go'));
    expect(w.effects('decision').find(({ decision }) => decision.code === 'not_entered')?.decision.detail).toMatchObject({ failed: {
      event: 'Email Clicked', where: [{ path: 'topic', test: { op: 'is', value: 'news' } }, { path: 'link', test: { op: 'is', value: 'x' } }], observed: 0, holds: false,
    } });
  });
});

describe('a segment of messages published later', () => {
  const later = [
    segmentOf('opened', engaged('opened')), segmentOf('offer', engaged('opened', { journey: 'sale', step: 'tell', template: 'offer', topic: 'news' })),
    segmentOf('hats', engaged('clicked', { link: { op: 'contains', value: 'hats' } })), segmentOf('one-click', engaged('clicked', { times: { op: 'exactly', count: 1 } })),
  ];
  const about = { journey: 'sale', step: 'tell', template: 'offer', topic: 'news', decidedAt: START };
  const told: OutcomeRecord[] = [
    outcomeOf('m1' as MessageId, 'opened', 1, { about, machine: true }), outcomeOf('m2' as MessageId, 'opened', 2, { about }), outcomeOf('m2' as MessageId, 'clicked', 3, { about, detail: 'shoes' }),
    outcomeOf('m2' as MessageId, 'clicked', 4, { about, detail: 'hats' }), outcomeOf('m2' as MessageId, 'clicked', 4, { about, detail: 'hats' }),
  ];

  it('finds in history what the contact no longer remembers', () => {
    const world = new DelayedWorld(programOf(mails));
    world.feed(SARA, new EventMaker().identify(START, { email: 's@example.com' }));
    for (const record of told) world.feed(SARA, record);
    world.program = programOf([...mails, ...later], { version: 2, keptSince: world.program.keptSince });
    world.step([...world.rows.keys()][0]!, [{ kind: 'refresh', at: START + 500 * DAY_MS }], START + 500 * DAY_MS);
    expect(Object.keys(world.contact(SARA)?.segments ?? {}).toSorted()).toEqual(['hats', 'offer', 'one-click', 'opened']);
  });

  it('finds there what it would have seen', () => {
    const live = sentBoth(...later);
    const late = sentBoth();
    const tell = (greeting: MessageId, offer: MessageId): OutcomeRecord[] => [
      outcomeOf(greeting, 'opened', 5, { machine: true }), outcomeOf(offer, 'clicked', 6, { detail: 'shoes' }), outcomeOf(offer, 'clicked', 7, { detail: 'hats' }), outcomeOf(greeting, 'opened', 91 * DAY_MS),
    ];
    for (const record of tell(live.greeting, live.offer)) live.w.feed(record);
    for (const record of tell(late.greeting, late.offer)) late.w.feed(record);
    const world = new DelayedWorld(programOf(mails));
    const events = new EventMaker();
    for (const record of [events.identify(START, { email: 's@example.com' }), events.track(START, 'Signed Up'), events.track(START + 1, 'Sale')]) world.feed(SARA, record);
    for (const record of tell(late.greeting, late.offer)) world.feed(SARA, record);
    world.program = programOf([...mails, ...later], { version: 2, keptSince: world.program.keptSince });
    world.feed(SARA, events.track(START + 92 * DAY_MS, 'Seen'));
    expect(Object.keys(world.contact(SARA)?.segments ?? {}).toSorted()).toEqual(inside(live.w));
  });

  it('adds up what two contacts did who turn out to be one', () => {
    const w = new SmallWorld([...mails, segmentOf('two', engaged('opened', { times: { op: 'at-least', count: 2 } }))]);
    for (const [who, at] of [[SARA, 0], [visitorOf('v'), 5]] as const) {
      w.feed(w.events.identify(START + at, { email: `${who.kind}@example.com` }, { identifiers: [who] }));
      w.feed(w.events.track(START + at, 'Signed Up', {}, { identifiers: [who] }));
      w.feed(outcomeOf(w.effects('message').at(-1)!.message.id, 'opened', at + 1), who);
    }
    expect(inside(w)).toEqual([]);
    w.feed(w.events.track(START + 10, 'Seen', {}, { identifiers: [SARA, visitorOf('v')] }));
    expect(w.world.contact(SARA)?.segments).toEqual({ two: START + 10 });
  });
});

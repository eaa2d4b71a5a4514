import { segmentInWords } from '@samovar/core';
import type { Json, JsonObject } from '@samovar/core';
import { formatDuration } from '@samovar/contract';
import { datesInWords, heldInWords, operandInWords, phraseOf } from '../../words/condition-phrase.ts';
import { field, isObject, text } from '../../words/explained.ts';

/** A decision, as far as its words go. */
export interface Worded {
  code: string;
  journey: string | null;
  step: string | null;
  detail: Json;
}

const REASONS: Readonly<Record<string, string>> = {
  already_inside: 'it was inside already',
  re_entry: 'the journey does not let contacts in again, or not so soon',
  too_many: 'it is in more journeys than a contact can be',
  no_address: 'it has no e-mail address',
  unverified_address: 'its address came from a browser only and was not verified by a server',
  suppressed: 'its address takes no mail any more',
  no_consent: 'it never agreed to marketing',
  consent_for_other_address: 'it agreed for another address than the one it has now; ask at the new one, or give it a consent of its own',
  no_request: 'nobody asked for a subscription with an e-mail address',
  confirmation_limit: 'its address was asked to confirm a subscription twice within a week already',
  unsubscribed: 'it unsubscribed',
  frequency_cap: 'it had received as many messages as the workspace allows',
  expired: 'it was too late for the message to be worth anything',
  address_changed: 'its address had changed since the decision',
  merged: 'it was merged into another contact',
  test_mode: 'the workspace sends to test recipients only',
  ceiling: 'the journey had sent as many messages as it may in an hour; it leaves in the next',
  rate: 'more messages to that domain waited than may leave at once',
  stopped: 'sending was stopped',
  paused: 'the mail server was not to be reached',
  busy: 'it could not be sent in time and was put back',
  retry: 'the mail server refused it for now',
  gave_up: 'the mail server refused it for too long',
  bounced: 'the mail server said that there is no such mailbox',
  refused: 'the mail server refused the message for good',
  unknown: 'the connection broke before the mail server\'s answer; it is not sent again, so that nobody gets it twice',
  contact_gone: 'the contact does not exist any more',
  template_missing: 'its template is missing',
  no_sender: 'no sender address is set',
};

/** A reason as people say it, after “since”. */
export function reasonInWords(reason: string): string {
  if (reason.startsWith('exited: ')) return `it had left the journey (${reason.slice('exited: '.length)})`;
  return REASONS[reason] ?? reason.replaceAll('_', ' ');
}

type Words = (decision: Worded) => string;

const WORDS: Readonly<Record<string, Words>> = {
  entered: ({ journey }) => `Entered ${journey}.`,
  not_entered: ({ journey, detail }) => {
    const reason = text(detail, 'reason');
    return reason === 'who' ? `Did not enter ${journey}: ${conditionInWords(field(detail, 'failed'))}` : `Did not enter ${journey}, since ${reasonInWords(reason)}.`;
  },
  branched: ({ step, detail }) => {
    const arm = text(detail, 'arm');
    if (arm !== '') return `At ${step} the split put it into “${arm}”.`;
    const branch = text(detail, 'branch');
    const because = field(detail, 'because');
    const way = { then: 'the condition held', else: 'the condition did not hold', happened: 'what it waited for happened', timed_out: 'what it waited for did not happen in time' }[branch] ?? branch;
    return because === null ? `At ${step} ${way}.` : `At ${step} ${way}: ${conditionInWords(because)}`;
  },
  message_decided: ({ step, detail }) => `At ${step} the message ${text(detail, 'template')} was decided.`,
  message_held: ({ step }) => `At ${step} the message waits for the end of the quiet hours.`,
  message_skipped: ({ step, detail }) => `At ${step} the message ${text(detail, 'template')} was left out, since ${reasonInWords(text(detail, 'reason'))}${text(detail, 'rule') === '' ? '' : ` (${text(detail, 'rule')})`}.`,
  trait_set: ({ detail }) => `Set ${text(detail, 'trait')} to ${JSON.stringify(field(detail, 'after'))}.`,
  tagged: ({ detail }) => `Tagged ${text(detail, 'tag')}.`,
  untagged: ({ detail }) => `Untagged ${text(detail, 'tag')}.`,
  exited: ({ journey, detail }) => `Left ${journey} before its end: ${text(detail, 'reason').replaceAll('_', ' ')}.`,
  completed: ({ journey }) => `Reached the end of ${journey}.`,
  goal_reached: ({ journey, detail }) => `Reached the goal of ${journey} with ${text(detail, 'event')}.`,
  segment_entered: ({ detail }) => `Entered ${segmentInWords(text(detail, 'segment'))}${causeInWords(field(detail, 'cause'))}.`,
  segment_left: ({ detail }) => `Left ${segmentInWords(text(detail, 'segment'))}${causeInWords(field(detail, 'cause'))}.`,
  list_joined: ({ detail }) => `Was put on the list ${text(detail, 'list')}.`,
  list_left: ({ detail }) => `Was taken off the list ${text(detail, 'list')}.`,
  consent_changed: ({ detail }) => `${text(detail, 'state') === 'granted' ? 'Agreed to' : 'Withdrew consent to'} ${text(detail, 'purpose') === 'profiling' ? 'profiling' : text(detail, 'topic') === '' ? 'marketing' : `“${text(detail, 'topic')}”`}.`,
  consent_ignored: () => 'A change of consent was ignored, since it came with a browser key, which anybody can use.',
  suppression_lifted: () => 'Its address may be written to again.',
  suppressed: ({ detail }) => `Its address takes no mail any more (${text(detail, 'reason')}).`,
  order_ignored: ({ detail }) => `The order ${text(detail, 'order')} was ignored, since it has no total.`,
  order_duplicate: ({ detail }) => `The order ${text(detail, 'order')} is counted once, though it was told twice.`,
  merged: () => 'Another contact turned out to be the same person and was merged into this one.',
  history_incomplete: () => 'What both parts of the merge knew was added up, since not all of what it rests on is kept any more; an order told to both may count twice.',
  merge_refused: ({ detail }) => `It was not merged with another contact, since ${text(detail, 'reason') === 'kept_apart' ? 'both were told apart' : 'they are two different people as far as we know'}.`,
  trait_refused: ({ detail }) => `${text(detail, 'trait')} was not set to ${text(detail, 'value')}, since the schema ${text(detail, 'reason') === 'not_allowed' ? 'does not list that value' : `wants ${text(detail, 'expected')}`}.`,
  unmerged: ({ detail }) => {
    const reason = text(detail, 'reason');
    return `${text(detail, 'of') === '' ? 'A contact that had been merged into this one was taken out again' : 'It was taken out of the contact that it had been merged into'}, by ${text(detail, 'by')}${reason === '' ? '' : `: ${reason}`}.`;
  },
  identifier_limit: () => 'An identifier was not kept, since the contact has too many.',
  cascade_limit: () => 'Segments and journeys changed each other too often; that was stopped.',
};

/** What brought a change of membership about. */
function causeInWords(cause: Json): string {
  switch (text(cause, 'kind')) {
    case 'event': return `, by “${text(cause, 'name')}”`;
    case 'time': return ', as time went by';
    case 'definition': return ', since the definitions changed';
    case 'merge': return ', since two contacts turned out to be one';
    default: return '';
  }
}

/** A decision in a sentence. */
export function decisionInWords(decision: Worded): string {
  return WORDS[decision.code]?.(decision) ?? `${decision.code.replaceAll('_', ' ')}.`;
}

const TESTS: Readonly<Record<string, string>> = {
  is: 'to be', 'is-not': 'not to be', 'more-than': 'to be more than', 'at-least': 'to be at least', 'less-than': 'to be less than', 'at-most': 'to be at most', contains: 'to contain',
  'starts-with': 'to start with', 'ends-with': 'to end with', in: 'to be one of', 'not-in': 'to be none of', exists: 'to be known', missing: 'not to be known',
  between: 'to be between', matches: 'to match', 'contains-any': 'to contain one of', 'contains-all': 'to contain all of',
};

/** `had to be more than 5`, `had to lie in the next 3 days`. */
function testInWords(test: Json): string {
  if (typeof test === 'string') return `to ${test}`;
  const op = text(test, 'op');
  return `${TESTS[op] ?? op}${operandInWords(test)}`;
}

/** A condition with the values on which it rested, as `explain` of core tells it. */
export function conditionInWords(explained: Json): string {
  if (explained === null || typeof explained !== 'object' || Array.isArray(explained)) return '';
  for (const kind of ['all', 'any', 'none'] as const) {
    const parts = explained[kind];
    if (parts === undefined) continue;
    if (!Array.isArray(parts)) return `none of these may hold, but this one does: ${conditionInWords(parts)}`;
    const heading = { all: 'all of these were asked for', any: 'one of these was asked for', none: 'none of these may hold' }[kind];
    return `${heading}: ${parts.map((part) => conditionInWords(part).replace(/\.$/, '')).join('; ')}.`;
  }
  return simpleInWords(explained);
}

function simpleInWords(explained: JsonObject): string {
  const observed = JSON.stringify(explained.observed ?? null);
  const phrase = phraseOf(explained);
  if (phrase?.kind === 'value') return `${phrase.subject} had ${testInWords(phrase.test)}, and was ${phrase.found}.`;
  if (phrase?.kind === 'state') return `it should ${phrase.asked}, and that was ${phrase.holds ? '' : 'not '}so.`;
  if (explained.event !== undefined) {
    const { withinMs, since, dates } = explained;
    const within = isObject(dates) ? datesInWords(dates) : typeof withinMs === 'number' ? ` within ${formatDuration(withinMs)}` : since === 'entry' ? ' since entering' : '';
    const times = explained.times ?? null;
    const wanted = `${text(times, 'op').replace('-', ' ')} ${text(times, 'count')} times`;
    const where = Array.isArray(explained.where) && explained.where.length > 0 ? ` with ${explained.where.map((one) => `${text(one, 'path')} ${testInWords(field(one, 'test'))}`).join(', ')}` : '';
    return `“${text(explained, 'event')}”${where} should have happened ${wanted}${within}, and happened ${observed} times.`;
  }
  if (explained.trait !== undefined) return `the trait ${text(explained, 'trait')} had ${testInWords(explained.test ?? null)}${heldInWords(explained.held)}, and was ${observed}${explained.held !== undefined && explained.holds !== true ? ', or not for that long' : ''}.`;
  if (explained.trigger !== undefined) return `the property ${text(explained, 'trigger')} of the triggering event had ${testInWords(explained.test ?? null)}, and was ${observed}.`;
  if (explained.segment !== undefined) return `it should be in the segment ${text(explained, 'segment')}, and was ${explained.observed === true ? 'in it' : 'not'}.`;
  if (explained.tag !== undefined) return `it should be tagged ${text(explained, 'tag')}, and was ${explained.observed === true ? 'so' : 'not'}.`;
  if (explained.consent !== undefined) return `consent to ${text(explained, 'topic') || text(explained, 'consent')} was asked for, and was ${explained.observed === null ? 'never given' : text(explained, 'observed')}.`;
  if (explained.message !== undefined) return `the message of ${text(explained, 'message')} should have been ${text(explained, 'outcome')}, and was ${explained.observed === true ? 'so' : 'not'}.`;
  return JSON.stringify(explained);
}

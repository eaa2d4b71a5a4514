import { formatDuration } from '@samovar/contract';
import { segmentInWords } from '@samovar/core';
import type { Decision, Json, JsonObject } from '@samovar/core';
import { datesInWords, heldInWords, operandInWords, phraseOf } from '../words/condition-phrase.ts';
import { isObject } from '../words/explained.ts';

/** A decision in plain words, with the values on which it rested. `local` writes a time. */
export function describeDecision(decision: Decision, local: (at: number) => string): string {
  const { detail: given, step } = decision;
  const detail = isObject(given) ? given : {};
  switch (decision.code) {
    case 'entered': return detail.key === null || detail.key === undefined ? 'entered' : `entered for ${word(detail.key)}`;
    case 'not_entered': return `did not enter: ${describeRefusal(detail)}`;
    case 'branched': return describeBranch(step, detail);
    case 'message_decided': return `sent ${word(detail.template)}`;
    case 'message_held': return `held until ${local(Number(detail.until))}: ${reason(detail)}`;
    case 'message_skipped': return `${word(detail.template)} not sent: ${reason(detail)}`;
    case 'trait_set': return `${word(detail.trait)} set to ${JSON.stringify(detail.after)}`;
    case 'tagged': return `tagged ${word(detail.tag)}`;
    case 'untagged': return `no longer tagged ${word(detail.tag)}`;
    case 'exited': return `left: ${reason(detail)}`;
    case 'completed': return 'reached the end';
    case 'goal_reached': return detail.value === null ? 'goal reached' : `goal reached: ${JSON.stringify(detail.value)}`;
    case 'segment_entered': return `entered ${segmentInWords(word(detail.segment))}`;
    case 'list_joined': return `put on the list ${word(detail.list)}`;
    case 'list_left': return `taken off the list ${word(detail.list)}`;
    case 'segment_left': return `left ${segmentInWords(word(detail.segment))}`;
    case 'consent_changed': return `consent ${word(detail.state)}${detail.purpose === 'profiling' ? ' for profiling' : detail.topic === null ? '' : ` for ${word(detail.topic)}`}`;
    case 'consent_ignored': return `consent ignored: ${reason(detail)}`;
    case 'suppression_lifted': return 'address may be written to again';
    case 'suppressed': return `address suppressed: ${reason(detail)}`;
    case 'order_ignored': case 'order_duplicate': case 'merged': case 'merge_refused': case 'unmerged': case 'trait_refused': case 'history_incomplete': case 'identifier_limit': case 'cascade_limit':
      return `${decision.code.replaceAll('_', ' ')} ${JSON.stringify(given)}`;
  }
}

function describeRefusal(detail: JsonObject): string {
  switch (detail.reason) {
    case 'already_inside': return 'it is inside already';
    case 're_entry': return 'it was inside before, and `re-entry` does not allow it yet';
    case 'who': return isObject(detail.failed) ? `\`who\` asks for ${describeWitness(detail.failed)}` : 'not who the journey is for';
    default: return reason(detail);
  }
}

function describeBranch(step: string | null, detail: JsonObject): string {
  if (detail.arm !== undefined) return `${step ?? 'split'}: drawn into ${word(detail.arm)}`;
  const branch = detail.branch === 'timed_out' ? 'otherwise, it did not happen in time' : detail.branch === 'happened' ? 'then, it happened' : word(detail.branch);
  const because = isObject(detail.because) ? `, because ${describeWitness(detail.because)}` : '';
  return `${step ?? 'if'}: ${branch}${because}`;
}

/** What a condition looked at and found: `the trait plan is "pro" (it is "trial")`. */
export function describeWitness(witness: JsonObject): string {
  for (const [kind, joint] of [['all', ' and '], ['any', ' or '], ['none', ' or ']] as const) {
    const parts = witness[kind];
    if (parts === undefined) continue;
    const inner = (Array.isArray(parts) ? parts : [parts]).filter(isObject).map(describeWitness).join(joint);
    return kind === 'none' ? `none of (${inner})` : inner;
  }
  const phrase = phraseOf(witness);
  if (phrase?.kind === 'value') return `${phrase.subject} ${describeTest(phrase.test)} (it is ${phrase.found})`;
  if (phrase?.kind === 'state') return `to ${phrase.asked} (it is ${phrase.holds ? '' : 'not '}so)`;
  return `${describePart(witness)}${witness.observed === undefined ? '' : ` (${observation(witness)})`}`;
}

function describePart(witness: JsonObject): string {
  if (witness.trait !== undefined) return `the trait ${word(witness.trait)} ${describeTest(witness.test)}${heldInWords(witness.held)}`;
  if (witness.trigger !== undefined) return `the trigger's ${word(witness.trigger)} ${describeTest(witness.test)}`;
  if (witness.event !== undefined) return describeEvent(witness);
  if (witness.segment !== undefined) return `being in the segment ${word(witness.segment)}`;
  if (witness.tag !== undefined) return `the tag ${word(witness.tag)}`;
  if (witness.consent !== undefined) return `consent to ${word(witness.consent)}${witness.topic === null ? '' : ` for ${word(witness.topic)}`}`;
  if (witness.message !== undefined) return `the message of ${word(witness.message)} having been ${word(witness.outcome)}`;
  return JSON.stringify(witness);
}

function describeEvent(witness: JsonObject): string {
  const times = isObject(witness.times) ? `${word(witness.times.op).replaceAll('-', ' ')} ${word(witness.times.count)} ×` : '';
  const within = isObject(witness.dates) ? datesInWords(witness.dates) : typeof witness.withinMs === 'number' ? ` within ${formatDuration(witness.withinMs)}` : '';
  const since = witness.since === 'entry' ? ' since entry' : '';
  return `${times} ${word(witness.event)}${within}${since}`;
}

function describeTest(test: Json | undefined): string {
  if (typeof test === 'string') return `must ${test}`;
  return isObject(test) ? `${word(test.op).replaceAll('-', ' ')}${operandInWords(test)}` : '';
}

function observation({ observed }: JsonObject): string {
  if (typeof observed === 'boolean') return observed ? 'it is so' : 'it is not so';
  if (typeof observed === 'number') return `there: ${observed}`;
  return `it is ${observed === null ? 'nothing' : JSON.stringify(observed)}`;
}

function reason(detail: JsonObject): string {
  return word(detail.reason).replaceAll('_', ' ');
}

function word(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

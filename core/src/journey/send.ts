import { count, decide, type Turn } from '../advance/turn.ts';
import { SUBSCRIPTION_REQUESTED } from '../contact/consent-changes.ts';
import type { Enrollment, SentMessage } from '../contact/contact-state.ts';
import type { Json } from '../event/json.ts';
import { decideSend, isPromotion } from '../gate/decide-send.ts';
import { longestCapMs } from '../gate/frequency-cap.ts';
import { derivedUuid, type MessageId } from '../identity/ids.ts';
import { MESSAGE_MEMORY_MS } from '../message/observation-of-outcome.ts';
import type { Node, TemplateInfo } from '../program/program.ts';
import type { StepResult } from './step-result.ts';
import { versionOf } from './version-of.ts';

/** Messages remembered per contact, for conditions, caps and attribution; older ones live in their table only. */
export const MESSAGE_MEMORY_LIMIT = 100;

/** Decides one message. A hold keeps the contact at this step until the quiet hours are over. */
export function send(turn: Turn, enrollment: Enrollment, node: Extract<Node, { kind: 'send' }>): StepResult {
  const about = { ...enrollment, step: node.id };
  const step = `step:${enrollment.journey}/${node.id}`;
  const template = turn.program.templates.get(node.template);
  if (template === undefined) {
    decide(turn, 'message_skipped', { reason: 'template_missing', template: node.template }, about);
    count(turn, step, 'skipped:template_missing');
    return { kind: 'go', next: node.next };
  }
  const decision = decideSend(turn.contact, template, turn.program, turn.now, requestedAddress(turn, enrollment));
  if (decision.kind === 'hold') {
    decide(turn, 'message_held', { reason: 'quiet_hours', until: decision.until }, about);
    return { kind: 'rest', until: decision.until };
  }
  if (decision.kind === 'skip') {
    const { reason, rule } = decision;
    decide(turn, 'message_skipped', { reason, ...(rule === undefined ? {} : { rule }), template: node.template }, about);
    count(turn, step, `skipped:${reason}`);
  } else {
    decideMessage(turn, enrollment, node, template, decision.address);
  }
  return { kind: 'go', next: node.next };
}

/** The address in the request for a subscription that started the journey; null: something else did. */
function requestedAddress(turn: Turn, enrollment: Enrollment): Json {
  const trigger = versionOf(turn, enrollment)?.trigger;
  const asked = trigger?.kind === 'event' && trigger.event === SUBSCRIPTION_REQUESTED;
  return asked ? (enrollment.data.email ?? null) : null;
}

function decideMessage(turn: Turn, enrollment: Enrollment, node: { id: string }, template: TemplateInfo, address: string): void {
  const { now } = turn;
  enrollment.sends += 1;
  const id = derivedUuid('message', enrollment.id, node.id, String(enrollment.sends)) as MessageId;
  const { journey, version, data } = enrollment;
  remember(turn, {
    id, enrollmentId: enrollment.id, journey, step: node.id, template: template.key, topic: template.topic, address, marketing: isPromotion(template.class), at: now,
    sent: false, delivered: false, bounced: false, unsubscribed: false, openedAt: null, machineOpened: false, clickedAt: null,
  });
  turn.effects.push({
    kind: 'message',
    message: {
      id, enrollmentId: enrollment.id, journey, version, step: node.id, template: template.key, templateVersion: template.version,
      class: template.class, topic: template.topic, address, decidedAt: now, expiresAt: now + template.expiresAfterMs, data,
    },
  });
  decide(turn, 'message_decided', { template: template.key, messageId: id }, { ...enrollment, step: node.id });
  count(turn, `step:${journey}/${node.id}`, 'decided');
  count(turn, `journey:${journey}`, 'decided');
}

function remember(turn: Turn, message: SentMessage): void {
  const { contact, now, program } = turn;
  const capMs = longestCapMs(program.workspace);
  const kept = contact.messages.filter((old) => old.at > now - Math.max(MESSAGE_MEMORY_MS, capMs));
  while (kept.length >= MESSAGE_MEMORY_LIMIT) {
    // What the frequency cap counts is forgotten last.
    const free = kept.findIndex((old) => !old.marketing || old.at <= now - capMs);
    kept.splice(Math.max(free, 0), 1);
  }
  contact.messages = [...kept, message];
}

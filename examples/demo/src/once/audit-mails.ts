import { MINUTE_MS } from '@samovar/core';
import type { Message } from '../story/admin-answers.ts';
import { messageOf } from './record.ts';
import type { Record } from './record.ts';

/** A mail server that says "come again in a moment" is asked again within this. */
const LATE_LIMIT_MS = 3 * MINUTE_MS;

/** Every message that Samovar counts as sent lies in the mailbox, once, in time; and nothing else does. */
export function auditMails(record: Record): string[] {
  const problems: string[] = [];
  const copies = new Map<string, number>();
  for (const mail of record.mails) {
    const message = messageOf(record, mail);
    if (message === undefined) problems.push(`mail ${mail.number} to ${mail.to} is known to nobody`);
    copies.set(message?.id ?? mail.messageId, (copies.get(message?.id ?? mail.messageId) ?? 0) + 1);
  }
  for (const [id, count] of copies) if (count > 1) problems.push(`message ${id} came ${count} times`);
  for (const { id, status, sentAt, decidedAt, template, reason } of record.messages.values()) {
    if (status === 'sent' && !copies.has(id)) problems.push(`message ${id} (${template}) counts as sent and never came`);
    if (status !== 'sent' && copies.has(id)) problems.push(`message ${id} (${template}) came and counts as ${status}`);
    if (status === 'unknown' || (status === 'queued' && record.now - Date.parse(decidedAt) > LATE_LIMIT_MS)) problems.push(`message ${id} (${template}) is still ${status}: ${reason ?? 'no reason'}`);
    if (sentAt !== null && Date.parse(sentAt) - Date.parse(decidedAt) > LATE_LIMIT_MS) problems.push(`message ${id} (${template}) left ${Date.parse(sentAt) - Date.parse(decidedAt)} ms late`);
  }
  return [...problems, ...confirmations(record), ...afterGoodbye(record)];
}

/** Each order is confirmed at once, and once. */
function confirmations(record: Record): string[] {
  const problems: string[] = [];
  const confirmed = record.mails.filter((mail) => messageOf(record, mail)?.template === 'order-confirmed');
  for (const { orderId, at, person } of record.books.orders.values()) {
    const mails = confirmed.filter(({ to, text }) => to === person.email && text.includes(orderId));
    const wanted = person.unreachable || record.now - at < LATE_LIMIT_MS ? mails.length : 1;
    if (mails.length !== wanted) problems.push(`order ${orderId} was confirmed ${mails.length} times`);
    if (mails.some(({ date }) => Math.abs(date - at) > LATE_LIMIT_MS)) problems.push(`order ${orderId} was confirmed late`);
  }
  return problems;
}

/** Who wanted no more letters of a kind got none. */
function afterGoodbye(record: Record): string[] {
  return record.books.goodbyes.flatMap(({ person, at, messageId }) => {
    const topic = record.messages.get(messageId.split('@')[0] ?? '')?.topic;
    const more = record.mails.filter((mail) => mail.to === person.email && mail.date > at && isOf(topic, messageOf(record, mail)));
    return more.map((mail) => `${mail.to} wanted no more about ${topic ?? 'anything'} and still got mail ${mail.number}`);
  });
}

/** Leaving a topic leaves the others; leaving altogether leaves all advertising. */
function isOf(topic: string | null | undefined, message: Message | undefined): boolean {
  return message?.class === 'marketing' && (topic === null || message.topic === topic);
}

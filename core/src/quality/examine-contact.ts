import type { ContactState } from '../contact/contact-state.ts';
import { traitAt, traitValuesAt } from '../contact/traits.ts';
import type { Json } from '../event/json.ts';
import type { TrackedEvent } from '../event/log-record.ts';
import { valueAt } from '../event/path.ts';
import { DAY_MS, type Millis } from '../time.ts';
import { isListedDomain, judgeAddress } from './address.ts';
import { isPlaceholder, tidyText } from './category-key.ts';
import { duplicateKeys, emailOf, type DuplicateKind, type PhoneReader } from './duplicate-keys.ts';
import type { MailDomainVerdict } from './mail-domain.ts';
import { STAY_DAYS, subscriptionOf, type KeptConsent } from './subscription.ts';
import { judgeVisitor } from './visitor.ts';

/** What is to be looked at, as a workspace has chosen it. */
export interface QualityQuestions {
  /** Traits that every contact should have. */
  expectedTraits: readonly string[];
  /** Traits that hold countries; `EVENT/property` names a property of the latest events. */
  countryTraits: readonly string[];
  /** Traits, or properties, that hold one of a few words. */
  categoryTraits: readonly string[];
}

/** Knowledge of the world that is kept elsewhere. */
export interface QualityLists {
  isProgram: (userAgent: string) => boolean;
  isDisposable: (domain: string) => boolean;
  readPhone: PhoneReader;
}

/** Everything that is known of a contact and bears on the quality of its data. */
export interface ExaminedContact {
  contact: ContactState;
  /** Its latest events, of the program's choice how many. */
  events: readonly TrackedEvent[];
  lastEventAt: Millis | null;
  lastEngagedAt: Millis | null;
  consents: readonly KeptConsent[];
  /** Why its address must not be written to; null: nothing forbids it. */
  suppressed: string | null;
  mailDomain: MailDomainVerdict;
}

/** What was found about one contact. */
export interface Examination {
  /** Keys of the figures in which it counts. */
  figures: string[];
  /** Figure → more about it, such as what is wrong with the address. */
  details: Record<string, string>;
  duplicates: { kind: DuplicateKind; key: string }[];
  values: { trait: string; value: string }[];
  /** Month in which it first subscribed, and whether it stayed. */
  cohort: { month: string; stayed: Record<(typeof STAY_DAYS)[number], boolean | null> } | null;
}

/** Ages that are told apart; older ones are one. */
export const FRESHNESS_DAYS = [30, 90, 365] as const;

/** Longer values are no words of a list. */
export const CATEGORY_LENGTH_LIMIT = 200;

/** The domain to ask about before a contact can be examined; null: there is none, or asking would be of no use. */
export function mailDomainOf(contact: ContactState): string | null {
  const judged = judgeAddress(emailOf(contact) ?? '');
  return judged.kind === 'valid' ? judged.domain : null;
}

/** Counts one contact in every figure that it belongs to. */
export function examineContact(examined: ExaminedContact, questions: QualityQuestions, lists: QualityLists, now: Millis): Examination {
  const found: Examination = { figures: [], details: {}, duplicates: duplicateKeys(examined.contact, lists.readPhone), values: [], cohort: null };
  examineVisitor(found, examined, lists);
  examineAddress(found, examined, lists);
  examineTraits(found, examined, questions);
  examineSubscription(found, examined, now);
  found.figures.push(`event-${ageOf(examined.lastEventAt, now)}`, `engaged-${ageOf(examined.lastEngagedAt, now)}`);
  return found;
}

function note(found: Examination, figure: string, detail?: string): void {
  found.figures.push(figure);
  if (detail !== undefined) found.details[figure] = detail;
}

function examineVisitor(found: Examination, { contact, events }: ExaminedContact, { isProgram }: QualityLists): void {
  const acted = Object.keys(contact.orders).length > 0 || contact.messages.some(({ openedAt, clickedAt }) => openedAt !== null || clickedAt !== null);
  const visitor = judgeVisitor(events, acted, isProgram);
  if (visitor !== null) note(found, `visitor-${visitor.verdict}`, visitor.reason);
}

function examineAddress(found: Examination, { contact, suppressed, mailDomain }: ExaminedContact, { isDisposable }: QualityLists): void {
  const text = emailOf(contact);
  if (text === null) return note(found, 'address-missing');
  const judged = judgeAddress(text);
  if (judged.kind === 'invalid') return note(found, 'address-invalid', judged.problem);
  if (judged.role) note(found, 'address-role');
  if (isListedDomain(judged.domain, isDisposable)) note(found, 'address-disposable', judged.domain);
  if (suppressed !== null) return note(found, 'address-suppressed', suppressed);
  if (mailDomain === 'unknown') return note(found, 'address-unchecked');
  if (mailDomain === 'receives') return note(found, 'address-reachable');
  return note(found, 'address-unreachable', mailDomain);
}

function examineTraits(found: Examination, examined: ExaminedContact, { expectedTraits, countryTraits, categoryTraits }: QualityQuestions): void {
  for (const path of expectedTraits) if (traitValuesAt(examined.contact, rootOf(path), path).every(isMissing)) note(found, `missing:${path}`);
  for (const trait of new Set([...countryTraits, ...categoryTraits])) {
    const values = new Set(valuesOf(examined, trait).filter(isWord));
    for (const value of values) found.values.push({ trait, value });
    if (values.size > 0) found.details[`value:${trait}`] = [...values].join('\n');
  }
}

/** Whether a name is that of a property of an event. */
export function isEventProperty(name: string): boolean {
  return name.includes('/');
}

function valuesOf({ contact, events }: ExaminedContact, name: string): (Json | undefined)[] {
  if (!isEventProperty(name)) return [valueOf(contact, name)];
  const slash = name.lastIndexOf('/');
  return events.filter((event) => event.name === name.slice(0, slash)).map(({ properties }) => valueAt(properties, name.slice(slash + 1)));
}

/** Line ends keep the values of a contact apart. */
function isWord(value: Json | undefined): value is string {
  return typeof value === 'string' && tidyText(value) !== '' && value.length <= CATEGORY_LENGTH_LIMIT && !value.includes('\n');
}

function valueOf(contact: ContactState, path: string): Json | undefined {
  return traitAt(contact, rootOf(path), path);
}

function rootOf(path: string): string {
  return path.split('.', 1)[0] ?? path;
}

function isMissing(value: Json | undefined): boolean {
  return value === undefined || value === null || (typeof value === 'string' && isPlaceholder(value));
}

function examineSubscription(found: Examination, { consents }: ExaminedContact, now: Millis): void {
  const subscription = subscriptionOf(consents, now);
  if (subscription === null) return;
  note(found, subscription.now ? 'subscribed' : 'unsubscribed');
  found.cohort = { month: new Date(subscription.since).toISOString().slice(0, 7), stayed: subscription.stayed };
  for (const days of STAY_DAYS) {
    const stayed = subscription.stayed[days];
    if (stayed !== null) note(found, stayed ? `stayed-${days}` : `left-${days}`);
  }
}

function ageOf(at: Millis | null, now: Millis): string {
  if (at === null) return 'never';
  return String(FRESHNESS_DAYS.find((days) => now - at <= days * DAY_MS) ?? 'older');
}

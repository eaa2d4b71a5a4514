/**
 * Every key of every kind of file, with what it means: the parser refuses others, the JSON Schema shows the meanings in
 * the editor.
 */
export const FILE_KEYS = {
  segment: {
    segment: 'The key by which other files refer to this segment.',
    name: 'Name on screen. Default: the key.',
    description: 'What it is for.',
    match: 'Who belongs to it: a condition; a list means that all must hold.',
  },
  journey: {
    journey: 'The key of this journey.',
    name: 'Name on screen. Default: the key.',
    description: 'What it is for.',
    trigger: 'What lets a contact enter.',
    who: 'Checked at entry: only contacts for whom this holds enter. Default: everybody.',
    're-entry': 'Whether a contact (or a key, where the trigger has one) may enter again: `never`, `always`, `after 30 days`. Default: never.',
    exit: 'What ends the journey for a contact wherever it is.',
    goal: 'What the journey is for; reaching it is counted and does not end it.',
    ceiling: 'At most so many messages of this journey per hour, e.g. `5000 per hour`.',
    steps: 'What happens, one after the other.',
  },
  template: {
    template: 'The key by which journeys refer to this template.',
    name: 'Name on screen. Default: the key.',
    channel: 'The channel. Default: email.',
    class: '`marketing` needs consent and obeys caps and quiet hours; `legitimate-interest` is the same, and needs consent only where the country demands it; `transactional` answers something that the contact did; `confirmation` asks whether a subscription was meant.',
    topic: 'The topic that a contact subscribes to.',
    from: 'Sender, e.g. `"Shop <shop@example.com>"`. Default: that of the workspace.',
    'reply to': 'Address for answers.',
    'expires after': 'Not sent when it could only leave so late. Default: 24 hours for marketing, legitimate-interest and confirmation, 7 days for transactional.',
    languages: 'The content by language tag; the first is the fallback.',
  },
  content: {
    subject: 'Subject line; Liquid is allowed.',
    preheader: 'Text that mailboxes show after the subject.',
    body: 'MJML with Liquid.',
  },
  topic: {
    topic: 'The key by which templates and events refer to this topic.',
    names: 'What people read, by language tag; the first is the fallback.',
    descriptions: 'A sentence about it, by language tag.',
    'double opt-in': '`true`: a subscription counts only once the owner of the address has confirmed it. Default: false.',
  },
  workspace: {
    workspace: 'Name of the workspace.',
    timezone: 'IANA time zone for contacts without their own. Default: UTC.',
    currency: 'ISO 4217 currency for orders that name none. Default: USD.',
    language: 'Language of contacts without their own. Default: en.',
    from: 'Sender of all messages whose template names none.',
    'quiet hours': 'No marketing between these local times, e.g. `21:00 to 08:00`.',
    'frequency cap': 'At most so many marketing messages to one contact, e.g. `3 per 7 days`.',
    attribution: 'How long after a click or an open an order is counted for the message.',
    consent: 'What may be done without consent, by the country of the contact. Default: nothing in Europe and where the country is unknown.',
  },
  consentRules: {
    europe: 'EU, EEA, United Kingdom and Switzerland. Default: opt-in for everything.',
    groups: 'Countries for which something else holds; the first group that names a country counts.',
    others: 'All other countries. Default: opt-in for marketing, opt-out for the rest.',
    'unknown country': 'Contacts without a country. Default: opt-in for everything.',
    'confirm within': 'How long the link of a confirmation works. Default: 7 days.',
  },
  consentRule: {
    marketing: '`opt-in`: only who agreed; `opt-out`: until somebody objects; `never`.',
    'legitimate interest': 'The same for messages of the class `legitimate-interest`.',
    profiling: 'The same for scores, personas and predictions.',
  },
  consentGroup: {
    name: 'Name of the group, shown with decisions.',
    countries: 'ISO 3166-1 codes, e.g. `[AE, SA]`.',
    marketing: '`opt-in`: only who agreed; `opt-out`: until somebody objects; `never`. Default: opt-in.',
    'legitimate interest': 'The same for messages of the class `legitimate-interest`. Default: opt-in.',
    profiling: 'The same for scores, personas and predictions. Default: opt-in.',
  },
  attribution: {
    click: 'Longest time between click and order. Default: 5 days.',
    open: 'Longest time between open and order, where nothing was clicked; `none` to count clicks only. Default: 1 day.',
  },
  eventTrigger: {
    event: 'The event that lets a contact enter.',
    where: 'Properties that the event must have.',
    key: 'Property that tells enrollments apart, e.g. `cart_id`: one enrollment for each.',
  },
  entersTrigger: { enters: 'The segment whose entering lets a contact enter.' },
  leavesTrigger: { leaves: 'The segment whose leaving lets a contact enter.' },
  eventExit: {
    event: 'The event that ends the journey.',
    where: 'Properties that the event must have.',
    same: 'Property that must equal that of the event which started the journey.',
    reason: 'The reason to show. Default: made of the name of the event.',
  },
  conditionExit: {
    when: 'The condition that ends the journey as soon as it holds.',
    reason: 'The reason to show. Default: condition.',
  },
  goal: {
    event: 'The event that is the goal.',
    where: 'Properties that the event must have.',
    same: 'Property that must equal that of the event which started the journey.',
    within: 'Counts when it happens at most so long after entry. Default: 7 days.',
    value: 'Property that holds its value in money.',
  },
  pattern: {
    event: 'The event waited for.',
    where: 'Properties that the event must have.',
    same: 'Property that must equal that of the event which started the journey.',
  },
  waitStep: { wait: 'Wait so long.', id: 'Name of this step.' },
  sendStep: { send: 'Send this template.', id: 'Name of this step.' },
  waitForStep: {
    'wait for': 'Wait until this event happens.',
    'up to': 'Wait at most so long.',
    then: 'Steps when it happened.',
    otherwise: 'Steps when it did not happen in time.',
    id: 'Name of this step.',
  },
  ifStep: { if: 'A condition.', then: 'Steps when it holds.', else: 'Steps when it does not.', id: 'Name of this step.' },
  splitStep: { split: 'Arms among which contacts are drawn at random, each always to the same.', id: 'Name of this step.' },
  arm: { name: 'Name of the arm.', share: 'Its weight: `50` or `50%`.', steps: 'Its steps; none for an arm that does nothing.' },
  setStep: { set: 'Sets traits of the contact.', id: 'Name of this step.' },
  tagStep: { tag: 'Adds a tag.', id: 'Name of this step.' },
  untagStep: { untag: 'Removes a tag.', id: 'Name of this step.' },
  exitStep: { exit: 'Ends the journey for this contact, with a reason.', id: 'Name of this step.' },
  scenarios: { scenarios: 'The key of the journey that is tested.', cases: 'The cases.' },
  case: {
    name: 'What the case shows.',
    contact: 'The contact: `id`, `email`, `timezone`, `language`, `consent`; further keys are traits.',
    start: 'When it begins, in the local time of the contact: `2026-03-28 10:00`; with a `Z` at the end in UTC.',
    events: 'What happens, in order.',
    until: 'When to stop looking: `+10 days` or a time.',
    expect: 'What must have come of it.',
  },
  contact: {
    id: 'User id of the contact.',
    email: 'Address of the contact.',
    timezone: 'IANA time zone of the contact.',
    language: 'Language of the contact.',
    consent: '`email`, `none`, or `email: [topics]`. Default: none.',
  },
  expect: {
    messages: 'Exactly these messages and no others, in order of time.',
    'not sent': 'Messages that must not have left, with the reason.',
    goal: '`reached` or `not reached`.',
    exit: 'Why the last enrollment ended, or `completed`.',
    traits: 'Traits that the contact must have.',
    tags: 'Tags that the contact must have.',
    segments: 'Segments that the contact must be in.',
  },
  expectedMessage: {
    at: 'When: `+1 hour` after the start, or a local time.',
    send: 'Key of the template.',
    language: 'Language that it must be in.',
    subject: 'Subject that it must have.',
  },
  notSent: { send: 'Key of the template.', reason: 'Why it did not leave.' },
} as const;

export type FileObject = keyof typeof FILE_KEYS;

/** The keys of one kind of object, in the order in which they are written. */
export function keysOf(object: FileObject): readonly string[] {
  return Object.keys(FILE_KEYS[object]);
}

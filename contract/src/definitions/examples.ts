/** A small, complete directory, for tests. */
import type { DefinitionText } from './parse-file.ts';

export const LAPSED_BUYERS: DefinitionText = {
  path: 'segments/lapsed-buyers.yaml',
  text: `segment: lapsed-buyers
name: Bought before, silent for 90 days
match:
  all:
    - event: Order Completed
    - no event: Order Completed
      within: 90 days
`,
};

export const CART_RESCUE: DefinitionText = {
  path: 'journeys/cart-rescue.yaml',
  text: `journey: cart-rescue
name: Cart rescue
trigger:
  event: Checkout Started
  where: { total: { at least: 10 } }
  key: cart_id
who:
  not in segment: lapsed-buyers
re-entry: after 30 days
exit:
  - event: Order Completed
    same: cart_id
    reason: bought
  - when: { tag: no-mail }
    reason: moved away
goal:
  event: Order Completed
  same: cart_id
  within: 7 days
  value: total
ceiling: 5000 per hour
steps:
  - wait: 1 hour
  - send: cart-1
    id: first
  - wait for:
      event: Order Completed
      same: cart_id
    up to: 1 day
    then:
      - exit: bought
    otherwise:
      - send: cart-1
  - if:
      message: first
      was: opened
    then:
      - split:
          - name: a
            share: 50
            steps:
              - send: cart-1
          - name: b
            share: 50%
    else:
      - set: { plan: trial, tier: 2 }
      - tag: x
      - untag: y
  - exit:
`,
};

export const CART_1: DefinitionText = {
  path: 'templates/cart-1.yaml',
  text: `template: cart-1
name: Your cart waits
class: marketing
topic: carts
from: "Shop <shop@example.com>"
reply to: help@example.com
expires after: 12 hours
languages:
  en:
    subject: You left something
    preheader: It is still there
    body: |
      <mj-section>
        <mj-column><mj-text>Hello {{ contact.name }}</mj-text></mj-column>
      </mj-section>
  fa:
    subject: سبد خرید شما
    body: <mj-section></mj-section>
`,
};

export const CARTS: DefinitionText = {
  path: 'topics/carts.yaml',
  text: `topic: carts
names:
  en: Your cart
  fa: سبد خرید شما
descriptions:
  en: Reminders of what you left in it
double opt-in: true
`,
};

export const WORKSPACE: DefinitionText = {
  path: 'workspace.yaml',
  text: `workspace: My shop
timezone: Europe/Berlin
currency: EUR
language: en
from: "Shop <shop@example.com>"
quiet hours: 21:00 to 08:00
frequency cap: 3 per 7 days
attribution: { click: 5 days, open: none }
consent:
  groups:
    - name: gulf
      countries:
        - AE
        - sa
      marketing: opt-out
  others: { marketing: opt-out, profiling: opt-in }
  confirm within: 3 days
retention:
  default: 730 days
  events: { Page Viewed: 90 days, Order Completed: forever }
`,
};

export const CONTACTS: DefinitionText = {
  path: 'schemas/contacts.yaml',
  text: `schema: contacts
name: What we know of our customers
traits:
  plan:
    type: text
    values: [free, pro]
    description: What the customer pays for
  seats: number
  birthday:
    type: date
    personal: true
`,
};

export const EXAMPLE_FILES: DefinitionText[] = [LAPSED_BUYERS, CART_RESCUE, CART_1, CARTS, CONTACTS, WORKSPACE];

export const CART_RESCUE_SCENARIOS: DefinitionText = {
  path: 'journeys/cart-rescue.scenarios.yaml',
  text: `scenarios: cart-rescue
cases:
  - name: Three mails, then silence
    contact: { id: u1, email: sara@example.com, timezone: Europe/Berlin, language: fa, consent: email, plan: free }
    start: 2026-03-28 10:00
    events:
      - at: +0
        event: Checkout Started
        cart_id: c1
        total: 40
      - at: +2 days
        unsubscribe: email
      - at: +3 days
        open: first
      - at: +4 days
        identify: { plan: pro }
      - at: 2026-04-01 09:30
        consent: email
        topic: carts
      - at: 2026-04-01T09:30:00Z
        click: first
    until: +10 days
    expect:
      messages:
        - at: +1 hour
          send: cart-1
          language: fa
        - at: 2026-03-29 11:00
          send: cart-1
          subject: You left something
      not sent:
        - send: cart-1
          reason: no_consent
      goal: not reached
      exit: completed
      traits: { plan: pro }
      tags: [x]
      segments: [lapsed-buyers]
  - name: Nobody without consent
    contact: { id: u2, consent: { email: [carts] } }
    start: 2026-03-28 10:00Z
    until: +1 day
    expect:
      messages: []
`,
};

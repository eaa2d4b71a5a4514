/** Two journeys whose messages can be told from the events alone: one per order at once, one per cart a second later. */
export const CRASH_FILES = [
  { path: 'journeys/confirm.yaml', text: `
journey: confirm
name: Confirm
trigger: { event: Order Completed, key: order_id }
re-entry: always
steps:
  - send: confirm
` },
  { path: 'journeys/cart.yaml', text: `
journey: cart
name: Cart
trigger: { event: Checkout Started, key: cart_id }
steps:
  - wait: 1 second
  - send: cart
` },
  { path: 'segments/buyers.yaml', text: `
segment: buyers
name: Buyers
match: { event: Order Completed }
` },
  { path: 'templates/confirm.yaml', text: template('confirm', 'transactional', 'Your order {{ event.order_id }}', 'Thank you.') },
  { path: 'templates/cart.yaml', text: template('cart', 'marketing', 'Your cart {{ event.cart_id }}', '<a href="{{ unsubscribe_url }}">Stop</a>') },
];

function template(key: string, kind: string, subject: string, text: string): string {
  return `
template: ${key}
name: ${key}
class: ${kind}
expires after: 7 days
from: "Shop <shop@example.com>"
languages:
  en:
    subject: "${subject}"
    body: |
      <mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section>
`;
}

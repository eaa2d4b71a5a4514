import type { ReadFile } from './parse-file.ts';
import { stepsInOrder } from './step-ids.ts';
import { report } from './yaml-tree.ts';

/** The event by which somebody asks for a subscription. */
const REQUEST = 'Subscription Requested';

/** A confirmation goes to the address in a request, so only journeys that a request starts have one to send it to. */
export function checkConfirmations(read: readonly ReadFile[]): void {
  const confirmations = new Set(read.flatMap(({ made }) => (made?.kind === 'template' && made.class === 'confirmation' ? [made.key] : [])));
  for (const { reading, scope, made } of read) {
    if (made?.kind !== 'journey' || (made.trigger.kind === 'event' && made.trigger.event === REQUEST)) continue;
    for (const step of stepsInOrder(made.steps)) {
      if (step.kind !== 'send' || !confirmations.has(step.template)) continue;
      const place = scope?.references.find((reference) => reference.kind === 'template' && reference.name === step.template)?.place;
      if (place !== undefined) report(reading, place, 'confirmation_without_request', `\`${step.template}\` asks for a confirmation, but nobody requested a subscription.`, `Let the event \`${REQUEST}\` start the journey.`);
    }
  }
}

import type { OrderState } from '../contact/contact-state.ts';
import type { ContactId } from '../identity/ids.ts';
import type { Millis } from '../time.ts';

/** An order of which nothing is known but that it was mentioned. */
export function mentionedOrder(at: Millis, currency: string): OrderState {
  return {
    at, currency, totalMinor: 0, refundedMinor: 0, touch: null, trusted: false, totalAt: null, askedMinor: 0, cancelled: false, completed: false, counted: 'no', claimants: [],
  };
}

/** Sets what follows from the rest. An order that is not counted here has no total that could limit what was paid back. */
export function withRefunds(order: OrderState): OrderState {
  const { totalMinor, askedMinor, cancelled, counted } = order;
  if (cancelled) return { ...order, refundedMinor: counted === 'here' ? totalMinor : Math.max(totalMinor, askedMinor) };
  return { ...order, refundedMinor: counted === 'here' ? Math.min(askedMinor, totalMinor) : askedMinor };
}

/** Whether a total told with this trust at this time takes the place of the one that is known. */
export function totalSupersedes(told: { trusted: boolean; at: Millis }, known: Pick<OrderState, 'trusted' | 'totalAt'>): boolean {
  if (known.totalAt === null) return true;
  if (told.trusted !== known.trusted) return told.trusted;
  return told.at >= known.totalAt;
}

/** What two contacts that become one know of the same order, counted once. */
export function joinOrders(mine: OrderState, theirs: OrderState): OrderState {
  const [leading, other] = theirs.totalAt !== null && totalSupersedes({ trusted: theirs.trusted, at: theirs.totalAt }, mine) ? [theirs, mine] : [mine, theirs];
  const counting = [mine, theirs].filter((order) => order.counted === 'here');
  return withRefunds({
    ...leading,
    at: Math.min(...(counting.length > 0 ? counting : [mine, theirs]).map((order) => order.at)),
    touch: leading.touch ?? other.touch,
    askedMinor: mine.askedMinor + theirs.askedMinor,
    cancelled: mine.cancelled || theirs.cancelled,
    completed: mine.completed || theirs.completed,
    claimants: [...new Set([...mine.claimants, ...theirs.claimants])],
    counted: counting.length > 0 ? 'here' : mine.counted === 'elsewhere' || theirs.counted === 'elsewhere' ? 'elsewhere' : 'no',
  });
}

/**
 * What is left of an order for one side of a contact that is taken apart.
 * @param joined what both sides knew; undefined: nothing that concerns this side
 * @param told what the side's own records say; undefined: none is about it
 * @param isMine whether somebody who asked for the order belongs to the side
 */
export function divideOrder(joined: OrderState | undefined, told: OrderState | undefined, isMine: (claimant: ContactId) => boolean): OrderState | null {
  const claimants = joined?.claimants.filter(isMine) ?? [];
  if (joined !== undefined && claimants.length > 0) {
    // History that is not kept for ever may have forgotten it.
    return withRefunds({ ...(told ?? joined), claimants, counted: 'here', touch: joined.touch });
  }
  return told === undefined ? null : withRefunds({ ...told, claimants, counted: told.counted === 'no' ? 'no' : 'elsewhere' });
}

/** One number that an order adds to a counter. */
export interface Contribution {
  thing: string;
  metric: string;
  value: number;
}

/** What an order adds to the counters of the workspace and of the message that led to it. */
export function contributionsOf(order: OrderState): Contribution[] {
  const isCounted = order.counted === 'here';
  const things = ['workspace', ...(order.touch === null ? [] : [`journey:${order.touch.journey}`, `step:${order.touch.journey}/${order.touch.step}`])];
  return things.flatMap((thing) => [
    { thing, metric: thing === 'workspace' ? 'orders' : 'converted', value: isCounted ? 1 : 0 },
    { thing, metric: `revenue:${order.currency}`, value: isCounted ? order.totalMinor : 0 },
    { thing, metric: `refunded:${order.currency}`, value: order.refundedMinor },
  ]);
}

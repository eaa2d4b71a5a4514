/** The words that the till knows, and what each takes off. The last is for a gift in the parcel. */
const COUPONS: Readonly<Record<string, number>> = { WELCOME10: 0.1, STILLHERE10: 0.1, WELCOMEBACK15: 0.15, HELLOAGAIN: 0 };

/** The word in a mail that saves its reader money, if there is one. */
export function couponIn(text: string): string | null {
  return Object.keys(COUPONS).find((coupon) => text.includes(coupon)) ?? null;
}

/** The share of the price that a coupon takes off. */
export function worthOf(coupon: string): number {
  return COUPONS[coupon] ?? 0;
}

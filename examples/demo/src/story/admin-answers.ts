import type { Definition } from '@samovar/core';

/** What the demo reads of the admin API's answers; there is more in them. */
export interface Figures {
  readonly entered: number;
  readonly waiting: number;
  readonly sent: number;
  readonly opened: number;
  readonly clicked: number;
  readonly skipped: number;
  readonly cancelled: number;
  readonly unsubscribed: number;
  readonly converted: number;
  readonly revenue: readonly { readonly currency: string; readonly amount: number; readonly refunded: number }[];
  readonly branches: Readonly<Record<string, number>>;
}

/** `GET /api/stats` */
export interface Stats {
  readonly items: readonly { readonly journey: string; readonly step: string | null; readonly figures: Figures }[];
}

/** `GET /api/messages` */
export interface Messages {
  readonly items: readonly Message[];
}

export interface Message {
  readonly id: string;
  readonly contactId: string;
  readonly journey: string;
  readonly step: string;
  readonly template: string;
  readonly class: 'marketing' | 'transactional';
  readonly topic: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly decidedAt: string;
  readonly sentAt: string | null;
}

/** `GET /api/contacts?userId=` */
export interface Contacts {
  readonly items: readonly { readonly id: string; readonly userId: string | null; readonly email: string | null }[];
}

/** `GET /api/contacts/:id` */
export interface Contact {
  readonly id: string;
  readonly userId: string | null;
  readonly tags: readonly string[];
  readonly orders: readonly { readonly orderId: string; readonly total: number; readonly refunded: number; readonly currency: string; readonly journey: string | null }[];
}

/** `GET /api/contacts/:id/timeline` */
export interface Timeline {
  readonly items: readonly { readonly at: string; readonly kind: string; readonly id: string; readonly detail: Readonly<Record<string, unknown>> }[];
}

/** `GET /api/definitions` */
export interface Definitions {
  readonly items: readonly { readonly kind: string; readonly key: string }[];
}

/** `GET /api/definitions/:kind/:key` */
export interface StoredDefinition {
  readonly definition: Definition;
}

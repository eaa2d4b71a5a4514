import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DAY_MS, World, bandOf, compileProgram, type Definition, type Identifier, type Millis, type TrackedEvent } from '@samovar/core';

/** What became of the contacts of one band. */
export interface BandOutcome {
  band: string;
  contacts: number;
  /** Of them, how many ordered again in the time after the cut-off. */
  ordered: number;
}

interface Invoice {
  customer: string;
  at: Millis;
  total: number;
  refund: boolean;
}

/** Scores all customers of the file by what they did up to a moment, and counts by band who ordered in the days after it. */
export function scoreLift(file: string, definitions: readonly Definition[], cutoff: Millis, days: number): BandOutcome[] {
  const invoices = readInvoices(file);
  const program = compileProgram({ workspaceId: 1, version: 1, live: definitions.map((definition) => ({ definition, version: 1 })), pinned: [], enterExisting: {}, keptSince: {} });
  const [score] = program.scores.values();
  if (score === undefined) throw new Error('there is no score');
  const world = new World(program, () => undefined, { keepHistory: false });
  const before = invoices.filter(({ at }) => at <= cutoff);
  for (const [index, invoice] of before.entries()) world.feed(customerOf(invoice), eventOf(invoice, index));
  world.runTo(cutoff);
  const later = new Set(invoices.filter(({ at, refund }) => !refund && at > cutoff && at <= cutoff + days * DAY_MS).map(({ customer }) => customer));
  const outcomes = score.bands.map(({ key }): BandOutcome => ({ band: key, contacts: 0, ordered: 0 }));
  for (const customer of new Set(before.map((invoice) => invoice.customer))) {
    const contact = world.contact({ kind: 'user', value: customer });
    const band = contact === null ? null : bandOf(score, { contact, now: cutoff, workspace: program.workspace, enrollment: null });
    const outcome = outcomes.find((one) => one.band === band);
    if (outcome === undefined) throw new Error(`${customer} is in no band`);
    outcome.contacts += 1;
    if (later.has(customer)) outcome.ordered += 1;
  }
  return outcomes;
}

function customerOf({ customer }: Invoice): Identifier {
  return { kind: 'user', value: customer };
}

function eventOf(invoice: Invoice, index: number): TrackedEvent {
  const { at, total, refund } = invoice;
  return {
    kind: 'event', type: 'track', name: refund ? 'Order Refunded' : 'Order Completed', messageId: `m${index}`, receivedAt: at, occurredAt: at, identifiers: [customerOf(invoice)],
    properties: { order_id: `o${index}`, total, currency: 'GBP' }, traits: {}, context: {}, trusted: true, historical: false,
  };
}

/** Invoices that name a customer, in order of time; those that begin with `C` take goods back. */
function readInvoices(file: string): Invoice[] {
  const byNumber = new Map<string, Invoice>();
  for (const line of gunzipSync(readFileSync(file)).toString('utf8').split('\n').slice(1)) {
    const [number = '', , , quantity, date = '', price, customer = ''] = line.replaceAll(/"([^"]|"")*"/g, '').trimEnd().split(',');
    if (customer === '') continue;
    const at = Date.parse(`${date.replace(' ', 'T')}Z`);
    const known = byNumber.get(number) ?? { customer: customer.replace(/\.0$/, ''), at, total: 0, refund: number.startsWith('C') };
    byNumber.set(number, { ...known, at: Math.min(known.at, at), total: known.total + Number(quantity) * Number(price) });
  }
  return [...byNumber.values()].toSorted((a, b) => a.at - b.at);
}

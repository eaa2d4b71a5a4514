import { minorDigits } from '@samovar/core';
import type { Identifier, JsonObject, Millis, TrackedEvent } from '@samovar/core';
import { isCurrency } from '@samovar/contract';
import { ZERO, absolute, add, multiply, parseDecimal, toFixed } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import type { OrdersMap, RowTest, Source } from './import-map.ts';
import { ORDER_WINDOW_ROWS, OrderGroups } from './order-groups.ts';
import { RowProblem, identifiersOf, textOf, timeReaderOf, valuesOf } from './read-value.ts';
import { importedEvent, messageIdOf, noteTime } from './row-mapper.ts';
import type { MapperContext, RowMapper } from './row-mapper.ts';
import type { Row } from './row-reader.ts';

/** Products that an order event names; of the others only their number and their money are kept. */
export const PRODUCTS_LIMIT = 100;

interface Order {
  id: string;
  identifiers: Identifier[];
  at: Millis;
  currency: string;
  total: Decimal;
  refund: boolean;
  products: JsonObject[];
  lines: number;
  properties: JsonObject;
}

function decimalOf(row: Row, source: Source): Decimal {
  const text = textOf(row, source) ?? '';
  const decimal = parseDecimal(text);
  if (decimal !== null) return decimal;
  throw new RowProblem('value_invalid', `${source.kind === 'column' ? `«${source.column}»` : 'The value'} is «${text.slice(0, 100)}», which is not an amount.`);
}

function holds(row: Row, { column, op, value }: RowTest): boolean {
  const raw = row.get(column);
  const text = raw === undefined || raw === null ? '' : String(raw as string | number | boolean);
  switch (op) {
    case 'is': return text === String(value);
    case 'is not': return text !== String(value);
    case 'starts with': return text.startsWith(String(value));
    case 'ends with': return text.endsWith(String(value));
    case 'contains': return text.includes(String(value));
    case 'in': return Array.isArray(value) && value.includes(text);
    case 'less than': return text !== '' && Number(text) < Number(value);
    case 'more than': return text !== '' && Number(text) > Number(value);
  }
}

/** Checked once for each spelling: a file has few currencies and many lines. */
function currencyReader(source: Source): (row: Row) => string {
  const known = new Map<string, string>();
  return (row) => {
    const text = textOf(row, source) ?? '';
    const found = known.get(text);
    if (found !== undefined) return found;
    const currency = text.toUpperCase();
    if (!isCurrency(currency)) throw new RowProblem('currency_invalid', `«${text.slice(0, 100)}» is not a currency; write one such as EUR.`);
    known.set(text, currency);
    return currency;
  };
}

function asNumber(decimal: Decimal, digits: number): number {
  return Number(toFixed(decimal, digits));
}

/** Rows that are orders or lines of orders: one event for each order or credit note that names a contact. */
export function ordersMapper(map: OrdersMap, context: MapperContext, windowRows = ORDER_WINDOW_ROWS): RowMapper {
  const { counts } = context;
  const readTime = timeReaderOf(map.at);
  const currencyOf = currencyReader(map.currency);
  const groups = new OrderGroups<Order>(map.line === null ? 0 : windowRows);

  function amountOf(row: Row): { amount: Decimal; quantity: Decimal | null; price: Decimal | null } {
    if (map.total !== null) return { amount: decimalOf(row, map.total), quantity: null, price: null };
    if (map.line === null) return { amount: ZERO, quantity: null, price: null };
    const quantity = decimalOf(row, map.line.quantity);
    const price = decimalOf(row, map.line.price);
    return { amount: multiply(quantity, price), quantity, price };
  }

  function begin(row: Row, id: string, at: Millis, currency: string): Order {
    return {
      id, at, currency, identifiers: [], total: ZERO, lines: 0, products: [], properties: valuesOf(row, map.properties),
      refund: map.refundWhen.length > 0 && map.refundWhen.every((test) => holds(row, test)),
    };
  }

  function productOf(row: Row, quantity: Decimal, price: Decimal, refund: boolean): JsonObject {
    return { ...valuesOf(row, map.line?.fields ?? {}), quantity: asNumber(refund ? absolute(quantity) : quantity, quantity.scale), price: asNumber(price, price.scale) };
  }

  function eventOf(order: Order): TrackedEvent[] {
    if (order.identifiers.length === 0) return [];
    const { id, currency, refund, products, lines } = order;
    counts[refund ? 'refunds' : 'orders'] += 1;
    const digits = minorDigits(currency);
    const properties: JsonObject = { ...order.properties, order_id: id, total: asNumber(refund ? absolute(order.total) : order.total, digits), currency };
    if (map.line !== null) properties['products'] = products;
    if (lines > products.length && map.line !== null) properties['products_omitted'] = lines - products.length;
    return [importedEvent(context, {
      name: refund ? 'Order Refunded' : 'Order Completed',
      // An order that is told again replaces what was known of it; a refund would be paid back twice.
      messageId: messageIdOf(refund ? context.fileDigest : context.mappedDigest, 'order', id),
      identifiers: order.identifiers, occurredAt: order.at, properties,
    })];
  }

  return {
    take: (row) => {
      // Everything that may be wrong with the row is read before anything is counted.
      const id = textOf(row, map.id);
      if (id === null) throw new RowProblem('order_id_missing', 'The row has no order id.');
      const at = readTime(row);
      if (at === null) throw new RowProblem('time_missing', 'The row has no time.');
      const currency = currencyOf(row);
      const { amount, quantity, price } = amountOf(row);
      const identifiers = identifiersOf(row, map.who);
      const order = groups.group(id, () => begin(row, id, at, currency));
      if (order === null) throw new RowProblem('order_scattered', `Other rows of the order «${id}» lie more than ${windowRows} rows before; sort the file by order.`);
      if (order.currency !== currency) throw new RowProblem('currency_differs', `The order «${id}» is in ${order.currency}, this row in ${currency}.`);
      const product = quantity === null || price === null || order.products.length >= PRODUCTS_LIMIT ? null : productOf(row, quantity, price, order.refund);
      counts.revenue.set(currency, add(counts.revenue.get(currency) ?? ZERO, amount));
      noteTime(counts, at);
      if (identifiers.length === 0) counts.linesWithoutContact += 1;
      if (order.identifiers.length === 0) order.identifiers = identifiers;
      if (product !== null) order.products.push(product);
      order.at = Math.min(order.at, at);
      order.total = add(order.total, amount);
      order.lines += 1;
      return [...groups.complete()].flatMap(eventOf);
    },
    end: function* () {
      for (const order of groups.rest()) yield* eventOf(order);
    },
  };
}

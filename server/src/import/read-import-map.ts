import { isCurrency } from '@samovar/contract';
import { isTimeZone } from '@samovar/core';
import type { ConsentSource, ContactsMap, EventsMap, ImportMap, OrdersMap, RowTest, Source, TimeSource, WhoSource } from './import-map.ts';
import { MapNode } from './map-node.ts';
import { isTimeFormat } from './time-format.ts';

const COLUMN_TYPES = ['text', 'number', 'whole number', 'true/false', 'json'] as const;

/** A column by its name; `{ column, as }` to read it as something else than text; `{ value }` for the same on all rows. */
function sourceOf(node: MapNode): Source {
  if (!node.isObject) return { kind: 'column', column: node.text(), as: 'text' };
  const literal = node.get('value');
  if (literal !== null) {
    node.only('value');
    const { value } = literal;
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { kind: 'literal', value } : literal.fail('A value must be text, a number, true or false.');
  }
  node.only('column', 'as');
  return { kind: 'column', column: node.need('column').text(), as: node.get('as')?.oneOf(...COLUMN_TYPES) ?? 'text' };
}

function optional(node: MapNode, key: string): Source | null {
  const child = node.get(key);
  return child === null ? null : sourceOf(child);
}

function sourcesOf(node: MapNode | null): Record<string, Source> {
  return node === null ? {} : Object.fromEntries(node.entries().map(([name, child]) => [name, sourceOf(child)]));
}

const TIME_KEYS = ['at', 'timezone', 'time format'] as const;

function timeOf(node: MapNode): TimeSource | null {
  const at = node.get('at');
  if (at === null) return null;
  const timezone = node.get('timezone');
  if (timezone !== null && !isTimeZone(timezone.text())) timezone.fail(`«${timezone.text()}» is not a time zone; write one such as Europe/Berlin or UTC.`);
  const format = node.get('time format');
  if (format !== null && !isTimeFormat(format.text())) format.fail('A time format is made of YYYY, MM or M, DD or D, HH or H, mm and ss, such as DD/MM/YYYY HH:mm.');
  return { source: sourceOf(at), timezone: timezone?.text() ?? 'UTC', format: format?.text() ?? null };
}

function needTime(node: MapNode): TimeSource {
  return timeOf(node) ?? node.fail(`${node.label} needs «at»: the column of the time.`);
}

/** `contact: column` is the user id; `contact: { id, anonymous id, email, phone }` says more. */
function whoOf(node: MapNode): WhoSource {
  if (!node.isObject || node.get('column') !== null) return { user: sourceOf(node) };
  return namedWho(node.only('id', 'anonymous id', 'email', 'phone'));
}

function namedWho(node: MapNode): WhoSource {
  const who: WhoSource = {};
  const keys = { user: 'id', anonymous: 'anonymous id', email: 'email', phone: 'phone' } as const;
  for (const [kind, key] of Object.entries(keys) as [keyof WhoSource, string][]) {
    const source = optional(node, key);
    if (source !== null) who[kind] = source;
  }
  return Object.keys(who).length === 0 ? node.fail(`${node.label} must name the contact by id, anonymous id, email or phone.`) : who;
}

function consentOf(node: MapNode | null): ConsentSource | null {
  if (node === null) return null;
  node.only('email', 'topics', 'source', 'wording', 'wording_version', 'ip', 'form', 'url', 'by', ...TIME_KEYS);
  const proof: Record<string, Source> = {};
  for (const key of ['source', 'wording', 'wording_version', 'ip', 'form', 'url', 'by']) {
    const source = optional(node, key);
    if (source !== null) proof[key] = source;
  }
  const email = optional(node, 'email');
  const topics = sourcesOf(node.get('topics'));
  if (email === null && Object.keys(topics).length === 0) node.fail('consent needs «email» or «topics»: the columns that say yes or no.');
  return { ...(email === null ? {} : { email }), topics, proof, at: timeOf(node) };
}

function contactsOf(node: MapNode): ContactsMap {
  node.only('id', 'anonymous id', 'email', 'phone', 'traits', 'consent', ...TIME_KEYS);
  return { kind: 'contacts', who: namedWho(node), at: timeOf(node), traits: sourcesOf(node.get('traits')), consent: consentOf(node.get('consent')) };
}

function eventsOf(node: MapNode): EventsMap {
  node.only('event', 'contact', 'message id', 'properties', ...TIME_KEYS);
  const properties = node.get('properties');
  return {
    kind: 'events',
    who: whoOf(node.need('contact')),
    event: sourceOf(node.need('event')),
    at: needTime(node),
    messageId: optional(node, 'message id'),
    properties: properties?.value === 'all' ? 'all' : sourcesOf(properties),
  };
}

const ROW_TESTS = ['is', 'is not', 'starts with', 'ends with', 'contains', 'in', 'less than', 'more than'] as const;

function testsOf(node: MapNode | null): RowTest[] {
  if (node === null) return [];
  return node.entries().flatMap(([column, child]): RowTest[] => {
    if (!child.isObject) return [{ column, op: 'is', value: String(child.value) }];
    return child.only(...ROW_TESTS).entries().map(([op, { value }]): RowTest => {
      if (Array.isArray(value)) return { column, op: op as RowTest['op'], value: value.map(String) };
      return { column, op: op as RowTest['op'], value: typeof value === 'number' ? value : String(value) };
    });
  });
}

function currencyOf(node: MapNode): Source {
  const { value } = node;
  // Three capital letters are the currency itself; a column of that name is written as { column: … }.
  return typeof value === 'string' && isCurrency(value) ? { kind: 'literal', value } : sourceOf(node);
}

function lineOf(node: MapNode | null): OrdersMap['line'] {
  if (node === null) return null;
  const fields = Object.fromEntries(node.entries().filter(([name]) => name !== 'quantity' && name !== 'price').map(([name, child]) => [name, sourceOf(child)]));
  return { quantity: sourceOf(node.need('quantity')), price: sourceOf(node.need('price')), fields };
}

function ordersOf(node: MapNode): OrdersMap {
  node.only('id', 'contact', 'currency', 'line', 'total', 'properties', 'refund when', ...TIME_KEYS);
  const line = lineOf(node.get('line'));
  const total = optional(node, 'total');
  if ((line === null) === (total === null)) node.fail('orders need either «line» (every row is a line of an order) or «total» (every row is an order).');
  return {
    kind: 'orders',
    who: whoOf(node.need('contact')),
    id: sourceOf(node.need('id')),
    at: needTime(node),
    currency: currencyOf(node.need('currency')),
    line,
    total,
    properties: sourcesOf(node.get('properties')),
    refundWhen: testsOf(node.get('refund when')),
  };
}

function rowsOf(root: MapNode): ImportMap['rows'] {
  const [contacts, events, orders] = [root.get('contacts'), root.get('events'), root.get('orders')];
  if ([contacts, events, orders].filter((node) => node !== null).length !== 1) root.fail('A mapping has exactly one of: contacts, events, orders.');
  if (contacts !== null) return contactsOf(contacts);
  return events === null ? ordersOf(root.need('orders')) : eventsOf(events);
}

/** Reads a mapping file; throws `ImportError` with file, line and what is wrong. */
export function readImportMap(text: string, file: string): ImportMap {
  const root = MapNode.parse(text, file);
  root.only('format', 'encoding', 'delimiter', 'contacts', 'events', 'orders');
  const delimiter = root.get('delimiter');
  if (delimiter !== null && (delimiter.text().length !== 1 || /["\r\n]/.test(delimiter.text()))) delimiter.fail('The delimiter is one character, such as ";" or "\\t".');
  return {
    format: root.get('format')?.oneOf('csv', 'ndjson') ?? null,
    encoding: root.get('encoding')?.oneOf('utf-8', 'latin1') ?? 'utf-8',
    delimiter: delimiter?.text() ?? ',',
    rows: rowsOf(root),
  };
}

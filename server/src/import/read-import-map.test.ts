import { describe, expect, it } from 'vitest';
import { readImportMap } from './read-import-map.ts';

describe('readImportMap', () => {
  it('reads orders made of lines', () => {
    const map = readImportMap(`
      encoding: latin1
      orders:
        id: InvoiceNo
        contact: { id: { column: CustomerID, as: whole number }, email: Mail }
        at: InvoiceDate
        timezone: Europe/London
        time format: D/M/YYYY H:mm
        currency: GBP
        line: { sku: StockCode, quantity: Quantity, price: UnitPrice }
        refund when: { InvoiceNo: { starts with: C } }`, 'map.yaml');
    expect(map).toEqual({
      format: null, encoding: 'latin1', delimiter: ',',
      rows: {
        kind: 'orders',
        id: { kind: 'column', column: 'InvoiceNo', as: 'text' },
        who: { user: { kind: 'column', column: 'CustomerID', as: 'whole number' }, email: { kind: 'column', column: 'Mail', as: 'text' } },
        at: { source: { kind: 'column', column: 'InvoiceDate', as: 'text' }, timezone: 'Europe/London', format: 'D/M/YYYY H:mm' },
        currency: { kind: 'literal', value: 'GBP' },
        line: { quantity: { kind: 'column', column: 'Quantity', as: 'text' }, price: { kind: 'column', column: 'UnitPrice', as: 'text' }, fields: { sku: { kind: 'column', column: 'StockCode', as: 'text' } } },
        total: null, properties: {},
        refundWhen: [{ column: 'InvoiceNo', op: 'starts with', value: 'C' }],
      },
    });
  });

  it.each([
    ['orders:\n  id: a\n  contct: b', 'map.yaml:3: «contct» is not known here'],
    ['contacts:\n  traits: {}', 'map.yaml:1: «contacts» must name the contact'],
    ['events:\n  contact: u\n  event: e\n  at: t\n  timezone: Europe/Atlantis', 'map.yaml:5: «Europe/Atlantis» is not a time zone'],
    ['events:\n  contact: u\n  event: e', 'map.yaml:1: «events» needs «at»'],
    ['events:\n  contact: u\n  at: t\n  event: {column: e, as: color}', 'map.yaml:4: «events → event → as» must be one of: text, number'],
    ['events: {}\norders: {}', 'map.yaml:1: A mapping has exactly one of'],
    ['orders:\n  id: a\n  contact: b\n  at: c\n  currency: EUR', 'orders need either «line»'],
    ['contacts:\n  id: a\n  consent: { source: b }', 'map.yaml:3: consent needs'],
    ['contacts: [', 'map.yaml:1: '],
    ['contacts:\n  id: a\n  at: b\n  time format: MM/YYYY', 'map.yaml:4: A time format'],
  ])('says where %j is wrong', (text, message) => {
    expect(() => readImportMap(text, 'map.yaml')).toThrow(message);
  });
});

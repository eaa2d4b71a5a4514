import { expect, it } from 'vitest';
import type { ContactId } from '@samovar/core';
import { openContacts, sealContacts } from './seal.ts';

const key = (keyId: number, byte: number): { keyId: number; secret: Buffer; createdAt: number } => ({ keyId, secret: Buffer.alloc(32, byte), createdAt: 0 });
const IDS = ['17368759-1568-88fe-80f5-e74c6f2c40cf', '27368759-1568-88fe-80f5-e74c6f2c40cf'] as ContactId[];

it('names contacts to whoever has the key, and to nobody else', () => {
  const sealed = sealContacts(IDS, key(1, 7));
  expect(sealed).not.toContain('1736');
  expect(openContacts(sealed, [key(2, 8), key(1, 7)])).toEqual(IDS);
  expect(openContacts(sealContacts([], key(1, 7)), [key(1, 7)])).toEqual([]);
  expect(openContacts(sealed, [key(1, 8)])).toBeNull();
  expect(openContacts(sealed, [key(2, 7)])).toBeNull();
  expect(openContacts(`${sealed.slice(0, -4)}AAAA`, [key(1, 7)])).toBeNull();
  expect(openContacts('nonsense', [key(1, 7)])).toBeNull();
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../testing/index.ts';
import type { TestDatabase } from '../testing/index.ts';
import { createKey, findKey, keyDigestOf, listKeys, revokeKey } from './keys.ts';
import { createSigningKey, createWorkspace, ensureSigningKey, listSigningKeys, listWorkspaces } from './workspaces.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

describe('workspaces', () => {
  it('are made once per name, also by many at once', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, (_, i) => createWorkspace(db, i % 2 === 0 ? 'Tea' : 'Coffee', 5)));
    expect(new Set(made.map(({ workspaceId }) => workspaceId)).size).toBe(2);
    expect((await listWorkspaces(db)).map(({ name }) => name).sort()).toEqual(['Coffee', 'Tea']);
    expect(made[0]).toMatchObject({ sending: 'live', testRecipients: [], createdAt: 5 });
  });
});

describe('keys', () => {
  it('are told once, kept as a digest, found and revoked', async () => {
    const { workspaceId } = await createWorkspace(db, 'Keys', 1);
    const other = await createWorkspace(db, 'Other', 1);
    const key = await createKey(db, { workspaceId, kind: 'server', label: 'Shop', now: 7 });
    expect(key).toMatch(/^smv_server_[\w-]{32}$/);
    const found = await findKey(db, keyDigestOf(key));
    expect(found).toMatchObject({ workspaceId, kind: 'server', label: 'Shop', createdAt: 7, revokedAt: null });
    expect(JSON.stringify(await listKeys(db, workspaceId))).not.toContain(key);
    expect(await findKey(db, keyDigestOf(`${key}x`))).toBeNull();
    expect(await revokeKey(db, other.workspaceId, found!.keyDigest, 9)).toBe(false);
    expect(await revokeKey(db, workspaceId, found!.keyDigest, 9)).toBe(true);
    expect((await findKey(db, keyDigestOf(key)))!.revokedAt).toBe(9);
  });
});

describe('signing keys', () => {
  it('are made when there is none, and added to', async () => {
    const first = await ensureSigningKey(db, 1);
    expect((await ensureSigningKey(db, 2)).keyId).toBe(first.keyId);
    const second = await createSigningKey(db, 3);
    expect(second.secret.length).toBe(32);
    expect((await listSigningKeys(db)).map(({ keyId }) => keyId)).toEqual([second.keyId, first.keyId]);
  });
});

import { z } from 'zod';
import type { Millis } from '@samovar/core';
import { appendErasures, listSigningKeys, listWorkspaces, openContacts, readErasure, readWholeErasures, sealContacts } from '@samovar/store';
import type { Database } from '@samovar/store';

const FORMAT = 'samovar erasures';

const head = z.object({ format: z.literal(FORMAT), version: z.literal(1) });
const line = z.object({ erasure: z.uuid(), workspace: z.string(), at: z.int(), reason: z.string(), by: z.string(), contacts: z.string() });

/** All erasures of a database as text, one a line. Whom they were about is under seal. */
export async function writeErasures(db: Database): Promise<{ text: string; count: number }> {
  const [erasures, workspaces, [key]] = await Promise.all([readWholeErasures(db), listWorkspaces(db), listSigningKeys(db)]);
  const lines: object[] = [{ format: FORMAT, version: 1 }];
  for (const { workspaceId, erasure, at, reason, by, contacts } of erasures) {
    if (key === undefined) throw new Error('the database has erasures and no signing key');
    lines.push({ erasure, workspace: workspaces.find((one) => one.workspaceId === workspaceId)?.name ?? '', at, reason, by, contacts: sealContacts(contacts, key) });
  }
  return { text: lines.map((one) => `${JSON.stringify(one)}\n`).join(''), count: erasures.length };
}

export type ApplyErasuresResult = { kind: 'applied'; applied: number; known: number } | { kind: 'refused'; why: string };

/** Asks once more for the erasures of a file that the database does not know. All of the file is understood, or nothing is done. */
export async function applyErasures({ db, shardCount, now }: { db: Database; shardCount: number; now: Millis }, text: string): Promise<ApplyErasuresResult> {
  const [first = '', ...rest] = text.split('\n').filter((one) => one.trim() !== '');
  if (parse(head, first) === null) return { kind: 'refused', why: 'this is no file that `samovar erasures export` wrote.' };
  const [keys, workspaces] = await Promise.all([listSigningKeys(db), listWorkspaces(db)]);
  const wanted: Parameters<typeof appendErasures>[1][number][][] = [];
  let known = 0;
  for (const [index, one] of rest.entries()) {
    const said = parse(line, one);
    const contacts = said === null ? null : openContacts(said.contacts, keys);
    const workspaceId = workspaces.find(({ name }) => name === said?.workspace)?.workspaceId;
    if (said === null || workspaceId === undefined) return { kind: 'refused', why: `line ${index + 2} is damaged, or of a workspace that is not here.` };
    if (contacts === null) return { kind: 'refused', why: `line ${index + 2} was sealed by another installation.` };
    const { erasure, at, reason, by } = said;
    if ((await readErasure(db, workspaceId, erasure)) !== null) known += 1;
    else wanted.push(contacts.map((contactId) => ({ workspaceId, erasure, contactId, at, reason, by })));
  }
  for (const erasures of wanted) await appendErasures(db, erasures, now, shardCount);
  return { kind: 'applied', applied: wanted.length, known };
}

function parse<T extends z.ZodType>(schema: T, text: string): z.output<T> | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

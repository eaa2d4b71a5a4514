import { contactIdOf, isOnList, type ContactId, type Identifier, type JsonObject } from '@samovar/core';
import { readContactsBehind, type Database } from '@samovar/store';
import type { ContactsMap } from '../import/import-map.ts';
import { columnsOf, newCounts } from '../import/read-file.ts';
import { RowProblem } from '../import/read-value.ts';
import { contactsMapper } from '../import/row-mapper.ts';
import { readCsv, type Line } from '../import/row-reader.ts';
import { importMapOf } from './list-mapping.ts';
import { chunksOf, type ListFile } from './read-list-file.ts';

/** What would become of a line. */
export type TriedLine =
  | { kind: 'good'; line: number; identifiers: Identifier[]; traits: JsonObject; would: 'create' | 'add' | 'stay' }
  | { kind: 'bad'; line: number; code: string; message: string };

type Read = Omit<Extract<TriedLine, { kind: 'good' }>, 'would'> | Extract<TriedLine, { kind: 'bad' }>;

/** Lines that are tried. */
export const TRY_LINE_LIMIT = 20;

/** What would happen with the first lines of a file, without doing it. */
export async function tryListFile(db: Database, shardCount: number, workspaceId: number, file: Pick<ListFile, 'text' | 'fileName' | 'mapping' | 'list' | 'receivedAt'>): Promise<TriedLine[]> {
  const read = await firstLines(file);
  const idOf = (identifiers: readonly Identifier[]): ContactId | null => (identifiers[0] === undefined ? null : contactIdOf(workspaceId, identifiers[0]));
  const ids = read.flatMap((one) => (one.kind === 'good' ? [idOf(one.identifiers)].filter((id) => id !== null) : []));
  const behind = await readContactsBehind(db, ids, shardCount);
  return read.map((one): TriedLine => {
    if (one.kind === 'bad') return one;
    const id = idOf(one.identifiers);
    const contact = id === null ? undefined : behind.get(id);
    return { ...one, would: contact === undefined ? 'create' : isOnList(contact, file.list) ? 'stay' : 'add' };
  });
}

async function firstLines({ text, fileName, mapping, receivedAt }: Pick<ListFile, 'text' | 'fileName' | 'mapping' | 'receivedAt'>): Promise<Read[]> {
  const map = importMapOf(mapping);
  const read: Read[] = [];
  const take = rowReader(map.rows as ContactsMap, receivedAt);
  for await (const lines of readCsv(chunksOf(text), { file: fileName, delimiter: map.delimiter, needed: columnsOf(map) })) {
    for (const line of lines) {
      read.push(take(line));
      if (read.length === TRY_LINE_LIMIT) return read;
    }
  }
  return read;
}

function rowReader(rows: ContactsMap, receivedAt: number): (line: Line) => Read {
  const mapper = contactsMapper(rows, { fileDigest: '', mappedDigest: '', receivedAt, historical: true, counts: newCounts() });
  return (line) => {
    if (line.kind === 'bad') return { kind: 'bad', line: line.line, code: line.code, message: line.message };
    try {
      const [identify] = mapper.take(line);
      return { kind: 'good', line: line.line, identifiers: identify?.identifiers ?? [], traits: identify?.traits ?? {} };
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      return { kind: 'bad', line: line.line, code: error.code, message: error.message };
    }
  };
}

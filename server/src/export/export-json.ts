import type { ContactState } from '@samovar/core';
import type { Section } from './contact-sections.ts';

/** An export as JSON, in pieces. A reader who finds `"complete": true` at its end has all of it. */
export async function* exportJson(contact: ContactState, sections: readonly Section[], { exportedAt, shop }: { exportedAt: number; shop: string }): AsyncGenerator<string> {
  const head = { format: 'samovar contact', version: 1, shop, exportedAt: new Date(exportedAt).toISOString(), id: contact.id, createdAt: new Date(contact.createdAt).toISOString() };
  yield JSON.stringify(head).slice(0, -1);
  for (const { name, rows } of sections) {
    yield `,\n"${name}":[`;
    let first = true;
    for await (const row of rows) {
      yield `${first ? '\n' : ',\n'}${JSON.stringify(row)}`;
      first = false;
    }
    yield ']';
  }
  yield ',\n"complete":true}\n';
}

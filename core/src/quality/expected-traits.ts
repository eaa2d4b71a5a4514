import type { Definition } from '../definition/index.ts';

/** Traits that come from elsewhere than a contact's own data, or that have a figure of their own. */
const NOT_ASKED = new Set(['email', 'consent', 'id', 'unsubscribe_url']);

/** Traits that definitions test or write into messages, so that a contact without them is left out or addressed badly. */
export function traitsUsedBy(definitions: readonly Definition[]): string[] {
  const found = new Set<string>();
  for (const definition of definitions) collect(definition, found);
  const computed = new Set(definitions.flatMap((one) => (one.kind === 'computed-trait' ? [one.key] : [])));
  return [...found].filter((trait) => !NOT_ASKED.has(trait) && !computed.has(trait)).sort();
}

/** Walks whatever a definition is made of, so that kinds of conditions that come later are seen as well. */
function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    for (const [, tag = ''] of value.matchAll(/\{[{%]([^{}]*)[%}]\}/gu)) for (const [, path = ''] of tag.matchAll(/(?<![\w.])contact\.([A-Za-z_][\w.]*\w|[A-Za-z_])/gu)) found.add(path);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (isTraitTest(value) && value.test?.op !== 'missing') found.add(value.path);
  for (const part of Object.values(value)) collect(part, found);
}

function isTraitTest(value: object): value is { kind: 'trait'; path: string; test?: { op?: unknown } } {
  return 'kind' in value && value.kind === 'trait' && 'path' in value && typeof value.path === 'string';
}

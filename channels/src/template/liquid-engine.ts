import { Liquid } from 'liquidjs';
import { registerFilters } from './liquid-filters.ts';
import { createCaptureTag, TrackedTag } from './liquid-tags.ts';
import { cleanForText, escapeForHtml } from './liquid-values.ts';
import type { LiquidOutput } from './liquid-values.ts';

/** Names a template may start a variable with; anything else is a spelling mistake and reported as one. */
export const TEMPLATE_ROOTS = [
  'contact',
  'event',
  'message',
  'workspace',
  'score',
  'band',
  'temperature',
  'persona',
  'coupon',
  'now',
  'unsubscribe_url',
  'preferences_url',
  'confirm_url',
] as const;

/** A mail is some hundred nodes; these stop a runaway loop, not a long mail. */
const PARSE_LIMIT_CHARACTERS = 2_000_000;
const RENDER_LIMIT_MS = 1_000;
const MEMORY_LIMIT = 20_000_000;

/** Tags that read other templates (there are none) or write outside their place. */
const REMOVED_TAGS = ['include', 'render', 'layout', 'block'];
/** `raw` would put a contact's words into HTML unescaped; `sample` is chance; `hmac_sha256` has no business in a mail. */
const REMOVED_FILTERS = ['raw', 'sample', 'hmac_sha256', 'inspect'];

/** A safe engine for one kind of output. `tracking` adds the tag that only the compiler writes. */
export function createLiquidEngine(output: LiquidOutput, options: { readonly tracking: boolean }): Liquid {
  const engine = new Liquid({
    templates: {},
    strictFilters: true,
    strictVariables: false,
    ownPropertyOnly: true,
    jsTruthy: false,
    timezoneOffset: 0,
    locale: 'en',
    parseLimit: PARSE_LIMIT_CHARACTERS,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    outputEscape: output === 'html' ? escapeForHtml : cleanForText,
  });
  for (const tag of REMOVED_TAGS) delete engine.tags[tag];
  for (const filter of REMOVED_FILTERS) engine.unregisterFilter(filter);
  registerFilters(engine, output);
  engine.registerTag('capture', createCaptureTag(engine));
  if (options.tracking) engine.registerTag('tracked', TrackedTag);
  return engine;
}

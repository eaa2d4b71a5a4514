import type { Liquid, Template } from 'liquidjs';
import type { CompiledLanguage, CompiledTemplate, Direction } from './compiled-template.ts';
import { createLiquidEngine } from './liquid-engine.ts';
import type { TemplateClass } from './template-source.ts';

/** One language, parsed. */
export interface PreparedLanguage {
  readonly direction: Direction;
  readonly subject: Template[];
  readonly html: Template[];
  readonly text: Template[];
}

/** A template whose Liquid is parsed: rendering it is filling in values. */
export interface PreparedTemplate {
  readonly key: string;
  readonly hash: string;
  readonly class: TemplateClass;
  readonly topic: string | null;
  readonly from: { readonly name: string; readonly address: string } | null;
  readonly replyTo: string | null;
  readonly languages: readonly string[];
  /** Parsed when first asked for; null for a language that the template does not have. */
  language(language: string): PreparedLanguage | null;
}

interface Engines {
  readonly html: Liquid;
  readonly text: Liquid;
}

let shared: Engines | null = null;

/** The engines that render; made once per process. */
export function renderEngines(): Engines {
  shared ??= { html: createLiquidEngine('html', { tracking: true }), text: createLiquidEngine('text', { tracking: true }) };
  return shared;
}

const cache = new Map<string, PreparedTemplate>();
/** Templates in use at a time; the one not used for longest goes first. */
const CACHE_LIMIT = 500;

/** Parses a compiled template's Liquid, once per process and hash. */
export function prepareTemplate(compiled: CompiledTemplate): PreparedTemplate {
  const known = cache.get(compiled.hash);
  const prepared = known ?? prepare(compiled);
  if (known !== undefined) cache.delete(compiled.hash);
  else if (cache.size >= CACHE_LIMIT) cache.delete(cache.keys().next().value ?? '');
  cache.set(compiled.hash, prepared);
  return prepared;
}

function prepare(compiled: CompiledTemplate): PreparedTemplate {
  const parsed = new Map<string, PreparedLanguage>();
  const { key, hash, class: class_, topic, from, replyTo } = compiled;
  return {
    key,
    hash,
    class: class_,
    topic,
    from,
    replyTo,
    languages: Object.keys(compiled.languages),
    language(language) {
      const known = parsed.get(language);
      if (known !== undefined) return known;
      if (!Object.hasOwn(compiled.languages, language)) return null;
      const made = parseLanguage(compiled.languages[language] as CompiledLanguage);
      parsed.set(language, made);
      return made;
    },
  };
}

function parseLanguage(compiled: CompiledLanguage): PreparedLanguage {
  const engines = renderEngines();
  return {
    direction: compiled.direction,
    subject: engines.text.parse(compiled.subject),
    html: engines.html.parse(compiled.html),
    text: engines.text.parse(compiled.text),
  };
}

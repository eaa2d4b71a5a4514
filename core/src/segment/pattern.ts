import { RE2JS } from 're2js';

/** Patterns kept ready; a workspace has as many as its definitions name. */
const PATTERN_LIMIT = 1000;

const patterns = new Map<string, RE2JS>();

/**
 * A regular expression that takes time in proportion to the text, whatever a marketer writes and a visitor sends. Case
 * counts, as in every other test of a text; `(?i)` at its beginning says otherwise.
 * @throws RE2JSSyntaxException; definitions are checked before they get here
 */
export function patternOf(source: string): RE2JS {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  const pattern = RE2JS.compile(source);
  if (patterns.size >= PATTERN_LIMIT) patterns.clear();
  patterns.set(source, pattern);
  return pattern;
}

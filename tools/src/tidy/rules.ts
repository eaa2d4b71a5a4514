import { SIZE_EXCEPTIONS } from './exceptions.ts';
import { arrowsRule } from './rules/arrows.ts';
import { cyclesRule } from './rules/cycles.ts';
import { documentsRule } from './rules/documents.ts';
import { leftoversRule } from './rules/leftovers.ts';
import { manifestsRule } from './rules/manifests.ts';
import { namesRule } from './rules/names.ts';
import { purityRule } from './rules/purity.ts';
import { sizeRule } from './rules/size.ts';
import { sqlRule } from './rules/sql.ts';
import { testHygieneRule } from './rules/test-hygiene.ts';
import type { Rule } from './rule.ts';

/** Every convention that tidy checks; STYLE.md says what each is for. */
export const RULES: readonly Rule[] = [
  sizeRule(SIZE_EXCEPTIONS),
  arrowsRule,
  cyclesRule,
  purityRule,
  sqlRule,
  namesRule,
  testHygieneRule,
  leftoversRule,
  manifestsRule,
  documentsRule,
];

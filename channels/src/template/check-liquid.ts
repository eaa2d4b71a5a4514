import type { Liquid } from 'liquidjs';
import { createLiquidEngine, TEMPLATE_ROOTS } from './liquid-engine.ts';
import type { TemplatePart, TemplateProblem } from './template-source.ts';

export interface LiquidCheck {
  readonly problems: readonly TemplateProblem[];
  /** Full paths, such as `contact.traits.name`; empty when the text cannot be parsed. */
  readonly variables: readonly string[];
}

let authorEngine: Liquid | null = null;

/** Parses an author's Liquid and looks at the variables it uses. */
export function checkLiquid(text: string, language: string, part: TemplatePart): LiquidCheck {
  authorEngine ??= createLiquidEngine('html', { tracking: false });
  try {
    const templates = authorEngine.parse(text);
    const { globals } = authorEngine.analyzeSync(templates, { partials: false });
    const problems: TemplateProblem[] = [];
    const variables = new Set<string>();
    for (const [root, uses] of Object.entries(globals)) {
      if (!(TEMPLATE_ROOTS as readonly string[]).includes(root)) {
        const first = uses[0];
        problems.push({
          code: 'liquid-unknown-variable',
          message: `There is no variable “${root}”.`,
          mend: `Variables begin with one of: ${TEMPLATE_ROOTS.join(', ')}.`,
          where: { language, part, line: first?.location.row ?? null, column: first?.location.col ?? null },
        });
      }
      for (const use of uses) variables.add(use.toString());
    }
    return { problems, variables: [...variables].sort() };
  } catch (error) {
    return { problems: [liquidProblem(error, language, part)], variables: [] };
  }
}

interface PlacedError {
  readonly message: string;
  readonly token?: { getPosition?(): [number, number] };
}

function liquidProblem(error: unknown, language: string, part: TemplatePart): TemplateProblem {
  const placed = error as PlacedError;
  const [line, column] = placed.token?.getPosition?.() ?? [null, null];
  const message = placed.message.replace(/, line:\d+.*$/s, '');
  return {
    code: 'liquid-syntax',
    message: `Liquid: ${message}.`,
    mend: mendFor(message),
    where: { language, part, line, column },
  };
}

function mendFor(message: string): string {
  if (message.includes('undefined filter: raw')) {
    return 'Values are always escaped in mails; write the markup in the template itself.';
  }
  if (message.includes('undefined filter')) return 'Check the spelling of the filter after the “|”.';
  if (/tag "(include|render|layout|block)" not found/.test(message)) return 'A template cannot read other files; put the text here.';
  if (message.includes('not found')) return 'Check the spelling of the tag after “{%”.';
  if (message.includes('not closed')) return 'Close it: “}}” for values, “%}” for tags, {% endif %} or {% endfor %} for blocks.';
  return 'Check the Liquid at this place.';
}

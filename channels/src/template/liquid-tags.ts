import { Tag } from 'liquidjs';
import type { Context, Liquid, TagToken, Template, TopLevelToken } from 'liquidjs';
import { CapturedText, REWRITE_LINK } from './liquid-values.ts';
import type { LinkRewriter } from './liquid-values.ts';

type TagClass = Liquid['tags'][string];

/** `{% capture %}` that does not escape twice. */
export function createCaptureTag(engine: Liquid): TagClass {
  const Base = engine.tags['capture'];
  if (Base === undefined) throw new Error('liquidjs without a capture tag');
  const Original = Base as unknown as new (...args: ConstructorParameters<typeof Tag>) => Tag & CaptureParts;
  class CaptureTag extends Original {
    override *render(context: Context): Generator<unknown, void, string> {
      const text = yield this.liquid.renderer.renderTemplates(this.templates, context);
      (context.bottom() as Record<string, unknown>)[this.variable] = new CapturedText(text);
    }
  }
  return CaptureTag as unknown as TagClass;
}

interface CaptureParts {
  readonly templates: Template[];
  readonly variable: string;
}

/** `{% tracked 3 %}https://…{% endtracked %}`: the address is rendered, then rewritten by the caller of the render. */
export class TrackedTag extends Tag {
  readonly #index: number;
  readonly #templates: Template[] = [];

  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid, parser: Liquid['parser']) {
    super(token, remainTokens, liquid);
    this.#index = Number(token.args);
    while (remainTokens.length > 0) {
      const next = remainTokens.shift() as TopLevelToken;
      if ((next as TagToken).name === 'endtracked') return;
      this.#templates.push(parser.parseToken(next, remainTokens));
    }
    throw new Error('tag {% tracked %} not closed');
  }

  override *render(context: Context): Generator<unknown, string, string> {
    const url = yield this.liquid.renderer.renderTemplates(this.#templates, context);
    const rewrite = (context.environments as { readonly [REWRITE_LINK]?: LinkRewriter })[REWRITE_LINK];
    return rewrite === undefined ? url : rewrite(url, this.#index);
  }
}

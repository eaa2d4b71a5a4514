import type { TemplateClass } from './template-source.ts';

export type Direction = 'ltr' | 'rtl';

export interface CompiledLink {
  /** The place of the link in the template: the same in HTML and text, and in every turn of a loop. */
  readonly index: number;
  /** The address as written, Liquid included. */
  readonly url: string;
}

export interface CompiledLanguage {
  readonly direction: Direction;
  /** Liquid. */
  readonly subject: string;
  /** Liquid; already contained in `html`. */
  readonly preheader: string | null;
  /** HTML with Liquid; links to be tracked stand in `{% tracked N %}…{% endtracked %}`. */
  readonly html: string;
  /** Text with Liquid, links likewise. */
  readonly text: string;
  readonly links: readonly CompiledLink[];
  /** Variables used, such as `contact.traits.name`. */
  readonly variables: readonly string[];
}

/** A template ready to be stored: plain JSON, made once at publishing time. */
export interface CompiledTemplate {
  readonly format: 1;
  readonly key: string;
  readonly channel: 'email';
  readonly class: TemplateClass;
  readonly topic: string | null;
  readonly from: { readonly name: string; readonly address: string } | null;
  readonly replyTo: string | null;
  readonly languages: Readonly<Record<string, CompiledLanguage>>;
  /** Of the source and of the compiler's format: the same source has the same hash. */
  readonly hash: string;
}

/** What a template's author writes, as the contract package hands it over. */
import type { MessageClass } from '@samovar/core';

export type TemplateClass = MessageClass;

export interface TemplateLanguageSource {
  readonly subject: string;
  readonly preheader: string | null;
  /** MJML with Liquid: a whole `<mjml>` document, or sections only. */
  readonly body: string;
}

export interface TemplateSource {
  readonly key: string;
  readonly channel: 'email';
  readonly class: TemplateClass;
  readonly topic: string | null;
  readonly from: { readonly name: string; readonly address: string } | null;
  readonly replyTo: string | null;
  readonly languages: Readonly<Record<string, TemplateLanguageSource>>;
}

export type TemplatePart = 'template' | 'from' | 'replyTo' | 'subject' | 'preheader' | 'body';

export interface TemplateProblem {
  readonly code:
    | 'no-languages'
    | 'too-many-languages'
    | 'bad-language'
    | 'bad-address'
    | 'empty-subject'
    | 'empty-body'
    | 'too-long'
    | 'liquid-syntax'
    | 'liquid-unknown-variable'
    | 'liquid-misplaced'
    | 'mjml-structure'
    | 'mjml-invalid'
    | 'mjml-stray-text'
    | 'no-unsubscribe-link'
    | 'no-confirm-link';
  readonly message: string;
  /** What the author can do about it. */
  readonly mend: string;
  /** Lines and columns count from 1 within the named part. */
  readonly where: {
    readonly language: string | null;
    readonly part: TemplatePart;
    readonly line: number | null;
    readonly column: number | null;
  };
}

/** Limits, each with its reason. */
export const TEMPLATE_LIMITS = {
  /** More languages than any shop sends; keeps a compiled template in one small row. */
  languages: 60,
  /** Gmail clips a message at 102 kB of HTML; twice that in MJML is surely a mistake. */
  bodyCharacters: 256_000,
  /** Clients show about 70; a line of a header may have 998. */
  subjectCharacters: 500,
  preheaderCharacters: 500,
} as const;

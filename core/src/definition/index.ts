export type * from './computed-trait.ts';
export type * from './condition.ts';
export type * from './retention.ts';
export type * from './consent-rules.ts';
export type * from './definition.ts';
export type * from './journey.ts';
export type * from './score.ts';
export type * from './trait-schema.ts';

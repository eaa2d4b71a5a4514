import type { TraitType } from '../contact/trait-type.ts';

/** What a trait is declared to be. */
export interface TraitDeclaration {
  type: TraitType;
  /** The only values that it may have; null: any of its type. */
  values: (string | number)[] | null;
  description: string | null;
  /** Whether it says something about a person, as the law means it. */
  personal: boolean;
}

/** Declared traits; values of other types are refused. */
export interface SchemaDefinition {
  kind: 'schema';
  key: string;
  name: string;
  traits: Record<string, TraitDeclaration>;
}

import type * as contract from '@samovar/contract';
import type * as core from '@samovar/core';
import { describe, expectTypeOf, it } from 'vitest';

// Neither package may import the other, so each declares what a definition is; here both are seen.
describe('definitions', () => {
  it('are the same to those who parse them and to those who decide by them', () => {
    expectTypeOf<contract.Definition>().toEqualTypeOf<core.Definition>();
    expectTypeOf<contract.Condition>().toEqualTypeOf<core.Condition>();
    expectTypeOf<contract.Step>().toEqualTypeOf<core.Step>();
  });
});

import { expect, it } from 'vitest';
import { bandSegment, personaSegment, segmentInWords } from './score-keys.ts';

it('calls segments what people call them', () => {
  expect(['vip', bandSegment('engagement', 'hot'), personaSegment('shoppers', 'keen')].map(segmentInWords)).toEqual(
    ['the segment vip', 'band hot of engagement, or above', 'persona keen of shoppers']);
});

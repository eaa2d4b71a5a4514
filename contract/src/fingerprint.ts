import { z } from 'zod';
import { API_PROBLEMS } from './problem.ts';
import { EVENT_LIMITS, EVENT_NAMES } from './events/limits.ts';
import { EVENT_PROBLEMS } from './events/types.ts';
import { fileSchemas } from './definitions/json-schema.ts';
import { DEFINITION_LIMITS } from './definitions/limits.ts';
import { DEFINITION_PROBLEMS } from './definitions/problem.ts';
import { definitionSchema } from './definitions/schema.ts';

/** Everything that others rely on, as one text. */
export function contractText(): string {
  return JSON.stringify({
    files: fileSchemas(),
    definition: z.toJSONSchema(definitionSchema, { unrepresentable: 'any' }),
    definitionLimits: DEFINITION_LIMITS,
    eventLimits: EVENT_LIMITS,
    eventNames: EVENT_NAMES,
    codes: { definition: Object.keys(DEFINITION_PROBLEMS), event: Object.keys(EVENT_PROBLEMS), api: Object.keys(API_PROBLEMS) },
  });
}

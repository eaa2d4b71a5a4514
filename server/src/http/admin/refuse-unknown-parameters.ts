import type { RouteOptions } from 'fastify';
import { z } from 'zod';

/** Lets a route refuse query parameters that it does not know: a filter with a slip in its name would show everything. */
export function refuseUnknownParameters(route: RouteOptions): void {
  const schema = (route.schema ??= {});
  const given: unknown = schema.querystring;
  if (given === undefined) schema.querystring = z.strictObject({});
  else if (given instanceof z.ZodObject) schema.querystring = given.strict();
}

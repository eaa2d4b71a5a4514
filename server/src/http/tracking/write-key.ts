/** The user name of basic authentication, or a bearer token. */
function keyOfAuthorization(authorization: string): string | null {
  const [scheme = '', rest = ''] = authorization.trim().split(/\s+/, 2);
  switch (scheme.toLowerCase()) {
    case 'basic': return Buffer.from(rest, 'base64').toString('utf8').split(':', 1)[0] ?? null;
    case 'bearer': return rest;
    default: return null;
  }
}

/** The write key of a request: of its authorization, else of its body. */
export function writeKeyOf(authorization: string | undefined, body: unknown): string | null {
  const key = authorization === undefined ? null : keyOfAuthorization(authorization);
  if (key !== null && key !== '') return key;
  if (typeof body !== 'object' || body === null || !('writeKey' in body)) return null;
  return typeof body.writeKey === 'string' && body.writeKey !== '' ? body.writeKey : null;
}

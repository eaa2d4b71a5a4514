import type { ContactState, Input, Occupant } from '@samovar/core';

/** The rows of `contacts` and of `inbox` hold UTF-8 JSON: the fastest to read and write of what Node has built in. */
export function decodeOccupant(state: Buffer): Occupant {
  const value: unknown = JSON.parse(state.toString('utf8'));
  return isRedirect(value) ? { kind: 'redirect', redirect: value.redirect } : { kind: 'contact', state: value as ContactState };
}

export function encodeOccupant(occupant: Occupant): Buffer {
  return Buffer.from(JSON.stringify(occupant.kind === 'contact' ? occupant.state : { redirect: occupant.redirect }));
}

export function decodeInput(body: Buffer): Input {
  return JSON.parse(body.toString('utf8')) as Input;
}

export function encodeInput(input: Input): Buffer {
  return Buffer.from(JSON.stringify(input));
}

function isRedirect(value: unknown): value is { redirect: Extract<Occupant, { kind: 'redirect' }>['redirect'] } {
  return typeof value === 'object' && value !== null && 'redirect' in value;
}

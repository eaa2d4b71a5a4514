import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { looksLikeAddress } from '@samovar/core';
import { findKey, keyDigestOf } from '@samovar/store';
import type { Database, ListedKey } from '@samovar/store';
import { problemDetailsSchema } from '@samovar/contract';
import { ApiError } from './api-error.ts';

/** A Fastify instance whose routes are typed by their zod schemas. */
export type AdminApp = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

const keys = new WeakMap<FastifyRequest, ListedKey>();

/** Lets nobody in but the bearer of an admin key that was not revoked. */
export async function authenticate(db: Database, request: FastifyRequest): Promise<void> {
  const [, clearKey] = /^Bearer +(\S{1,200})$/i.exec(request.headers.authorization ?? '') ?? [];
  if (clearKey === undefined) throw new ApiError('unauthorized', 'Send an admin key as `Authorization: Bearer …`.');
  const key = await findKey(db, keyDigestOf(clearKey));
  if (key === null || key.revokedAt !== null) throw new ApiError('unauthorized', 'This key is not known, or it was revoked.');
  if (key.kind !== 'admin') throw new ApiError('forbidden', `This is a ${key.kind} key; the admin API takes admin keys.`);
  keys.set(request, key);
}

/** The key that a request bears. */
export function keyOf(request: FastifyRequest): ListedKey {
  const key = keys.get(request);
  if (key === undefined) throw new ApiError('unauthorized', 'Send an admin key as `Authorization: Bearer …`.');
  return key;
}

/** The workspace in which a request acts: that of its key. */
export function workspaceOf(request: FastifyRequest): number {
  return keyOf(request).workspaceId;
}

/** An e-mail address as mail may go to it, letters of every script included. */
export const emailAddress = z.string().refine(looksLikeAddress, 'is no e-mail address').meta({ format: 'email' });

/** An instant as the API writes it. */
export const instant = z.iso.datetime();

export function iso(at: number): string;
export function iso(at: number | null): string | null;
export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** What every route may answer besides what it is there for. */
export const problems = { '4xx': problemDetailsSchema, '5xx': problemDetailsSchema };

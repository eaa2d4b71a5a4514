import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { CONTRACT_VERSION } from '@samovar/contract';
import { authenticate } from './admin-app.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { notFound, sendProblem } from './api-error.ts';
import { backfillRoutes } from './backfill-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import { addressRoutes } from './address-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { definitionRoutes } from './definition-routes.ts';
import { FigureReader } from './figure-reader.ts';
import { erasureRoutes } from './erasure-routes.ts';
import { exportRoutes } from './export-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { journeyRoutes } from './journey-routes.ts';
import { listRoutes } from './list-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { metricsRoutes } from './metrics.ts';
import { operationRoutes } from './operation-routes.ts';
import { previewRoutes } from './preview-routes.ts';
import { scoreRoutes } from './score-routes.ts';
import { segmentRoutes } from './segment-routes.ts';
import { qualityActionRoutes } from './quality-action-routes.ts';
import { qualityRoutes } from './quality-routes.ts';
import { refuseUnknownParameters } from './refuse-unknown-parameters.ts';
import { refuseUnstorable } from './refuse-unstorable.ts';
import { mergeRoutes } from './merge-routes.ts';
import { noteRoutes } from './note-routes.ts';
import { schemaRoutes } from './schema-routes.ts';
import { traitRoutes } from './trait-routes.ts';
import { timelineRoutes } from './timeline-routes.ts';
import { whyRoutes } from './why-routes.ts';

export type { AdminDependencies } from './admin-dependencies.ts';
export type { MetricSample } from './metric-sample.ts';

const DESCRIPTION = `Everything about a workspace: what is defined, who is in it, what happened and why, what was sent and what came of it.

Send an admin key as \`Authorization: Bearer …\`; it decides the workspace. Times are ISO 8601 in UTC. Lists are paged: pass \`next\` of a page as \`cursor\`.
Errors are problem details (RFC 9457) with a stable \`code\`.`;

/** The admin API below /api, and what keeps a server running: /healthz, /readyz, /metrics. */
export async function adminRoutes(app: FastifyInstance, dependencies: AdminDependencies): Promise<void> {
  const onTrouble = dependencies.onTrouble ?? ((): void => {});
  await app.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, onTrouble));
    healthRoutes(scope, dependencies);
    metricsRoutes(scope, dependencies);
  });
  await app.register(async (scope) => {
    scope.setValidatorCompiler(validatorCompiler);
    scope.setSerializerCompiler(serializerCompiler);
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, onTrouble));
    scope.setNotFoundHandler((request, reply) => sendProblem(notFound('route'), request, reply, onTrouble));
    await scope.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Samovar admin API', version: String(CONTRACT_VERSION), description: DESCRIPTION },
        components: { securitySchemes: { adminKey: { type: 'http', scheme: 'bearer' } } },
        security: [{ adminKey: [] }],
      },
      transform: jsonSchemaTransform,
      transformObject: jsonSchemaTransformObject,
    });
    scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger());
    await scope.register(async (guarded) => {
      guarded.addHook('onRequest', (request) => authenticate(dependencies.db, request));
      guarded.addHook('preHandler', refuseUnstorable);
      guarded.addHook('onRoute', refuseUnknownParameters);
      const admin = guarded.withTypeProvider<ZodTypeProvider>();
      definitionRoutes(admin, dependencies);
      contactRoutes(admin, dependencies);
      consentRoutes(admin, dependencies);
      timelineRoutes(admin, dependencies);
      erasureRoutes(admin, dependencies);
      exportRoutes(admin, dependencies);
      mergeRoutes(admin, dependencies);
      traitRoutes(admin, dependencies);
      noteRoutes(admin, dependencies);
      schemaRoutes(admin, dependencies);
      addressRoutes(admin, dependencies);
      whyRoutes(admin, dependencies);
      const figures = new FigureReader(dependencies);
      admin.addHook('onClose', () => figures.settled());
      journeyRoutes(admin, dependencies, figures);
      segmentRoutes(admin, dependencies, figures);
      scoreRoutes(admin, dependencies);
      backfillRoutes(admin, dependencies);
      previewRoutes(admin, dependencies);
      listRoutes(admin, dependencies);
      messageRoutes(admin, dependencies);
      operationRoutes(admin, dependencies);
      qualityRoutes(admin, dependencies);
      qualityActionRoutes(admin, dependencies);
    });
  }, { prefix: '/api' });
}

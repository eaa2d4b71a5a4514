import type { FastifyInstance } from 'fastify';
import type { AdminDependencies } from './admin-dependencies.ts';

interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** Whether the process lives, and whether it should be given work. */
export function healthRoutes(app: FastifyInstance, dependencies: AdminDependencies): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const checks = [...await readiness(dependencies), ...sending(dependencies)];
    const ready = checks.every((check) => check.ok);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks });
  });
}

async function readiness({ readiness: check, onTrouble }: AdminDependencies): Promise<Check[]> {
  try {
    return await check();
  } catch (error) {
    onTrouble?.('the check for readiness failed', error);
    return [{ name: 'database', ok: false, detail: 'It does not answer.' }];
  }
}

/** A provider that is away is the operator's trouble and no reason to take events elsewhere. */
function sending({ sender }: AdminDependencies): Check[] {
  if (sender === null) return [];
  const { state, provider, lastError } = sender.health();
  const details = {
    'sending': `Mail leaves by ${provider}.`, 'no-provider': 'No mail server is set (SAMOVAR_SMTP_URL), so messages stay queued.',
    'paused': `The mail server is left alone for a while: ${lastError ?? 'it cannot be reached'}`,
  };
  return [{ name: 'sending', ok: true, detail: details[state] }];
}

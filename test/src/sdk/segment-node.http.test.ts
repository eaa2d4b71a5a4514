import { Analytics } from '@segment/analytics-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTrackingServer } from './tracking-server.ts';
import type { TrackingServer } from './tracking-server.ts';

let server: TrackingServer;
beforeEach(async () => {
  server = await startTrackingServer();
});
afterEach(() => server.stop());

function client(writeKey: string): Analytics {
  return new Analytics({ writeKey, host: server.url, flushAt: 10, flushInterval: 50, maxRetries: 5 });
}

describe("Segment's library for Node", () => {
  it('works by changing its host', async () => {
    const analytics = client(server.keys.server);
    const timestamp = new Date(Date.now() - 60_000);
    analytics.identify({ userId: 'u1', traits: { email: 'sara@example.com', plan: 'pro' } });
    analytics.track({ userId: 'u1', event: 'Order Completed', properties: { order_id: 'o1', total: 12.5, currency: 'EUR' }, timestamp });
    analytics.page({ anonymousId: 'a1', name: 'Home', properties: { path: '/' } });
    analytics.screen({ userId: 'u1', name: 'Cart' });
    analytics.group({ userId: 'u1', groupId: 'g1', traits: { size: 3 } });
    analytics.alias({ userId: 'u1', previousId: 'a1' });
    await analytics.closeAndFlush({ timeout: 5_000 });
    const events = await server.eventsOnce(6);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['identify', 'track', 'page', 'screen', 'group', 'alias']));
    expect(events.every(({ trusted, messageId }) => trusted && messageId.startsWith('node-next-'))).toBe(true);
    const order = events.find(({ type }) => type === 'track')!;
    expect(order).toMatchObject({ name: 'Order Completed', properties: { order_id: 'o1', total: 12.5, currency: 'EUR' } });
    expect(Math.abs(order.occurredAt - timestamp.getTime())).toBeLessThan(60_000);
    expect(events.find(({ type }) => type === 'identify')!.identifiers).toEqual([{ kind: 'user', value: 'u1' }, { kind: 'email', value: 'sara@example.com' }]);
    expect(server.seen[0]).toMatchObject({ url: '/v1/batch', contentType: 'application/json' });
  });

  it('comes again after failures, and what it sent counts once', async () => {
    const analytics = client(server.keys.server);
    server.failNext(1, 503);
    analytics.track({ userId: 'u1', event: 'Retried', messageId: 'm1' });
    await analytics.flush({ timeout: 10_000 });
    analytics.track({ userId: 'u1', event: 'Retried', messageId: 'm1' });
    analytics.track({ userId: 'u1', event: 'Last' });
    await analytics.closeAndFlush({ timeout: 10_000 });
    expect((await server.eventsOnce(2)).map(({ name }) => name).sort()).toEqual(['Last', 'Retried']);
    expect(server.seen.length).toBe(3);
  });

  it('is told of a wrong key', async () => {
    const analytics = client('wrong');
    const failed = new Promise<unknown>((resolve) => analytics.on('error', ({ reason }) => resolve(reason)));
    analytics.track({ userId: 'u1', event: 'E' });
    await analytics.closeAndFlush({ timeout: 5_000 });
    expect(String(await failed)).toContain('401');
  });
});

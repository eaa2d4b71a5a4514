import Analytics from '@rudderstack/rudder-sdk-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrackingServer } from './tracking-server.ts';
import type { TrackingServer } from './tracking-server.ts';

let server: TrackingServer;
beforeAll(async () => {
  server = await startTrackingServer();
});
afterAll(() => server.stop());

describe.each([true, false])("RudderStack's library for Node, gzip %s", (gzip) => {
  it('works by changing its data plane', async () => {
    const before = (await server.events()).length;
    const calls = server.seen.length;
    const analytics = new Analytics(server.keys.server, { dataPlaneUrl: server.url, flushAt: 20, flushInterval: 50, gzip, logLevel: 'silly' });
    const userId = `u-${gzip}`;
    const originalTimestamp = new Date(Date.now() - 3_600_000);
    analytics.identify({ userId, traits: { email: `${userId}@example.com` } });
    analytics.track({ userId, event: 'Order Completed', properties: { order_id: `o-${gzip}`, total: 3, products: Array.from({ length: 40 }, (_, i) => ({ sku: `s${i}` })) }, timestamp: originalTimestamp });
    analytics.page({ userId, name: 'Home', properties: {} });
    analytics.screen({ userId, name: 'Cart', properties: {} });
    analytics.group({ userId, groupId: 'g1', traits: {} });
    analytics.alias({ userId, previousId: 'a1' });
    await analytics.flush();
    const events = (await server.eventsOnce(before + 6)).slice(before);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['identify', 'track', 'page', 'screen', 'group', 'alias']));
    const order = events.find(({ type }) => type === 'track')!;
    expect((order.properties['products'] as unknown[]).length).toBe(40);
    expect(Math.abs(order.occurredAt - originalTimestamp.getTime())).toBeLessThan(60_000);
    expect(server.seen.slice(calls).every(({ url, contentEncoding }) => url === '/v1/batch' && contentEncoding === (gzip ? 'gzip' : ''))).toBe(true);
  });
});

import { startBenchServer } from './bench-server.ts';
import { openShop, append, drain } from './shop/running-shop.ts';
const server = await startBenchServer();
try {
  const shardCount = Number(process.env.SHARDS ?? 64);
  const shop = await openShop(server, { shardCount, visitors: 20000 });
  await append(shop, 40000); await drain(shop);
  for (const waiting of (process.env.WAITING ?? '20000,2000,2000,2000,2000,20000').split(',').map(Number)) {
    await append(shop, waiting);
    const c = process.cpuUsage();
    const d = await drain(shop, { lanes: Number(process.env.LANES ?? 3) });
    const u = process.cpuUsage(c);
    console.log(waiting, 'decide/s', Math.round(d.records/d.seconds), 'cpu ms', Math.round((u.user+u.system)/1000), JSON.stringify(d));
  }
  await shop.database.drop();
} finally { await server.stop(); }

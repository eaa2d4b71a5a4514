import { DEFAULT_SHARD_COUNT } from '@samovar/store';
import { backfilled } from './engine/backfill.ts';
import { previewed } from './engine/preview.ts';
import type { Bench } from './result.ts';
import { drain, openShop } from './shop/running-shop.ts';
import { EVENTS_EACH, insertHistory, insertSleepers } from './shop/sleepers.ts';

/** B13 and B14 as the budgets have them: a million contacts and twenty million events. It takes a quarter of an hour and 20 GB. */
export const run: Bench = async (options) => {
  const count = options.quick ? 20_000 : 1_000_000;
  const shop = await openShop(options.server, { shardCount: DEFAULT_SHARD_COUNT, visitors: 1 });
  await insertSleepers(shop, { count, dueFrom: null, name: 'visitor-' });
  options.note(`${count.toLocaleString('en-US')} contacts are there; their events follow …`);
  await insertHistory(shop, { count, name: 'visitor-' });
  await drain(shop);
  await shop.database.db.query('vacuum analyze');
  options.note('previews …');
  const previews = await previewed(shop, count * EVENTS_EACH);
  options.note('backfill …');
  const backfills = await backfilled(shop, count * EVENTS_EACH);
  await shop.database.drop();
  return [...previews, ...backfills];
};

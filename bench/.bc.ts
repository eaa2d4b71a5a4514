import { run } from './src/core.ts';
const r = await run({ quick: process.argv[2]==='q', wants: (id) => true, server: null as never, note: () => {} });
for (const one of r) console.log(one.id, Math.round(one.value), 'limit', Math.round(one.limit ?? 0), one.ratio?.toFixed(2));

import { defineConfig } from 'vitest/config';

/** A test's suffix says what it needs; the projects run them apart so that the pure ones stay fast. */
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', include: ['{core,contract,store,channels,server,tools,recipes,examples}/**/*.test.ts'], exclude: ['**/node_modules/**', '**/*.{pg,http,sim,e2e}.test.ts'] } },
      { test: { name: 'pg', include: ['**/*.{pg,http}.test.ts'], exclude: ['**/node_modules/**'], testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2 } },
      { test: { name: 'slow', include: ['**/*.{sim,e2e}.test.ts'], exclude: ['**/node_modules/**'], testTimeout: 900_000, hookTimeout: 120_000, maxWorkers: 1 } },
    ],
  },
});

import { defineConfig } from 'vitest/config';

const nowhere = ['**/node_modules/**', '**/out/**'];

/**
 * A test's suffix says what it needs, and the projects run them apart so that the pure ones stay fast. Every test belongs to
 * exactly one project; what lies in `test/` and needs more than itself exercises the whole system and is slow.
 * Time limits only catch what hangs: how long a test takes says nothing on a machine that does other things too.
 */
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'unit', include: ['**/*.test.{ts,tsx}'], exclude: [...nowhere, '**/*.{pg,http,sim,e2e}.test.ts'], testTimeout: 120_000 } },
      { test: { name: 'pg', include: ['**/*.{pg,http}.test.ts'], exclude: [...nowhere, 'test/**'], testTimeout: 60_000, hookTimeout: 120_000, maxWorkers: 2, globalSetup: ['./store/src/testing/global-setup.ts'] } },
      {
        test: {
          name: 'slow',
          include: ['**/*.{sim,e2e}.test.ts', 'test/**/*.{pg,http}.test.ts'],
          exclude: nowhere,
          testTimeout: 900_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});

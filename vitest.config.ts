import { defineConfig } from "vitest/config"

const examples = "examples/**/*.test.ts"

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "conformance/**/*.test.ts", examples],
          // For what hangs; a test must not fail because a machine is slow.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.e2e.ts", "packages/*/src/**/*.e2e.ts", "conformance/**/*.e2e.ts", examples],
          // Tests of examples run in the host, and here on a real Envoy too: `drivers` of @attache/testing.
          env: { ATTACHE_TEST_ENVOY: "1" },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})

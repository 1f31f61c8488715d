import { defineConfig } from "vitest/config"
import { endToEndTests } from "./scripts/workspace.ts"

// `npm test` says so when it finds none, and names what it leaves out.
const hasEnvoy = process.env.ATTACHE_TEST_ENVOY !== "none"

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "conformance/**/*.test.ts"],
          // For what hangs; a test must not fail because a machine is slow.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          // Tests of examples run in the host, and where there is a real Envoy on that too: `drivers` of @attache/testing.
          include: ["examples/**/*.test.ts", ...(hasEnvoy ? endToEndTests : [])],
          env: hasEnvoy ? { ATTACHE_TEST_ENVOY: "1" } : {},
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})

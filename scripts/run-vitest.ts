/**
 * Runs vitest with our reporter and sends the summary to the parent process.
 *
 * A process of its own, so that a test that ends its runner cannot keep `npm test` from saying so.
 */
import { parseCLI, startVitest } from "vitest/node"
import { createTestReporter } from "./test-reporter.ts"

const { filter, options } = parseCLI(["vitest", "run", ...process.argv.slice(2)])
const reporter = createTestReporter({
  write: (line) => console.log(line),
  onEnd: (summary) => void process.send?.(summary),
})
// Node reads the configuration itself: bundling it would write beside it, which a checkout may not allow.
const vitest = await startVitest("test", [...filter], { configLoader: "native", ...options, reporters: [reporter] })
await vitest?.close()
if (process.connected) process.disconnect()

import { createIdleBootstrap } from "../src/bootstrap.ts"
import { runEnvoy } from "../src/run.ts"

// Runs an Envoy until LIVE, tells its process id and directory, and hangs until it is killed.
const [path = ""] = process.argv.slice(2)
const running = await runEnvoy({ path, bootstrap: createIdleBootstrap(), concurrency: 1 })
process.stdout.write(`${running.pid} ${running.directory}\n`)

// A host of a module that may never come back: says when it is ready, when it has started, and what a request came to.
import { parentPort, workerData } from "node:worker_threads"
import { createHost } from "../../host.ts"

parentPort?.postMessage("ready")
const host = createHost({ module: workerData as Uint8Array })
host.start()
parentPort?.postMessage("started")
host.send({})
host.advance(1000)
parentPort?.postMessage("done")

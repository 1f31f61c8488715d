// A host whose guest never comes back from the request headers.
import { parentPort } from "node:worker_threads"
import { createHost } from "../../host.ts"
import { buildGuest } from "../../testing/guest.ts"

const host = createHost({ module: buildGuest({ callbacks: { proxy_on_request_headers: ["loop"] } }) })
parentPort?.postMessage(host.start())
host.send({})

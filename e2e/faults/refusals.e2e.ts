// What passes every check and Envoy alone refuses: attributed to its object, live and from a cold start.
import { testCells } from "./cells.ts"
import { refusedObjects } from "./refused-objects.ts"
import { refusedPatches } from "./refused-patches.ts"
import { refusedProxies } from "./refused-proxies.ts"

testCells([...refusedObjects, ...refusedPatches, ...refusedProxies])

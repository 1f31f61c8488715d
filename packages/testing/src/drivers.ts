import { envoy } from "./envoy-driver.ts"
import { host } from "./host-driver.ts"
import type { Driver } from "./proxy.ts"

/**
 * Where tests run, for `describe.each(drivers)`: the host, and with `ATTACHE_TEST_ENVOY=1` in the environment a real Envoy
 * too. One test file serves both: in seconds while writing, on the real thing before a release.
 */
export const drivers: readonly Driver[] = process.env.ATTACHE_TEST_ENVOY === "1" ? [host, envoy] : [host]

// What a program needs that asks a running control plane, and none of what runs one.
export { type Fact, type Lack, textOfLack } from "./proxy-health/fact.ts"
export { stateDirectory } from "./state-directory.ts"
export type { ProxyReport, StatusReport } from "./status/report.ts"

// For tests: small worlds in which one part of the translation matters each. Objects of one key are versions of it.
import type { AnyObject } from "../world/world.ts"
import { policySituations } from "./policies.ts"
import { trafficSituations } from "./traffic.ts"

/** Situations by name. */
export const situations: Readonly<Record<string, readonly AnyObject[]>> = { ...trafficSituations, ...policySituations }

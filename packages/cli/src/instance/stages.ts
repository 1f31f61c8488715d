// How far the proxies of an instance are on their way from a change to traffic.
import type { Diagnostic } from "@attache/base"
import { type Fact, type Lack, type ProxyReport, type StatusReport, textOfLack } from "@attache/control-plane/client"

/** What can be waited for; each holds what the ones before it hold. */
export const stages = ["accepted", "warmed", "serving"] as const

/** One of {@link stages}. */
export type Stage = (typeof stages)[number]

/** Why a stage is not reached. */
export interface Missing {
  /** Nobody here can ever tell: it is no use to wait. */
  readonly isUnknowable: boolean
  readonly message: string
  readonly lack?: Lack
}

/** What keeps an instance from a stage; nothing when all its proxies have reached it. */
export function missingFor(stage: Stage, status: StatusReport): readonly Missing[] {
  if (!status.isReady) return [{ isUnknowable: false, message: "the first configuration is not made yet" }]
  if (status.proxies.length === 0) return [{ isUnknowable: false, message: "there is no proxy" }]
  return status.proxies.flatMap((proxy) =>
    Object.entries(factsOf(stage, proxy)).flatMap(([name, fact]) => missingIn(proxy.key, name, fact)),
  )
}

function factsOf(stage: Stage, { accepted, warmed, working }: ProxyReport): Readonly<Record<string, Fact>> {
  if (stage === "accepted") return { accepted }
  return stage === "warmed" ? { accepted, warmed } : { accepted, warmed, working }
}

function missingIn(key: string, name: string, { state, lacks, more = 0, reason = "" }: Fact): readonly Missing[] {
  const words = `proxy ${key} is not ${name}`
  if (state === "unknown") return [{ isUnknowable: true, message: `proxy ${key}: ${name} is unknown, for ${reason}` }]
  const told = lacks.map((lack) => ({ isUnknowable: false, message: `${words}: ${textOfLack(lack)}`, lack }))
  return more > 0 ? [...told, { isUnknowable: false, message: `${words}: ${more} more` }] : told
}

/** As a finding of the command. */
export function findingOf(code: string, { message, lack }: Missing): Diagnostic {
  const { object, field } = lack ?? {}
  // The text names the object already; the members are for programs.
  return {
    code,
    severity: "error",
    message,
    ...(object === undefined ? {} : { object }),
    ...(field === undefined || field === "" ? {} : { field }),
  }
}

// A validating Envoy for the quarantine: started with the first refusal, kept warm for a while.
import type { Clock } from "@attache/base"
import type { ProxySnapshot } from "@attache/translate"
import { startValidatingEnvoy, type ValidatingEnvoy } from "../judge/validating-envoy.ts"

/** Says what an Envoy has against a resource. */
export interface Judge {
  /** Envoy's words about the resource of this name, or undefined when it takes it. Calls must not overlap. */
  refusalOf(snapshot: ProxySnapshot, name: string): Promise<string | undefined>
  /** Version of the Envoy. */
  version(): Promise<string>
  close(): Promise<void>
}

/** An Envoy binary. */
export interface EnvoyBinary {
  readonly path: string
  readonly version: string
  /** Where its folders are made. Default: the system's folder for temporary files. */
  readonly folder?: string
}

/** How long an Envoy that has nothing to judge is kept, in milliseconds. */
const idleMs = 60_000

/** A judge that starts an Envoy when it is asked. Errors: what `binary` rejects with, ATT_ENVOY_*. */
export function createJudge(binary: () => Promise<EnvoyBinary>, clock: Clock): Judge {
  let envoy: Promise<ValidatingEnvoy> | undefined
  let cancelIdle = (): void => {}
  const stop = async (): Promise<void> => {
    cancelIdle()
    const current = envoy
    envoy = undefined
    const started = await current?.catch(() => undefined)
    await started?.[Symbol.asyncDispose]()
  }
  return {
    refusalOf: async (snapshot, name) => {
      cancelIdle()
      // What the resource refers to is not offered, so nothing gets warm and waiting for it is in vain.
      envoy ??= binary().then(({ path, folder }) =>
        startValidatingEnvoy({ envoyPath: path, warmMs: 0, ...(folder === undefined ? {} : { folder }) }),
      )
      try {
        const { resources } = await (await envoy).judge(snapshot)
        const verdict = resources.find((each) => each.name === name)
        return verdict?.verdict === "refused" ? (verdict.message ?? "refused") : undefined
      } catch (error) {
        await stop()
        throw error
      } finally {
        cancelIdle = clock.after(idleMs, () => void stop())
      }
    },
    version: async () => (await binary()).version,
    close: stop,
  }
}

// What a round of the control plane does, in steps between which others get a turn.
import { type Clock, structuralEqual } from "@attache/base"
import type { LoadedObject } from "@attache/kube-api"
import type { ObjectKey, Translator } from "@attache/translate"
import type { Metrics } from "./metrics.ts"
import type { FileProvider } from "./provider-file/provider.ts"
import { readInSteps } from "./sliced.ts"

/** What rounds work with. */
export interface RoundOptions {
  readonly translator: Pick<Translator, "upsert" | "remove" | "statuses" | "collect" | "inSteps">
  readonly files: FileProvider<LoadedObject>
  readonly metrics: Metrics
  readonly clock: Clock
  /** An object could not be taken by a fault of ours. */
  readonly onFailure: (key: ObjectKey, error: unknown) => void
}

/** The parts of a round that come before and after publishing. */
export interface Rounds {
  /** Reads what changed in the files and hands it to the translator. True when there is news, be it only a finding. */
  read(): Generator<void, boolean>
  /** Works out the statuses that changes have reached, and drops what nothing stands on any more. */
  tidy(): Generator<void, void>
}

/** Rounds over files and a translator. */
export function createRounds(options: RoundOptions): Rounds {
  const { translator, files, metrics } = options
  return {
    *read() {
      const before = files.view()
      const { upserts, removes } = yield* files.refreshInSteps()
      for (const key of removes) translator.remove(key)
      for (const { key, value } of upserts) {
        try {
          translator.upsert(value.object)
        } catch (error) {
          options.onFailure(key, error)
        }
        yield
      }
      const { objects, staleFiles, findings } = files.view()
      metrics.objects.set(objects.size)
      metrics.staleFiles.set(staleFiles.length)
      for (const severity of ["error", "warning", "info"] as const) {
        metrics.findings.set({ severity }, findings.filter((finding) => finding.severity === severity).length)
      }
      return upserts.length + removes.length > 0 || !structuralEqual(before.findings, findings)
    },
    *tidy() {
      yield* readInSteps(translator, options.clock, () => translator.statuses())
      yield
      translator.collect()
    },
  }
}

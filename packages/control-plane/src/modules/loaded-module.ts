import type { StoredModule } from "./store.ts"

/** A module that a policy may have. */
export interface LoadedModule extends StoredModule {
  /** As the policy names it. */
  readonly url: string
  /** Puts the same bytes into the store again after they were lost; rejects when that is not possible now. */
  readonly restore: (signal: AbortSignal) => Promise<void>
}

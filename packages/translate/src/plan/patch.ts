import type { Origin } from "./origin.ts"

/** One change that a user makes to an emitted resource, as it was written; nothing of it is checked yet. */
export interface ResourcePatch {
  readonly origin: Origin
  /** Position among the patches of its policy. */
  readonly index: number
  readonly typeUrl: string
  /** Name of the resource; without meaning where the patch adds a whole one. */
  readonly name: string
  readonly operation: {
    readonly op: string
    readonly path?: string
    readonly jsonPath?: string
    readonly from?: string
    /** Absent or null: none. */
    readonly value?: unknown
  }
}

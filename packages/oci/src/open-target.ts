import type { Target } from "./content/target.ts"
import { createLayout, type LayoutOptions } from "./layout/layout.ts"
import type { Reference } from "./reference/reference.ts"
import { referenceWithin } from "./reference/reference.ts"
import type { RegistryClient } from "./registry/client.ts"

/** What targets are opened with. */
export interface OpenTargetOptions extends LayoutOptions {
  readonly client: RegistryClient
}

/** A target, and what a reference asks it for. */
export interface OpenedTarget {
  readonly target: Target
  /** Tag or digest to resolve; "" for the only manifest of a layout. */
  readonly reference: string
}

/** The registry's repository or the layout that a reference is in; nothing is asked yet. */
export function openTarget(reference: Reference, options: OpenTargetOptions): OpenedTarget {
  const target =
    reference.kind === "layout" ? createLayout(reference.directory, options) : options.client.repository(reference)
  return { target, reference: referenceWithin(reference) ?? "" }
}

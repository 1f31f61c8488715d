import type { Platform } from "../content/descriptor.ts"
import type { Annotations } from "./annotations.ts"
import type { ExtensionContent } from "./extension-content.ts"

/**
 * Config of the container image that an extension is packed as, so that container engines take it too.
 *
 * An external processor is its entry point: the same image can be run. Annotations are labels as well, because tools for
 * images show those. Source: OCI image specification 1.1, "Image Configuration".
 */
export function imageConfig(
  { kind }: ExtensionContent,
  platform: Platform,
  diffIds: readonly string[],
  labels: Annotations,
): Readonly<Record<string, unknown>> {
  return {
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    config: {
      ...(kind === "ext-proc" ? { Entrypoint: ["/ext_proc-server"] } : {}),
      WorkingDir: "/",
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: diffIds.map(() => ({ created_by: "attache push" })),
  }
}

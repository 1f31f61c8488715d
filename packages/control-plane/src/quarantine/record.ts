// What is in quarantine, on disk: a control plane that starts again need not be refused again.
import { readFileSync, statSync } from "node:fs"
import { type Logger, messageOf } from "@attache/base"
import type { PartKey, ResourceKind } from "@attache/translate"
import { writePrivateFile } from "../private-file.ts"

/** A part that an Envoy refused and that is withdrawn while its bytes are the same, or an object that is to blame for a resource. */
export interface QuarantinedPart {
  readonly proxyKey: string
  /** The part and its bytes, see `PartKey` of the translator; empty: nothing is withdrawn, Envoy keeps what it had of the resource. */
  readonly part: PartKey
  /** The resource it stands in. */
  readonly kind: ResourceKind
  readonly resource: string
  /** `Kind/namespace/name`, and the field in it; empty for the whole object. */
  readonly object: string
  readonly field: string
  /** Envoy's own words. */
  readonly message: string
  /** Whether nothing of the object is left in the resource. */
  readonly isWhole: boolean
  /** Another part without which it would be taken; absent: it is refused by itself. */
  readonly partner?: PartKey
  /** Version of the Envoy that refused it. */
  readonly envoyVersion: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

const maxRecordBytes = 16 * 1024 * 1024

/** Parts on record for an Envoy version; none when the file is absent, too large or not what we write. */
export function readQuarantine(path: string, envoyVersion: string, logger: Logger): readonly QuarantinedPart[] {
  try {
    if (statSync(path).size > maxRecordBytes) throw new Error("the record is too large")
    const parts: unknown = JSON.parse(readFileSync(path, "utf8"))
    if (!Array.isArray(parts)) throw new Error("the record is not a list")
    return parts.filter(isPart).filter((part) => part.envoyVersion === envoyVersion)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT")
      logger.warn("the quarantine on disk cannot be read", { path, error: messageOf(error) })
    return []
  }
}

/** Keeps the parts; a full disk costs only the record, and is logged. */
export async function writeQuarantine(path: string, parts: readonly QuarantinedPart[], logger: Logger): Promise<void> {
  try {
    await writePrivateFile(path, `${JSON.stringify(parts)}\n`)
  } catch (error) {
    logger.warn("the quarantine cannot be kept", { path, error: messageOf(error) })
  }
}

function isPart(value: unknown): value is QuarantinedPart {
  if (typeof value !== "object" || value === null) return false
  const part = value as Readonly<Record<string, unknown>>
  const texts = ["proxyKey", "part", "kind", "resource", "object", "field", "message", "envoyVersion"]
  return (
    texts.every((name) => typeof part[name] === "string") &&
    typeof part.isWhole === "boolean" &&
    (part.partner === undefined || typeof part.partner === "string") &&
    typeof part.since === "number"
  )
}

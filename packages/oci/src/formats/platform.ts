import { AttacheError } from "@attache/base"
import type { Descriptor, Platform } from "../content/descriptor.ts"

/** A platform as users write it: `linux/amd64`, `linux/arm/v7`. Error: ATT_OCI_PLATFORM. */
export function parsePlatform(text: string): Platform {
  const [os = "", architecture = "", variant, ...rest] = text.split("/")
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])]
  if (rest.length > 0 || !parts.every((part) => /^[A-Za-z0-9_.-]+$/.test(part))) {
    throw new AttacheError("ATT_OCI_PLATFORM", `"${text}" is no platform`, {
      hint: "write system/architecture, such as linux/amd64",
      facts: { platform: text },
    })
  }
  return { os, architecture, ...(variant === undefined ? {} : { variant }) }
}

/** A platform as users write it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join("/")
}

/** Whether content for a platform runs on all, as Wasm does, or does not say what it is for. */
export function isForAny({ os, architecture }: Platform): boolean {
  return architecture === "" || architecture === "unknown" || os === "" || architecture.startsWith("wasm")
}

/**
 * How well a platform offered serves one wanted: 2 exactly, 1 as its plain form, 0 not at all.
 *
 * Source: containerd platforms: arm64 is arm64/v8, arm without variant is v7.
 */
export function platformFit(wanted: Platform, offered: Platform): 0 | 1 | 2 {
  if (wanted.os !== offered.os || wanted.architecture !== offered.architecture) return 0
  if (variantOf(wanted) === variantOf(offered)) return 2
  return wanted.variant === undefined || offered.variant === undefined ? 1 : 0
}

function variantOf({ architecture, variant }: Platform): string | undefined {
  return variant ?? ({ arm64: "v8", arm: "v7" } as Readonly<Record<string, string>>)[architecture]
}

/**
 * The manifest of an index for a platform: the best fit, the earlier of two.
 *
 * Build attestations and entries of an unknown platform are no candidates. An entry that is for any platform serves
 * where none fits. Error: ATT_OCI_PLATFORM, listing what there is.
 *
 * @param wanted undefined: the only entry, or as go-containerregistry chooses, and so Envoy Gateway and Istio: linux/amd64,
 * which also is what an entry without platform is for
 */
export function chooseForPlatform(
  entries: readonly Descriptor[],
  wanted: Platform | undefined,
  name: string,
): Descriptor {
  const candidates = entries.filter((entry) => !isAttestation(entry))
  const [only, ...others] = candidates
  if (wanted === undefined && only !== undefined && others.length === 0) return only
  const asked = wanted ?? defaultPlatform
  const fits = candidates.map(({ platform }) => {
    const offered = platform ?? (wanted === undefined ? defaultPlatform : undefined)
    return offered === undefined ? 0 : platformFit(asked, offered)
  })
  const best = Math.max(0, ...fits)
  const anywhere = candidates.find(({ platform }) => platform === undefined || isForAny(platform))
  const chosen = best === 0 ? anywhere : candidates[fits.indexOf(best as 0 | 1 | 2)]
  if (chosen !== undefined) return chosen
  throw wrongPlatform(
    name,
    asked,
    candidates.flatMap(({ platform }) => platform ?? []),
  )
}

/** What is taken where nothing else is said. */
const defaultPlatform: Platform = { os: "linux", architecture: "amd64" }

/** Whether an entry of an index is no image: an attestation beside one. Source: Docker buildx, OCI image specification. */
export function isAttestation({ platform, annotations }: Descriptor): boolean {
  if (annotations?.["vnd.docker.reference.type"] === "attestation-manifest") return true
  return platform?.os === "unknown" && platform.architecture === "unknown"
}

/** The error for an image that is not there for a platform. */
export function wrongPlatform(name: string, wanted: Platform, offered: readonly Platform[]): AttacheError {
  const list = offered.map(formatPlatform).join(", ")
  return new AttacheError(
    "ATT_OCI_PLATFORM",
    `${name} is not there for ${formatPlatform(wanted)}${list === "" ? "" : `, only for ${list}`}`,
    {
      hint: "name a platform that is there, or build from source",
      facts: { wanted: formatPlatform(wanted), offered: list },
    },
  )
}

import type { Diagnostic } from "@attache/base"
import type { CredentialSource } from "./credential.ts"
import { findCredential, readDockerConfig } from "./docker-config.ts"

/** The part of a Kubernetes Secret that matters here: its decoded data by key. */
export interface PullSecret {
  /** `kubernetes.io/dockerconfigjson` or `kubernetes.io/dockercfg`; others are read by the key they have. */
  readonly type?: string
  readonly data: Readonly<Record<string, Uint8Array>>
}

/** What came of reading a pull secret. */
export interface ReadPullSecret {
  /** Knows nothing when there are findings. Helpers that the data names are never run: they are the author's words. */
  readonly credentials: CredentialSource
  readonly diagnostics: readonly Diagnostic[]
}

/** Data keys by type of Secret. Source: Kubernetes 1.36. */
const keys = { "kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg" } as const

/** Credentials of a pull secret. Code: ATT_OCI_CREDENTIALS. */
export function readPullSecret({ type = "", data }: PullSecret): ReadPullSecret {
  const [json, cfg] = [data[".dockerconfigjson"], data[".dockercfg"]]
  const wanted = Object.hasOwn(keys, type) ? keys[type as keyof typeof keys] : undefined
  const bytes = wanted === undefined ? (json ?? cfg) : data[wanted]
  if (bytes === undefined) {
    return failed(`has no data ${wanted ?? ".dockerconfigjson or .dockercfg"}`, wanted ?? "")
  }
  const { config, diagnostics } = readDockerConfig(bytes, bytes === cfg && bytes !== json ? "dockercfg" : "config")
  if (diagnostics.length > 0) return { credentials: async () => undefined, diagnostics }
  return { credentials: async (registry, repository) => findCredential(config, registry, repository), diagnostics }
}

function failed(message: string, field: string): ReadPullSecret {
  const diagnostic: Diagnostic = { code: "ATT_OCI_CREDENTIALS", severity: "error", message, field }
  return { credentials: async () => undefined, diagnostics: [diagnostic] }
}

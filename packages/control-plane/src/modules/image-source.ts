// What a policy says of an image, read: where it is, who asks, what it must be.
import { AttacheError, type Secret } from "@attache/base"
import {
  type Credential,
  createLayout,
  formatReference,
  type ReadTarget,
  type Reference,
  readPullSecret,
  readReference,
  referenceWithin,
} from "@attache/oci"
import type { ModuleContext, WasmRequest } from "@attache/translate"
import { keyed } from "./module-key.ts"
import type { RegistryClients } from "./registry-clients.ts"

/** An image that a policy names, and who asks for it. */
export interface ImageSource {
  /** As it stands in messages. */
  readonly url: string
  /** `registry/path`, or `oci-layout:directory`. */
  readonly repository: string
  /** The whole reference in its one form. */
  readonly name: string
  /** Tag or digest to ask for; "" for the only manifest of a layout. */
  readonly wanted: string
  /** Digests that the manifest, or the index around it, must have; each from another place. */
  readonly digests: readonly string[]
  /** Whether the name is looked up anew although its digest is remembered. */
  readonly isAlways: boolean
  /** Who asks, as only this store understands it; "" for nobody. */
  readonly principal: string
  /** Opens the target; disposing ends its use. */
  readonly open: () => OpenedImage
}

/** A target in use. */
export interface OpenedImage extends Disposable {
  readonly target: ReadTarget
}

/** What sources are read with. */
export interface ImageSourceOptions {
  readonly clients: RegistryClients
  /** Whether `oci-layout:directory` may be named: only where policies are those of who owns the machine. */
  readonly areLayoutsAllowed: boolean
  readonly key: () => Promise<Secret>
}

/**
 * Reads a request. Nothing is fetched.
 *
 * Errors: ATT_OCI_REFERENCE, ATT_OCI_CREDENTIALS, ATT_MODULE_LAYOUT, ATT_MODULE_STORE.
 */
export async function imageSource(
  request: WasmRequest,
  context: Pick<ModuleContext, "secretData">,
  options: ImageSourceOptions,
): Promise<ImageSource> {
  const { url, caCertificate, sha256, pullPolicy } = request
  const reference = parse(url)
  const digests = [reference.digest, sha256 === undefined ? undefined : `sha256:${sha256.toLowerCase()}`]
  const common = {
    url,
    name: formatReference(reference),
    wanted: referenceWithin(reference) ?? "",
    digests: [...new Set(digests.filter((each) => each !== undefined))],
  }
  if (reference.kind === "layout") {
    if (!options.areLayoutsAllowed) throw layoutDenied(url)
    const target = createLayout(reference.directory)
    const open = (): OpenedImage => ({ target, [Symbol.dispose]: () => {} })
    // Nothing is saved by not looking.
    return { ...common, repository: target.name, isAlways: true, principal: "", open }
  }
  const { registry, repository } = reference
  const credential = await credentialOf(request, context, registry, repository)
  const principal = credential === undefined ? "" : keyed(await options.key(), "login", textOf(credential))
  const account = {
    registry,
    principal,
    ...(credential === undefined ? {} : { credential }),
    ...(caCertificate === undefined ? {} : { caCertificate }),
  }
  return {
    ...common,
    repository: `${registry}/${repository}`,
    isAlways: (pullPolicy ?? (common.wanted === "latest" ? "Always" : "IfNotPresent")) === "Always",
    principal,
    open: () => {
      const use = options.clients.use(account)
      return { target: use.client.repository(reference), [Symbol.dispose]: () => use[Symbol.dispose]() }
    },
  }
}

function parse(url: string): Reference {
  const { reference, diagnostic } = readReference(url)
  if (reference !== undefined) return reference
  throw new AttacheError("ATT_OCI_REFERENCE", `could not parse url in image reference: ${diagnostic.message}`, {
    ...(diagnostic.hint === undefined ? {} : { hint: diagnostic.hint }),
    facts: { url },
  })
}

function layoutDenied(url: string): AttacheError {
  return new AttacheError(
    "ATT_MODULE_LAYOUT",
    `module ${url} is in a folder of this machine, which policies may not name`,
    {
      hint: "push the image to a registry",
      facts: { url },
    },
  )
}

/** The login of the pull secret for a registry, if it has one. Source: Envoy Gateway 1.9: without one, nobody asks. */
async function credentialOf(
  { pullSecret }: WasmRequest,
  { secretData }: Pick<ModuleContext, "secretData">,
  registry: string,
  repository: string,
): Promise<Credential | undefined> {
  if (pullSecret === undefined) return undefined
  const data = Object.entries(secretData(pullSecret) ?? {})
  const { credentials, diagnostics } = readPullSecret({
    type: "kubernetes.io/dockerconfigjson",
    data: Object.fromEntries(data.map(([key, text]) => [key, Buffer.from(text, "base64")])),
  })
  const [wrong] = diagnostics
  if (wrong === undefined) return credentials(registry, repository)
  throw new AttacheError("ATT_OCI_CREDENTIALS", `pull secret ${pullSecret} ${wrong.message}`, {
    hint: "make it with kubectl create secret docker-registry",
    facts: { secret: pullSecret },
  })
}

function textOf(credential: Credential): string {
  const [name, secret] =
    credential.kind === "password" ? [credential.username, credential.password] : ["", credential.token]
  return JSON.stringify([credential.kind, name, Buffer.from(secret.reveal()).toString("base64")])
}

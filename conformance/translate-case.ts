// Runs the product on a case. What a case's `settings` say is the runner's business, not the product's.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { loadObjects } from "@attache/kube-api"
import {
  type AnyObject,
  createTranslator,
  defaultSettings,
  type ModuleLoader,
  type ObjectStatus,
  type Settings,
  settingsFrom,
  type Translator,
  xdsDocument,
} from "@attache/translate"
import type { Case, CaseConfig } from "./corpus.ts"
import { readConfig } from "./corpus.ts"
import { egctlInput } from "./egctl.ts"

/** What the product made of a case. */
export interface CaseResult {
  readonly xds: Readonly<Record<string, unknown>>
  readonly statuses: readonly ObjectStatus[]
}

/** Translates a case, under naming scheme v2 if asked to. */
export async function translateCase(item: Case, isV2: boolean): Promise<CaseResult> {
  const { translator, failures } = await settledTranslator(item, isV2)
  const result = { xds: xdsDocument(translator, { showSecrets: true }), statuses: translator.statuses() }
  if (failures.length > 0) throw new Error(failures.join("\n"))
  return result
}

/**
 * A translator that holds a case's objects and waits for nothing more, and the faults of ours it met.
 *
 * @param adapted an object as it is to be read
 */
export async function settledTranslator(
  item: Case,
  isV2: boolean,
  adapted: (object: AnyObject) => AnyObject = (object) => object,
): Promise<{ readonly translator: Translator; readonly failures: readonly string[] }> {
  const { objects, settings, loadModule } = inputOf(item, isV2)
  const failures: string[] = []
  const translator = createTranslator({
    settings,
    ...(loadModule === undefined ? {} : { loadModule }),
    onFailure: (query, key, error) =>
      failures.push(`${query}(${key}): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  })
  for (const object of objects) translator.upsert(adapted(object))
  for (const key of translator.proxyKeys()) translator.snapshot(key)
  translator.statuses()
  await translator.settled()
  return { translator, failures }
}

/** What the product gets for a case. */
export interface CaseInput {
  readonly objects: readonly AnyObject[]
  readonly settings: Settings
  readonly loadModule?: ModuleLoader
}

/** Objects and settings of a case. */
export function inputOf(item: Case, isV2: boolean): CaseInput {
  if (item.recordedFrom === "egctl") return egctlInput(item.folder)
  const config = readConfig(item.folder)
  const file = join(item.folder, "resources.yaml")
  const { objects } = loadObjects(readFileSync(file, "utf8"), {
    file,
    defaultNamespace: config.settings.controllerNamespace ?? "envoy-gateway-system",
  })
  return {
    objects: objects.map(({ object }) => object),
    settings: settingsOf(config, isV2),
    ...(config.settings.wasmCache === "none" ? {} : { loadModule: mockModules }),
  }
}

function settingsOf(config: CaseConfig, isV2: boolean) {
  const { controllerNamespace = "envoy-gateway-system", dnsDomain = "cluster.local", mergeBackends } = config.settings
  const base = {
    ...defaultSettings,
    controllerNamespace,
    dnsDomain,
    isBackendEnabled: true,
    isLuaEnabled: true,
    isPatchPolicyEnabled: true,
    moduleServer: { host: `envoy-gateway.${controllerNamespace}.svc.cluster.local`, port: 18002 },
    runtimeFlags: isV2 ? ["XDSNameSchemeV2"] : [],
  }
  const settings = settingsFrom(config.envoyGateway, base)
  const spec = config.envoyProxy ?? settings.envoyProxy
  // Some cases state merged backends as a setting of their harness only.
  const merged = mergeBackends === true && spec?.mergeBackends === undefined ? { ...spec, mergeBackends: {} } : spec
  return merged === undefined ? settings : { ...settings, envoyProxy: merged }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

/** The recorded corpus's stand-in for the module cache: nothing is fetched, everything follows from the URL. */
const mockModules: ModuleLoader = async ({ url, sha256: wanted }) => {
  const name = sha256(url)
  const checksum = sha256(`salt${name}`)
  if (wanted !== undefined && wanted !== checksum) {
    throw new Error(`module downloaded from ${url} has checksum ${checksum}, which does not match: ${wanted}`)
  }
  return {
    type: "remote",
    url: `https://envoy-gateway.envoy-gateway-system.svc.cluster.local:18002/${name}.wasm`,
    sha256: checksum,
  }
}

import { mkdirSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { join } from "node:path"
import { type Clock, silentLogger } from "@attache/base"
import { checkPorts, createBootstrap, findEnvoy, freePorts, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import { addressesBeside, loopbackRanges } from "@attache/oci"
import type { Settings } from "@attache/translate"
import { onTestFinished } from "vitest"
import { type ControlPlane, createControlPlane } from "../src/control-plane.ts"
import { createModules, type Modules, type ModulesOptions } from "../src/modules/loader.ts"
import { placeAsFile } from "../src/modules/place.ts"
import { createModuleStore } from "../src/modules/store.ts"
import { reportStatus, type StatusReport } from "../src/status/report.ts"
import { hostSettings, proxyKey } from "./resources.ts"
import { temporaryDirectory } from "./temporary-directory.ts"

/** An answer to {@link EnvoyUnderTest.get}. */
export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A control plane over a folder, and an Envoy that it drives through a Unix socket. */
export interface EnvoyUnderTest {
  readonly controlPlane: ControlPlane
  readonly modules: Modules
  readonly envoy: RunningEnvoy
  /** Writes a resource file. */
  write(name: string, text: string): void
  /** Path of a resource file. */
  path(name: string): string
  report(): StatusReport
  /** Asks Envoy on a new connection; undefined while nothing listens. */
  get(path: string): Promise<TestAnswer | undefined>
}

/** What may be other than usual. */
export interface EnvoyUnderTestOptions {
  /** Folder of the store of modules. Default: one of the test's own. */
  readonly moduleFolder?: string
  /** Over what modules are loaded with. */
  readonly modules?: Partial<ModulesOptions>
  readonly settings?: Settings
  /** Of the control plane and of modules. Default: the machine's. */
  readonly clock?: Clock
}

/** Starts both and waits until Envoy is live. Everything ends with the test. @param port port of the Gateway's listener */
export async function envoyUnderTest(
  files: Readonly<Record<string, string>>,
  port: number,
  options: EnvoyUnderTestOptions = {},
): Promise<EnvoyUnderTest> {
  const folder = await temporaryDirectory()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  const conf = join(folder.path, "conf")
  mkdirSync(conf)
  const clock = options.clock === undefined ? {} : { clock: options.clock }
  const modules = createModules({
    store: createModuleStore(options.moduleFolder ?? join(folder.path, "modules")),
    addresses: addressesBeside(loopbackRanges),
    place: placeAsFile,
    isOffline: false,
    ...clock,
    ...options.modules,
  })
  const path = (name: string): string => join(conf, name)
  for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text)
  const controlPlane = createControlPlane({
    paths: [conf],
    settings: options.settings ?? hostSettings,
    defaultNamespace: "default",
    stateFolder: join(folder.path, "state"),
    loadModule: modules.load,
    ...clock,
    logger: silentLogger,
  })
  onTestFinished(() => controlPlane.close())
  const socketPath = join(folder.path, "xds.sock")
  const listener = await controlPlane.xds.listen({ unixPath: socketPath })
  await controlPlane.start()
  controlPlane.watch()
  await checkPorts([{ address: "127.0.0.1", port }])
  const envoy = await runEnvoy({
    path: (await findEnvoy()).path,
    bootstrap: createBootstrap({ nodeId: "e2e", nodeCluster: proxyKey, xds: { socketPath } }),
    concurrency: 1,
  })
  onTestFinished(() => envoy[Symbol.asyncDispose]())
  return {
    controlPlane,
    modules,
    envoy,
    path,
    write: (name, text) => writeFileSync(path(name), text),
    report: () => reportStatus(controlPlane, [listener.address]),
    get: (target) => get(port, target),
  }
}

/** A port for a listener that nobody has now. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  if (port === undefined) throw new Error("no free port")
  return port
}

function get(port: number, path: string): Promise<TestAnswer | undefined> {
  return new Promise((resolve) => {
    const call = request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    call.on("error", () => resolve(undefined))
    call.end()
  })
}

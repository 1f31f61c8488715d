// A gateway with a route that a policy gives a module from an image to, and one that nothing of it may touch.
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { type EnvoyUnderTest, type EnvoyUnderTestOptions, envoyUnderTest, freePort } from "./envoy-under-test.ts"
import { httpServer } from "./http-server.ts"
import { hastyClock, type Load, load, type PrivateImages } from "./image-world.ts"
import { backend, type Document, gateway, imagePolicy, route, stream } from "./resources.ts"
import { temporaryDirectory } from "./temporary-directory.ts"

/** How long a test waits for what must come; for what hangs. */
export const patience = { interval: 10, timeout: 30_000 }

const pullSecretRef = { name: "pull" }

/** A gateway, its Envoy, and what is asked of both. */
export interface ImageSite extends EnvoyUnderTest {
  /** Folder of the store of modules. */
  readonly moduleFolder: string
  /** Writes the policy of the route `/wasm` anew. */
  attach(policy: string): void
  /** The name that the guest on `/wasm` adds to an answer. */
  guest(): Promise<string | string[] | undefined>
  /** Status code of `/wasm`. */
  wasmStatus(): Promise<number | undefined>
  /** Status of the policy, as text. */
  status(): string
  /** Requests to `/plain` that go on until they are stopped or the test ends. */
  plainLoad(): Load
  /** The same to `/wasm`. @param isGuest whether a name is one that may answer; default: any name */
  wasmLoad(isGuest?: (name: string) => boolean): Load
}

/** A policy that names an image with the pull secret. @param suffix `:tag` or `@digest` */
export function guestPolicy(
  images: PrivateImages,
  suffix: string,
  image: Document = { pullSecretRef },
  code: Document = {},
  more: Document = {},
): string {
  return stream(imagePolicy("p", "wasm", { url: `${images.host}/team/guest${suffix}`, ...image }, code, more))
}

/** An empty folder for a store that outlives its gateway. */
export async function moduleFolder(): Promise<string> {
  const folder = await temporaryDirectory()
  onTestFinished(() => folder[Symbol.asyncDispose]())
  return join(folder.path, "modules")
}

/** Starts a backend and a gateway with the routes `/plain` and `/wasm`, on which the policy is. Time passes fast. */
export async function imageSite(
  images: PrivateImages,
  policy: string,
  options: EnvoyUnderTestOptions = {},
): Promise<ImageSite> {
  const server = await httpServer((_request, response) => response.end("backend"))
  onTestFinished(() => server[Symbol.asyncDispose]())
  const port = await freePort()
  const routes = [route("plain", "/plain", "b"), route("wasm", "/wasm", "b")]
  const folder = options.moduleFolder ?? (await moduleFolder())
  const files = {
    "1-gateway.yaml": stream(...gateway(port), backend("b", server.port), ...routes, images.secret),
    "2-policy.yaml": policy,
  }
  const world = await envoyUnderTest(files, port, { clock: hastyClock, ...options, moduleFolder: folder })
  const running = (started: Load): Load => {
    onTestFinished(async () => void (await started.stop()))
    return started
  }
  return {
    ...world,
    moduleFolder: folder,
    attach: (text) => world.write("2-policy.yaml", text),
    guest: async () => (await world.get("/wasm"))?.headers["x-guest"],
    wasmStatus: async () => (await world.get("/wasm"))?.status,
    status: () => JSON.stringify(world.controlPlane.translator.status("EnvoyExtensionPolicy/default/p") ?? "none"),
    plainLoad: () => running(load(world, "/plain", ({ status, body }) => status === 200 && body === "backend")),
    wasmLoad: (isGuest = () => true) =>
      running(
        load(world, "/wasm", ({ status, headers }) => {
          const name = headers["x-guest"]
          return status === 200 && typeof name === "string" && isGuest(name)
        }),
      ),
  }
}

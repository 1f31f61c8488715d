// One `attache run` as a user starts it, with ports of its own, and requests through it.
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { type IncomingHttpHeaders, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const command = join(root, "packages", "cli", "bin", "attache.mjs")

let isBuilt = false

/** Builds the command once: it prefers its bundle to its sources, and an old one would be tested in their place. */
export function buildIfStale(): void {
  if (isBuilt) return
  isBuilt = true
  const script = join(root, "scripts", "build.ts")
  const { status, stderr } = spawnSync(process.execPath, [script, "--if-stale"], { encoding: "utf8" })
  if (status !== 0) throw new Error(`the command cannot be built:\n${stderr}`)
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** How a request is made. Each goes over a connection of its own. */
export interface RequestOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Present: over TLS, with this SNI and CA. */
  readonly tls?: { readonly serverName: string; readonly ca: string }
}

/** A running gateway. */
export interface GatewayUnderTest extends AsyncDisposable {
  /** Folder of its resource files. */
  readonly folder: string
  /** Writes a resource file; the gateway follows by itself. */
  write(file: string, text: string): Promise<void>
  request(port: number, path: string, options?: RequestOptions): Promise<Answer>
  /** Repeats a request until its answer fits; fails after 10 s with the last answer. */
  until(port: number, path: string, fits: (answer: Answer) => boolean, options?: RequestOptions): Promise<Answer>
  /** All that the command said so far. */
  output(): string
  /** Ends it as Ctrl-C does and gives the exit code. */
  stop(): Promise<number | null>
}

/** Starts `attache run` over files and waits until it says that it is ready. */
export async function startGateway(
  files: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<GatewayUnderTest> {
  buildIfStale()
  const folder = await mkdtemp(join(tmpdir(), "attache-e2e-"))
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  const child = spawn(process.execPath, [command, "run", "-f", folder, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ATTACHE_STATE_DIR: join(folder, ".state"), NO_COLOR: "1" },
  })
  const said: string[] = []
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk.toString("utf8")))
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString("utf8")))
  const ended = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)))
  const output = (): string => said.join("")
  const stop = async (): Promise<number | null> => {
    child.kill("SIGINT")
    const code = await ended
    await rm(folder, { recursive: true, force: true })
    return code
  }
  await untilReady(child, ended, output).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    folder,
    write: (file, text) => writeFile(join(folder, file), text),
    request: send,
    until: (port, path, fits, options) => untilAnswer(port, path, fits, { ...options, context: output }),
    output,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

async function untilReady(child: ChildProcess, ended: Promise<number | null>, output: () => string): Promise<void> {
  const ready = new Promise<void>((resolve) => {
    const look = (): void => {
      if (/^ready in /m.test(output())) resolve()
    }
    child.stderr?.on("data", look)
  })
  const failed = ended.then((code) => {
    throw new Error(`the gateway ended with ${code}:\n${output()}`)
  })
  await Promise.race([ready, failed])
  failed.catch(() => {})
}

/** Repeats a request until its answer fits; fails after 10 s with the last answer and what `context` tells. */
export async function untilAnswer(
  port: number,
  path: string,
  fits: (answer: Answer) => boolean,
  { context = () => "", ...options }: RequestOptions & { readonly context?: () => string } = {},
): Promise<Answer> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const answer = await send(port, path, options).catch((error: unknown) => ({
      status: 0,
      headers: {},
      body: String(error),
    }))
    if (fits(answer)) return answer
    if (Date.now() > deadline)
      throw new Error(`no fitting answer for ${path}; last: ${JSON.stringify(answer)}\n${context().slice(-3000)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** One request over a connection of its own. */
export function send(port: number, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, body, tls } = options
  const shared = { host: "127.0.0.1", port, path, method, headers, agent: false as const, timeout: 20_000 }
  return new Promise((resolve, reject) => {
    const call =
      tls === undefined ? requestHttp(shared) : requestHttps({ ...shared, servername: tls.serverName, ca: tls.ca })
    call.on("error", reject)
    call.on("timeout", () => call.destroy(new Error("no answer within 20 s")))
    call.on("response", (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      )
    })
    call.end(body)
  })
}

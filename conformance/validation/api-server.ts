// A real API server with its store, on loopback, for as long as a comparison takes.
import { type ChildProcess, spawn } from "node:child_process"
import { generateKeyPairSync } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { Agent, request } from "node:https"
import { type AddressInfo, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"

/** An answer of the API server. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** A running API server. */
export interface ApiServer {
  /** Sends a request as administrator. */
  send(method: string, path: string, body?: unknown, contentType?: string): Promise<Answer>
  /** Ends both processes and removes their files. */
  close(): Promise<void>
}

const token = "comparison"
const startMs = 60_000

/** Starts `binary etcd` and `binary apiserver` (see `tools/kube-api/server`) on free ports and waits until they answer. */
export async function startApiServer(binary: string): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), "api-server-"))
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()]
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs1", format: "pem" })
  writeFileSync(join(folder, "sa.key"), key)
  writeFileSync(join(folder, "tokens.csv"), `${token},admin,1,"system:masters"\n`)
  const processes = [
    start(binary, etcdArguments(folder, client, peer)),
    start(binary, serverArguments(folder, client, port)),
  ]
  const agent = new Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: false })
  const send: ApiServer["send"] = (method, path, body, contentType) =>
    sendTo(agent, port, { method, path, body, contentType: contentType ?? "application/json" })
  const close = async (): Promise<void> => {
    agent.destroy()
    await Promise.all(processes.map(stop))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await ready(send, processes)
  } catch (error) {
    await close()
    throw error
  }
  return { send, close }
}

function etcdArguments(folder: string, client: number, peer: number): readonly string[] {
  const urls = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`] as const
  return [
    "etcd",
    ...["--data-dir", join(folder, "etcd"), "--unsafe-no-fsync", "--log-level", "error"],
    ...["--listen-client-urls", urls[0], "--advertise-client-urls", urls[0]],
    ...[
      "--listen-peer-urls",
      urls[1],
      "--initial-advertise-peer-urls",
      urls[1],
      "--initial-cluster",
      `default=${urls[1]}`,
    ],
  ]
}

function serverArguments(folder: string, client: number, port: number): readonly string[] {
  const key = join(folder, "sa.key")
  return [
    "apiserver",
    ...[`--etcd-servers=http://127.0.0.1:${client}`, "--bind-address=127.0.0.1", `--secure-port=${port}`],
    ...[`--cert-dir=${folder}`, `--token-auth-file=${join(folder, "tokens.csv")}`, "--authorization-mode=RBAC"],
    ...[`--service-account-key-file=${key}`, `--service-account-signing-key-file=${key}`],
    ...["--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.96.0.0/16"],
    ...["--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none"],
  ]
}

function start(binary: string, args: readonly string[]): ChildProcess {
  return spawn(binary, args, { stdio: "ignore" })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once("exit", resolve))
  child.kill("SIGTERM")
  await Promise.race([gone, wait(10_000).then(() => child.kill("SIGKILL"))])
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function ready(send: ApiServer["send"], processes: readonly ChildProcess[]): Promise<void> {
  const end = Date.now() + startMs
  for (;;) {
    const answer = await send("GET", "/readyz").catch(() => undefined)
    if (answer?.status === 200) return
    if (processes.some(({ exitCode }) => exitCode !== null)) throw new Error("etcd or the API server ended by itself")
    if (Date.now() > end) throw new Error(`the API server was not ready within ${startMs / 1000} s`)
    await wait(100)
  }
}

interface Call {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly contentType: string
}

function sendTo(agent: Agent, port: number, { method, path, body, contentType }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": contentType, accept: "application/json" }
    const call = request({ host: "127.0.0.1", port, agent, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers["content-type"]?.startsWith("application/json") === true
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text })
      })
    })
    call.on("error", reject)
    call.end(body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body))
  })
}

/**
 * Makes a fresh clone ready: the locked packages, the pinned Node, the bundled command, a real Envoy.
 *
 * `npm start` and `npm test` run this first. Plain JavaScript for Node 18 and later: it runs on the machine's own Node,
 * before `node_modules` exists. What is done already is recognised by stamps, so a second run takes a moment.
 * Talks on standard error; a failure is one line that names the cure.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const { accessSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } = fs
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const platform = `${process.platform}-${process.arch}`
const stampFile = join(root, "node_modules", ".install-stamp")
const lockDirectory = join(root, ".install-lock")
const linkedNode = join(root, "node_modules", ".bin", "node")
const pinnedNode = join("..", `node-${platform}`, "bin", "node")
/**
 * Without retries of its own: npm asks for packages one after the other and repeats each, which takes minutes on a machine
 * without network. We repeat the whole; what arrived before is in npm's cache.
 */
const npmArguments = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=0"]
const attempts = 3
/** What a fresh clone takes on the disk: packages unpacked, and room to unpack them. */
const neededMB = 650
const networkFailure = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ECONNRESET|network/
const exitCodes = { failed: 1, environment: 4 }

/** A failure the user can cure; its message is the whole of what is printed. */
class SetUpError extends Error {
  constructor(message, cure, exitCode = exitCodes.environment) {
    super(`${message}; ${cure}`)
    this.exitCode = exitCode
  }
}

try {
  ensurePackages()
  ensureCommand()
  // The checks need none.
  if (process.env.npm_lifecycle_event !== "precheck") ensureEnvoy()
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(`error: ${error.message}`)
  // Not exit(): whoever holds the lock has to drop it first.
  process.exitCode = error.exitCode
}

function ensurePackages() {
  const wanted = wantedStamp()
  if (currentStamp() === wanted) return
  withLock(() => {
    if (currentStamp() === wanted) return
    requireSomeNode()
    requireRoom()
    const started = Date.now()
    say("installing packages (about 165 MB to download) ...")
    installPackages()
    writeFileSync(stampFile, wanted)
    say(`installed packages in ${seconds(started)}`)
  })
}

function wantedStamp() {
  return createHash("sha256")
    .update(platform)
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex")
}

function currentStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined
}

/** The packages. npm is run by the Node that started us, for the pinned one is not there yet. */
function installPackages() {
  const cache = replacedCache()
  try {
    npmInstall(cache)
    requirePinnedNode()
    if (isNewEnough(process.version)) return
    // npm leaves out optional packages that refuse the Node it runs on: under an old one, native parts of the tools.
    npmInstall(cache, join(dirname(linkedNode), pinnedNode))
    requirePinnedNode()
  } finally {
    if (cache !== undefined) rmSync(cache, { recursive: true, force: true })
  }
}

/** A folder in place of npm's cache where that cannot be written, such as in a home that is read-only. */
function replacedCache() {
  const { npm_config_cache: cache } = process.env
  if (!cache) return undefined
  try {
    mkdirSync(cache, { recursive: true })
    accessSync(cache, fs.constants.W_OK)
    return undefined
  } catch {
    const own = mkdtempSync(join(tmpdir(), "attache-npm-"))
    say(`npm's cache ${cache} cannot be written, using ${own} meanwhile`)
    return own
  }
}

/**
 * Not `npm ci`: it refuses a lock file that lacks optional packages of other platforms. The hashes of the lock file are
 * checked all the same.
 */
function npmInstall(cache, pinned) {
  const { npm_node_execpath, npm_execpath: npm, PATH } = process.env
  const node = pinned ?? npm_node_execpath
  const [command, first] = node && npm ? [node, [npm]] : ["npm", []]
  const parameters = [...first, ...npmArguments, ...(cache === undefined ? [] : ["--cache", cache])]
  const env = pinned === undefined ? process.env : { ...process.env, PATH: `${dirname(pinned)}${delimiter}${PATH}` }
  const options = { cwd: root, env, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8", maxBuffer: 64 * 1024 * 1024 }
  let ended = spawnSync(command, parameters, options)
  for (let next = 2; next <= attempts && ended.status !== 0 && networkFailure.test(ended.stderr ?? ""); next++) {
    say(`the package registry did not answer, trying again (${next} of ${attempts}) ...`)
    pause(500)
    ended = spawnSync(command, parameters, options)
  }
  if (ended.status !== 0) throw npmFailure(ended)
}

function npmFailure({ status, stderr, error }) {
  const text = stderr ?? ""
  if (error?.code === "ENOENT")
    return new SetUpError("npm was not found", "install Node 22.22.2 or newer with npm and run this again")
  if (/ENOSPC/.test(text)) return noRoom()
  if (networkFailure.test(text)) {
    const reason = /reason: (.+)/.exec(text)?.[1] ?? /\bcode (\S+)/.exec(text)?.[1]
    return new SetUpError(
      `the package registry could not be reached${reason === undefined ? "" : ` (${reason.trim()})`}`,
      "check the network and npm's registry and proxy settings (npm config list) and run this again",
    )
  }
  process.stderr.write(text)
  if (/EINTEGRITY/.test(text)) {
    return new SetUpError(
      "a package is not the one the lock file names",
      "run npm cache verify, or check your registry mirror",
    )
  }
  return new SetUpError(
    `npm install ended with ${status ?? error?.message}`,
    "see its message above and run this again",
  )
}

/** Before a long download that a full disk would end in the middle, with whatever message. */
function requireRoom() {
  // Node 18.15 and later can tell.
  if (fs.statfsSync === undefined || existsSync(join(root, "node_modules"))) return
  const { bavail, bsize } = fs.statfsSync(root)
  if (bavail * bsize < neededMB * 1e6) throw noRoom()
}

function noRoom() {
  return new SetUpError(
    `there is no room for the packages at ${root}: ${neededMB} MB are needed`,
    "free some, or move the checkout to another disk, and run this again",
  )
}

/** Before a long download: on a platform without a pinned Node the machine's own has to do. */
function requireSomeNode() {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))
  const isPinned = `node_modules/node-${platform}` in (lock.packages ?? {})
  if (!isPinned && !isNewEnough(process.version)) throw nodeTooOld()
}

/** npm 10 links no command that two packages offer, so we do; one that cannot run here (musl) must not hide the user's. */
function requirePinnedNode() {
  const target = join(dirname(linkedNode), pinnedNode)
  if (!existsSync(linkedNode) && existsSync(target)) {
    mkdirSync(dirname(linkedNode), { recursive: true })
    symlinkSync(pinnedNode, linkedNode)
  }
  if (existsSync(linkedNode) && isNewEnough(String(spawnSync(linkedNode, ["--version"]).stdout))) return
  if (!isNewEnough(process.version)) throw nodeTooOld()
  rmSync(linkedNode, { force: true })
}

function nodeTooOld() {
  return new SetUpError(
    `Node ${wantedNode().join(".")} or newer is needed, this is ${process.version}, and none is pinned for ${platform}`,
    "install a newer Node and run this again",
  )
}

function isNewEnough(version) {
  const have = version.trim().replace(/^v/, "").split(".").map(Number)
  const want = wantedNode()
  const at = want.findIndex((part, index) => part !== have[index])
  return at === -1 || have[at] > want[at]
}

function wantedNode() {
  const { engines } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  return engines.node.replace(/^>=/, "").split(".").map(Number)
}

/** The command as one bundle; a tenth of a second when its inputs are unchanged. */
function ensureCommand() {
  const { status } = runScript("build.ts", ["--if-stale"])
  if (status !== 0) throw new SetUpError("the command could not be built", "see the message above", exitCodes.failed)
}

/** Without it only `npm start` stops; the script has said why. */
function ensureEnvoy() {
  const { status } = runScript("ensure-envoy.ts", [])
  if (status !== 0 && process.env.npm_lifecycle_event === "prestart") process.exitCode = exitCodes.environment
}

function runScript(name, parameters) {
  const node = existsSync(linkedNode) ? linkedNode : process.execPath
  return spawnSync(node, [join(root, "scripts", name), ...parameters], { cwd: root, stdio: ["ignore", 2, 2] })
}

/** One installation at a time: a directory with the owner's process id, taken over when the owner is gone. */
function withLock(act) {
  takeLock()
  try {
    act()
  } finally {
    rmSync(lockDirectory, { recursive: true, force: true })
  }
}

function takeLock() {
  let patience = 10
  for (let looks = 0; ; looks++) {
    try {
      mkdirSync(lockDirectory)
      writeFileSync(join(lockDirectory, "pid"), String(process.pid))
      return
    } catch (error) {
      if (error.code !== "EEXIST") throw notWritable(error)
    }
    if (looks === 0) say("waiting for another installation of this checkout ...")
    if (!isOwnerAlive() && --patience === 0) rmSync(lockDirectory, { recursive: true, force: true })
    pause(200)
  }
}

function notWritable(error) {
  const cure = `copy the checkout to a folder you own (cp -r ${root} ~/attache) and run this there`
  return new SetUpError(`packages are not installed and ${root} cannot be written (${error.code})`, cure)
}

function pause(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function isOwnerAlive() {
  try {
    process.kill(Number(readFileSync(join(lockDirectory, "pid"), "utf8")), 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}

function say(text) {
  process.stderr.write(`attache: ${text}\n`)
}

function seconds(started) {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`
}

#!/usr/bin/env -S node --max-semi-space-size=4
// Plain JavaScript that any Node can read: finds a Node that is new enough and hands over to the command.
// Semi-spaces of 4 MiB instead of up to 16 or 32: a third less memory where thousands of routes are served, no more CPU.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import nodeModule from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const built = join(here, "..", "dist", "main.js")
const main = existsSync(built) ? built : join(here, "..", "src", "main.ts")

/** The pinned Node of the installation this file belongs to, looked for upwards. */
function pinnedNode() {
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node")
    if (existsSync(candidate)) return candidate
  }
  return undefined
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 22)) {
  // Before the bundle is read, so that it is compiled once too.
  nodeModule.enableCompileCache()
  try {
    await import(pathToFileURL(main).href)
  } catch (error) {
    // The bundle brings its packages along; the sources of a fresh clone lack them.
    if (main === built || error?.code !== "ERR_MODULE_NOT_FOUND") throw error
    console.error("attache: its packages are not installed; run npm start or npm test once, which install them")
    process.exitCode = 4
  }
} else {
  const node = pinnedNode()
  if (node === undefined) {
    console.error(
      `attache: Node 22.22 or newer is needed, this is ${process.version}; install it, or run npm install where optional packages are allowed`,
    )
    process.exitCode = 4
  } else {
    // The channel tells the command when this process is gone, whatever ended it.
    const child = spawn(node, ["--max-semi-space-size=4", main, ...process.argv.slice(2)], {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    })
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
    child.on("exit", (status, signal) => process.exit(status ?? (signal === "SIGINT" ? 130 : 1)))
  }
}

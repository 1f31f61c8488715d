#!/usr/bin/env -S node --max-semi-space-size=4 --min-semi-space-size=4
// Plain JavaScript that any Node can read: finds a Node that is new enough and hands over to the command.
// Semi-spaces of 4 MiB instead of up to 16 or 32: a third less memory where thousands of routes are served, no more CPU. Of 4
// from the start: nothing is collected before the first line of output, 3 ms of it.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
if (major > 22 || (major === 22 && minor >= 22)) await runHere()
else await runElsewhere()

async function runHere() {
  // Not imported, which costs a millisecond each: see scripts/builtin-imports.ts.
  const { enableCompileCache } = process.getBuiltinModule("node:module")
  const { existsSync } = process.getBuiltinModule("node:fs")
  enableCompileCache()
  const built = new URL("../dist/main.js", import.meta.url)
  const isBuilt = existsSync(built)
  try {
    const { finished } = await import(isBuilt ? built.href : new URL("../src/main.ts", import.meta.url).href)
    await finished
  } catch (error) {
    // The bundle brings its packages along; the sources of a fresh clone lack them.
    if (isBuilt || error?.code !== "ERR_MODULE_NOT_FOUND") throw error
    console.error("attache: its packages are not installed; run npm start or npm test once, which install them")
    process.exitCode = 4
  }
}

async function runElsewhere() {
  const node = await pinnedNode()
  if (node === undefined) {
    console.error(
      `attache: Node 22.22 or newer is needed, this is ${process.version}; install it, or run npm install where optional packages are allowed`,
    )
    process.exitCode = 4
    return
  }
  const { spawn } = await import("node:child_process")
  const { fileURLToPath } = await import("node:url")
  // The channel tells the command when this process is gone, whatever ended it.
  const semiSpaces = ["--max-semi-space-size=4", "--min-semi-space-size=4"]
  const child = spawn(node, [...semiSpaces, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
  child.on("exit", (status, signal) => process.exit(status ?? (signal === "SIGINT" ? 130 : 1)))
}

/** The pinned Node of the installation this file belongs to, looked for upwards. */
async function pinnedNode() {
  const { existsSync } = await import("node:fs")
  const { dirname, join } = await import("node:path")
  const { fileURLToPath } = await import("node:url")
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node")
    if (existsSync(candidate)) return candidate
  }
  return undefined
}

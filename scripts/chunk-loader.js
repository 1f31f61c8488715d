// Begins the command. Each chunk goes to V8 with what V8 had compiled of it when the same verb ended last time: Node's compile cache
// knows only what runs while a file is loaded, so that all other functions, 350 for a copy, are compiled at every start.
const { getBuiltinModule } = process
const { existsSync, readFileSync, renameSync, rmSync, writeFileSync } = getBuiltinModule("node:fs")
const { createRequire, getCompileCacheDir } = getBuiltinModule("node:module")
const { join } = getBuiltinModule("node:path")
const { constants, Script } = getBuiltinModule("node:vm")

const folder = import.meta.dirname
const compiled = getCompileCacheDir()
const verb = process.argv.includes("--help") ? "help" : (/^[a-z]+$/.exec(process.argv[2] ?? "")?.[0] ?? "none")
const modules = new Map()
const learned = []

function load(name) {
  const known = modules.get(name)
  if (known !== undefined) return known.exports
  const module = { exports: {} }
  modules.set(name, module)
  const filename = join(folder, name)
  scriptOf(name, filename).runInThisContext()(module.exports, require, module, filename, folder, import.meta)
  return module.exports
}

/** The name tells the content of a chunk, and V8 itself refuses what another V8 has compiled. */
function scriptOf(name, filename) {
  const path = compiled === undefined ? undefined : join(compiled, `attache-${name}-${verb}`)
  const cachedData = path === undefined ? undefined : readIfThere(path)
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const script = new Script(readFileSync(filename, "utf8"), { filename, cachedData, importModuleDynamically })
  if (path !== undefined && (cachedData === undefined || script.cachedDataRejected)) learned.push({ path, script })
  return script
}

function readIfThere(path) {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function require(name) {
  return name.startsWith("./") ? load(name.slice(2)) : (getBuiltinModule(name) ?? createRequire(import.meta.url)(name))
}

/** Flushed before it has its name: V8 does not notice a hole in it, and may crash over one. */
function keep(path, code) {
  const partial = `${path}.${process.pid}`
  try {
    writeFileSync(partial, code, { flush: true })
    renameSync(partial, path)
  } catch {
    // A full disk, or one that cannot be written to: the next start takes as long as this one did.
    if (existsSync(partial)) rmSync(partial)
  }
}

// Who is told how to call a verb has not run it.
process.on("exit", (code) => {
  if (code !== 2) for (const { path, script } of learned) keep(path, script.createCachedData())
})

export const { finished } = load("ENTRY")

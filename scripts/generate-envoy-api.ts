/**
 * Refreshes `packages/envoy-api`: the descriptor set (when Go is there), its provenance, and the TypeScript below `gen/`.
 *
 *     node scripts/generate-envoy-api.ts            write
 *     node scripts/generate-envoy-api.ts --check    write nothing, list what differs, exit 1 if anything does
 *     node scripts/generate-envoy-api.ts --no-go    keep the descriptor set that is there
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponseSchema,
  type FileDescriptorProto,
  type FileDescriptorSet,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt"
import { provenanceOf } from "./generate-envoy-api-provenance.ts"
import { slimModule } from "./generate-envoy-api-slim.ts"

const root = join(import.meta.dirname, "..")
const toolDir = join(root, "tools/envoy-api")
const packageDir = join(root, "packages/envoy-api")
const setPath = "descriptors/envoy-api.binpb"
const goModules = [
  "github.com/envoyproxy/go-control-plane/envoy",
  "go.opentelemetry.io/proto/otlp",
  "google.golang.org/grpc",
  "github.com/cncf/xds/go",
]

/** Files that only carry options: nothing constructs their messages. */
const optionFiles = [
  "google/protobuf/",
  "google/api/annotations.proto",
  "google/api/http.proto",
  "validate/",
  "udpa/annotations/",
  "xds/annotations/",
  "envoy/annotations/",
]

const isOptionFile = (path: string): boolean => optionFiles.some((prefix) => path.startsWith(prefix))

/** The set as the Go modules give it; undefined without Go. Takes about 70 s the first time. */
function dumpDescriptorSet(): Uint8Array | undefined {
  try {
    execFileSync("go", ["version"], { stdio: "ignore" })
  } catch {
    return undefined
  }
  const go = (...args: string[]): string =>
    execFileSync("go", args, { cwd: toolDir, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
  const packages = go("list", "-mod=mod", "github.com/envoyproxy/go-control-plane/envoy/...").trim().split("\n")
  const imports = packages.map((path) => `\t_ "${path}"\n`).join("")
  writeFileSync(join(toolDir, "imports.go"), `package main\n\nimport (\n${imports})\n`)
  const dir = mkdtempSync(join(tmpdir(), "envoy-api-"))
  try {
    go("run", "-mod=mod", ".", join(dir, "set.binpb"))
    return readFileSync(join(dir, "set.binpb"))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

/** Paths named by `roots.txt` and everything they import, without option files. */
function filesToGenerate(files: readonly FileDescriptorProto[]): string[] {
  const byPath = new Map(files.map((file) => [file.name, file]))
  const found = new Set<string>()
  const add = (path: string): void => {
    if (found.has(path) || isOptionFile(path)) return
    found.add(path)
    byPath.get(path)?.dependency.forEach(add)
  }
  for (const line of readFileSync(join(toolDir, "roots.txt"), "utf8").split("\n")) {
    if (line === "" || line.startsWith("#")) continue
    const matching = files.filter((file) => (line.endsWith("/") ? file.name.startsWith(line) : file.name === line))
    if (matching.length === 0) throw new Error(`roots.txt: no file of the set matches ${line}`)
    for (const file of matching) add(file.name)
  }
  return [...found].sort()
}

function runPlugin(set: FileDescriptorSet): Map<string, string> {
  const plugin = join(toolDir, "node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es")
  if (!existsSync(plugin))
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: toolDir, stdio: "inherit" })
  const request = create(CodeGeneratorRequestSchema, {
    fileToGenerate: filesToGenerate(set.file),
    parameter: "target=ts,import_extension=ts,erasable_syntax=true",
    protoFile: set.file,
  })
  const output = execFileSync(process.execPath, [plugin], {
    input: toBinary(CodeGeneratorRequestSchema, request),
    maxBuffer: 1 << 28,
  })
  const response = fromBinary(CodeGeneratorResponseSchema, output)
  if (response.error !== "") throw new Error(response.error)
  return new Map(response.file.map((file) => [`gen/${file.name}`, slimModule(file.name, file.content)]))
}

function filesBelow(dir: string): string[] {
  if (!existsSync(join(packageDir, dir))) return []
  return readdirSync(join(packageDir, dir), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packageDir.length + 1))
}

function main(): void {
  const check = process.argv.includes("--check")
  const current = readFileSync(join(packageDir, setPath))
  const bytes = (process.argv.includes("--no-go") ? undefined : dumpDescriptorSet()) ?? current
  const set = fromBinary(FileDescriptorSetSchema, bytes)
  const provenance = provenanceOf(bytes, set, readFileSync(join(toolDir, "go.mod"), "utf8"), goModules)
  const wanted = new Map<string, string | Uint8Array>(runPlugin(set))
  wanted.set(setPath, bytes).set("descriptors/provenance.json", provenance)

  const stale = filesBelow("gen").filter((path) => !wanted.has(path))
  const changed = [...wanted].filter(([path, content]) => {
    const full = join(packageDir, path)
    return !existsSync(full) || !readFileSync(full).equals(Buffer.from(content))
  })
  for (const path of [...stale, ...changed.map(([path]) => path)])
    console.log(`${check ? "differs" : "updated"} ${path}`)
  if (check) {
    process.exitCode = stale.length + changed.length > 0 ? 1 : 0
    return
  }
  for (const path of stale) rmSync(join(packageDir, path))
  for (const [path, content] of changed) {
    mkdirSync(dirname(join(packageDir, path)), { recursive: true })
    writeFileSync(join(packageDir, path), content)
  }
}

main()

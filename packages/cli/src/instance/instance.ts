// Running instances of the command: a folder for each, so that others can find and ask them.
import { randomBytes } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { isProcessAlive } from "@attache/base"
import { stateDirectory } from "@attache/control-plane/client"

/** What an instance tells of itself. */
export interface InstanceRecord {
  readonly name: string
  readonly pid: number
  readonly verb: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Files and folders it follows. */
  readonly paths: readonly string[]
  /** Unix socket of its status server. */
  readonly statusSocket: string
}

/** A folder of our own for sockets and state. */
export interface Instance {
  readonly name: string
  /** Mode 0700. */
  readonly folder: string
  /** Short enough for Unix sockets. */
  readonly socketFolder: string
  /** Writes down what others may know of it, whole or not at all, mode 0600. Never throws. */
  tell(record: Omit<InstanceRecord, "name" | "pid">): void
  /** Removes the folders. */
  remove(): void
}

/** Folder for the sockets of an instance. Their paths may have 107 bytes, and the state folder may be anywhere. */
export function socketFolderOf(name: string): string {
  return join(tmpdir(), `attache-${name}`)
}

const instancesFolder = (): string => join(stateDirectory(), "instances")

/**
 * Makes the folders of a new instance.
 *
 * @param onTrouble called when the state folder takes nothing (a full disk, a file in its place): the instance runs, and
 * `attache status` does not find it
 */
export function createInstance(onTrouble: (error: unknown) => void): Instance {
  const name = `${process.pid}-${randomBytes(3).toString("hex")}`
  const folder = join(instancesFolder(), name)
  const socketFolder = socketFolderOf(name)
  removeDead()
  mkdirSync(socketFolder, { mode: 0o700 })
  return {
    name,
    folder,
    socketFolder,
    tell: (record) => {
      const path = join(folder, "instance.json")
      const text = JSON.stringify({ name, pid: process.pid, ...record } satisfies InstanceRecord)
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        writeFileSync(`${path}.new`, text, { mode: 0o600 })
        renameSync(`${path}.new`, path)
      } catch (error) {
        removeQuietly(`${path}.new`)
        onTrouble(error)
      }
    },
    remove: () => {
      removeQuietly(folder)
      removeQuietly(socketFolder)
    },
  }
}

/** A path below something that is no folder cannot be removed, and need not be. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // What is left is of a process that is dead, and goes with the next start.
  }
}

/** Removes the folders of instances that were killed. */
function removeDead(): void {
  let names: string[]
  try {
    names = readdirSync(instancesFolder())
  } catch {
    return
  }
  for (const name of names) {
    const pid = Number(/^(\d+)-[0-9a-f]{6}$/.exec(name)?.[1] ?? process.pid)
    if (isProcessAlive(pid)) continue
    rmSync(join(instancesFolder(), name), { recursive: true, force: true })
    rmSync(socketFolderOf(name), { recursive: true, force: true })
  }
}

/** Instances on record, alive or dead, oldest first. Records that cannot be read are left out. */
export function listInstances(): readonly (InstanceRecord & { readonly isAlive: boolean; readonly folder: string })[] {
  let names: string[]
  try {
    names = readdirSync(instancesFolder())
  } catch {
    return []
  }
  return names
    .flatMap((name) => {
      const folder = join(instancesFolder(), name)
      try {
        const record = JSON.parse(readFileSync(join(folder, "instance.json"), "utf8")) as InstanceRecord
        return [{ ...record, isAlive: isProcessAlive(record.pid), folder }]
      } catch {
        return []
      }
    })
    .sort((a, b) => a.startedAt - b.startedAt)
}

import { mkdtemp, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A directory that is removed at the end of an `await using` block. */
export interface TemporaryDirectory extends AsyncDisposable {
  readonly path: string
}

/** Makes an empty directory below the system's temporary one. */
export async function temporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "att-cp-")))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

// A random key that outlives the process: logins are noted, and URLs of modules made, so that nobody else can guess them.
import { createHmac, randomBytes } from "node:crypto"
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { errorFrom, Secret } from "@attache/base"

const keyBytes = 32

/**
 * The key in a file, mode 0600; made when it is not there or damaged. Processes that ask at once get the same.
 *
 * Error: ATT_MODULE_STORE.
 */
export async function moduleKey(path: string): Promise<Secret> {
  try {
    for (;;) {
      const known = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined
        throw error
      })
      if (known?.length === keyBytes) return new Secret(known)
      if (known !== undefined) await rm(path, { force: true })
      await makeKey(path)
    }
  } catch (error) {
    throw errorFrom(error, "ATT_MODULE_STORE", `the key of modules cannot be kept at ${path}`, {
      retry: "later",
      hint: "check the disk and the folder's permissions",
      facts: { path },
    })
  }
}

async function makeKey(path: string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.new`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(temporary, randomBytes(keyBytes), { mode: 0o600, flag: "wx" })
  // A link never replaces: of several processes the first one's key stands.
  await link(temporary, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error
  })
  await rm(temporary, { force: true })
}

/** What only who has the key can say of a text: hex of 32 bytes. @param purpose keeps uses apart */
export function keyed(key: Secret, purpose: string, text: string): string {
  return createHmac("sha256", key.reveal()).update(`${purpose}\n${text}`).digest("hex")
}

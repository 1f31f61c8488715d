import { isAttacheError } from "@attache/base"
import { annotationsOf, dockerfileOf, type ExtensionContent, packBytes } from "@attache/oci"
import { findProject, type Language } from "../build/project.ts"
import { extensionSource } from "./extension-source.ts"

/**
 * The Dockerfile that makes the image of a guest, or of a folder with an extension that is built already.
 *
 * A guest's module is `plugin.wasm` in the folder that is given to the build. Errors: ATT_BUILD_SEVERAL, ATT_OCI_FORMAT,
 * and those of {@link extensionSource}.
 */
export async function dockerfileFor(path: string, language: Language | undefined): Promise<string> {
  const content = guestContent(path, language) ?? (await builtContent(path))
  const { kind, files } = content
  return dockerfileOf({ kind, files: files.map((file) => file.path), annotations: annotationsOf(content, "image") })
}

function guestContent(path: string, language: Language | undefined): ExtensionContent | undefined {
  try {
    const { name } = findProject(path, language)
    return { kind: "wasm", name, version: "0.0.0", files: [packBytes("plugin.wasm", "")] }
  } catch (error) {
    if (isAttacheError(error) && error.code === "ATT_BUILD_NOTHING") return undefined
    throw error
  }
}

async function builtContent(path: string): Promise<ExtensionContent> {
  const { contents } = await extensionSource(path, { annotations: {}, platforms: [] })
  const [content] = contents
  if (content === undefined) throw new Error("a source has content")
  return content
}

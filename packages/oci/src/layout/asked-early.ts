import type { Descriptor } from "../content/descriptor.ts"
import type { Content } from "../content/target.ts"
import { blobSize } from "./layout-files.ts"
import { leftBehind } from "./write-blob.ts"

/**
 * Content that has been asked for, so that its source is at work while folders and files are made for it.
 *
 * What is in memory, there already or to be continued is left as it is.
 */
export async function askedEarly(directory: string, descriptor: Descriptor, content: Content): Promise<Content> {
  if (content instanceof Uint8Array || blobSize(directory, descriptor.digest) !== undefined) return content
  if (leftBehind(directory, descriptor).length > 0) return content
  let asked: ReturnType<typeof content> | undefined = content(0)
  // It is awaited later.
  asked.catch(() => {})
  // Making files holds up everything else: a request leaves at the end of this turn, one that needs a connection in the next.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate)
  return (offset) => {
    const first = offset === 0 ? asked : undefined
    asked = undefined
    return first ?? content(offset)
  }
}

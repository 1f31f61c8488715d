/** What stands at the end of a discovery response: enough to answer it. */
export interface ResponseEnd {
  readonly typeUrl: string
  readonly nonce: string
}

/** Most bytes behind the resources: type, nonce, a few removed names, the server's name. */
const endBytes = 300

/** Reads the ends of gRPC messages that are responses, and keeps nothing else of them. */
export function createResponseEnds(onEnd: (end: ResponseEnd) => void): { push(chunk: Buffer): void } {
  let head: Buffer = Buffer.alloc(0)
  let left = 0
  let end: Buffer = Buffer.alloc(0)
  return {
    push: (chunk) => {
      for (let at = 0; at < chunk.length; ) {
        if (left === 0) {
          const part = chunk.subarray(at, at + 5 - head.length)
          head = Buffer.concat([head, part])
          at += part.length
          if (head.length < 5) return
          left = head.readUInt32BE(1)
          head = Buffer.alloc(0)
          end = Buffer.alloc(0)
          continue
        }
        const part = chunk.subarray(at, at + left)
        at += part.length
        left -= part.length
        end = Buffer.concat([end, part.subarray(-endBytes)]).subarray(-endBytes)
        if (left === 0) onEnd(readEnd(end))
      }
    },
  }
}

/** Fields 4 and 5 of a response, which the server writes one after the other. */
function readEnd(bytes: Buffer): ResponseEnd {
  const at = bytes.lastIndexOf("type.googleapis.com/")
  const length = bytes[at - 1] ?? 0
  const nonceAt = at + length + 2
  return {
    typeUrl: bytes.toString("utf8", at, at + length),
    nonce: bytes.toString("utf8", nonceAt, nonceAt + (bytes[nonceAt - 1] ?? 0)),
  }
}

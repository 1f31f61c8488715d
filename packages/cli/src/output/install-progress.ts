import type { InstallProgress } from "@attache/envoy"

/** Shows the steps of an installation: one moving line on a terminal, one line a step elsewhere. */
export function installProgress(stream: NodeJS.WriteStream = process.stderr): {
  readonly show: (progress: InstallProgress) => void
  readonly end: () => void
} {
  let last = ""
  let isOpen = false
  return {
    show: ({ phase, version, bytes, totalBytes, via }) => {
      if (phase === "done") return
      const amount =
        bytes === undefined
          ? ""
          : ` ${megabytes(bytes)}${totalBytes === undefined ? "" : ` of ${megabytes(totalBytes)}`} MB`
      const line = `envoy ${version}: ${phase}${via === undefined ? "" : ` with ${via}`}`
      if (stream.isTTY) {
        stream.write(`\r\x1b[K${line}${amount}`)
        isOpen = true
      } else if (line !== last)
        stream.write(`${line}${totalBytes === undefined ? "" : ` (${megabytes(totalBytes)} MB)`}\n`)
      last = line
    },
    end: () => {
      if (isOpen) stream.write("\r\x1b[K")
      isOpen = false
    },
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1)
}

/** An entry of {@link tarOf}; kind `0` is a regular file, the default. */
export interface TarEntry {
  readonly name: string
  readonly kind?: string
  readonly content?: Uint8Array
}

/** A POSIX tar archive. */
export function tarOf(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, kind = "0", content = new Uint8Array() }) => {
    const header = Buffer.alloc(512)
    header.write(name, 0, "latin1")
    header.write("0000644\0", 100, "latin1")
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124, "latin1")
    header.write(kind, 156, "latin1")
    header.write("ustar\x0000", 257, "latin1")
    return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

// Just enough of DER to make certificates. Source: ITU-T X.690.

/** An element: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 128) return Buffer.concat([Buffer.from([tag, body.length]), body])
  const length = body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

/** SEQUENCE. */
export const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content)

/** OCTET STRING. */
export const octets = (content: Uint8Array): Buffer => der(0x04, content)

/** BIT STRING of whole bytes. */
export const bits = (content: Uint8Array): Buffer => der(0x03, Buffer.from([0]), content)

/** UTF8String. */
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text))

/** OBJECT IDENTIFIER. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number)
  const arc = (value: number): number[] => {
    const bytes = [value & 0x7f]
    for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80)
    return bytes
  }
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(arc)]))
}

/** UTCTime. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]/g, "").slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`))
}

/** An extension of a certificate. */
export function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  const critical = isCritical ? [Buffer.from([0x01, 0x01, 0xff])] : []
  return sequence(oid(id), ...critical, octets(value))
}

import type { ScalarType } from "@bufbuild/protobuf"
import {
  putBytes,
  putDouble,
  putFixed32,
  putFixed64,
  putFloat,
  putString,
  putVarint,
  putVarint64,
} from "./wire-writer.ts"

/** How values of one scalar type are written. */
export interface ScalarEncoding {
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wireType: 0 | 1 | 2 | 5
  /** Whether a field without presence leaves this value out. */
  readonly isZero: (value: unknown) => boolean
  /** Writes the value without tag. Throws a plain error for what the type cannot hold: our own mistake. */
  readonly put: (value: unknown) => void
}

const isZeroNumber = (value: unknown): boolean => value === 0
const isZeroLong = (value: unknown): boolean => value === 0n || value === 0 || value === "0"
// Minus zero is a value of its own.
const isZeroFloat = (value: unknown): boolean => Object.is(value, 0)

const int32 = {
  wireType: 0,
  isZero: isZeroNumber,
  put: (value: unknown) => putInt32(integer(value, -0x80000000, 0x7fffffff)),
} as const
const int64: ScalarEncoding = {
  wireType: 0,
  isZero: isZeroLong,
  put: (value) => putVarint64(long(value, -(2n ** 63n), 2n ** 63n - 1n)),
}

/** Encodings by protobuf-es' `ScalarType`. */
export const scalarEncodings: Readonly<Record<ScalarType, ScalarEncoding>> = {
  1: { wireType: 1, isZero: isZeroFloat, put: (value) => putDouble(float(value)) },
  2: { wireType: 5, isZero: isZeroFloat, put: (value) => putFloat(float(value)) },
  3: int64,
  4: { wireType: 0, isZero: isZeroLong, put: (value) => putVarint64(long(value, 0n, 2n ** 64n - 1n)) },
  5: int32,
  6: { wireType: 1, isZero: isZeroLong, put: (value) => putFixed64(long(value, 0n, 2n ** 64n - 1n)) },
  7: { wireType: 5, isZero: isZeroNumber, put: (value) => putFixed32(integer(value, 0, 0xffffffff)) },
  8: { wireType: 0, isZero: (value) => value === false, put: putBool },
  9: { wireType: 2, isZero: (value) => value === "", put: putText },
  12: { wireType: 2, isZero: (value) => value instanceof Uint8Array && value.length === 0, put: putBinary },
  13: { wireType: 0, isZero: isZeroNumber, put: (value) => putVarint(integer(value, 0, 0xffffffff)) },
  15: { wireType: 5, isZero: isZeroNumber, put: (value) => putFixed32(integer(value, -0x80000000, 0x7fffffff)) },
  16: { wireType: 1, isZero: isZeroLong, put: (value) => putFixed64(long(value, -(2n ** 63n), 2n ** 63n - 1n)) },
  17: { wireType: 0, isZero: isZeroNumber, put: (value) => putZigzag32(integer(value, -0x80000000, 0x7fffffff)) },
  18: { wireType: 0, isZero: isZeroLong, put: (value) => putZigzag64(long(value, -(2n ** 63n), 2n ** 63n - 1n)) },
}

/** Enum values are int32 on the wire. */
export const enumEncoding: ScalarEncoding = int32

function putInt32(value: number): void {
  if (value >= 0) putVarint(value)
  else putVarint64(BigInt(value))
}

function putZigzag32(value: number): void {
  putVarint(((value << 1) ^ (value >> 31)) >>> 0)
}

function putZigzag64(value: bigint): void {
  putVarint64(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
}

function putBool(value: unknown): void {
  if (typeof value !== "boolean") throw new Error(`not a boolean: ${String(value)}`)
  putVarint(value ? 1 : 0)
}

function putText(value: unknown): void {
  if (typeof value !== "string") throw new Error(`not a string: ${String(value)}`)
  putString(value)
}

function putBinary(value: unknown): void {
  if (!(value instanceof Uint8Array)) throw new Error(`not bytes: ${String(value)}`)
  putBytes(value)
}

function integer(value: unknown, least: number, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw new Error(`not an integer from ${least} to ${most}: ${String(value)}`)
  }
  return value
}

function long(value: unknown, least: bigint, most: bigint): bigint {
  const wide = typeof value === "bigint" ? value : BigInt(value as number | string)
  if (wide < least || wide > most) throw new Error(`not an integer from ${least} to ${most}: ${wide}`)
  return wide
}

function float(value: unknown): number {
  if (typeof value !== "number") throw new Error(`not a number: ${String(value)}`)
  return value
}

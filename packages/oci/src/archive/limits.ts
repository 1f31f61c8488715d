/** What is read of an archive from outside at most; every excess has a named error. */
export interface ArchiveLimits {
  /** Bytes of the archive after decompression, headers included. Default 512 MiB. */
  readonly expandedBytes: number
  /** Bytes of one file in it. Default 512 MiB. */
  readonly entryBytes: number
  /** Entries, extended headers included. Default 50 000. */
  readonly entries: number
  /** Bytes of one path in UTF-8. Default 1024. */
  readonly nameBytes: number
  /** Folders one in another. Default 32. */
  readonly depth: number
  /** Expanded bytes for each compressed one, judged from {@link ratioFloorBytes} on. Default 200. */
  readonly ratio: number
}

/** The limits where none are given. */
export const defaultArchiveLimits: ArchiveLimits = {
  expandedBytes: 536_870_912,
  entryBytes: 536_870_912,
  entries: 50_000,
  nameBytes: 1024,
  depth: 32,
  ratio: 200,
}

/** Expanded bytes below which no ratio is suspicious: small files of zeros are common and harmless. */
export const ratioFloorBytes = 4_194_304

/** Limits of which some are given. */
export function archiveLimits(limits: Partial<ArchiveLimits> = {}): ArchiveLimits {
  return { ...defaultArchiveLimits, ...limits }
}

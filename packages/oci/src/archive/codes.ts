/** Cause and cure of the codes about archives: gzip, zstd, tar, and folders made of them. */
export const archiveCodes = {
  ATT_ARCHIVE_DAMAGED: {
    cause: "an archive ends too early, or is not gzip, zstd or tar as their specifications say",
    cure: "fetch it again, and if it stays so, build and push it anew",
  },
  ATT_ARCHIVE_TOO_LARGE: {
    cause: "an archive holds more bytes, more entries, or longer or deeper names than are read from outside",
    cure: "leave out what does not belong in it, or raise the limit that is named",
  },
  ATT_ARCHIVE_BOMB: {
    cause: "a compressed archive expands to very many times its size, which real content does not do",
    cure: "do not use it; if it is yours, store the content without long runs of the same byte",
  },
  ATT_ARCHIVE_PATH: {
    cause: "an entry of an archive has a name that leads out of the folder it is unpacked to, or no usable name",
    cure: "do not use it; if it is yours, pack it with relative names that have no .. in them",
  },
  ATT_ARCHIVE_LINK: {
    cause: "an archive holds a symbolic or hard link, through which files could be read or written elsewhere",
    cure: "pack the file itself instead of the link",
  },
  ATT_ARCHIVE_ENTRY_KIND: {
    cause: "an archive holds a device, a pipe, a sparse file or an entry of an unknown kind",
    cure: "pack plain files and folders only",
  },
  ATT_ARCHIVE_DUPLICATE: {
    cause: "an archive holds one path twice, or as file and as folder, and readers differ about which counts",
    cure: "pack every path once",
  },
  ATT_ARCHIVE_FOLDER: {
    cause: "the folder to unpack to, or to pack, cannot be read or written, or is there already",
    cure: "check path, permissions and free space; name a folder that does not exist yet",
  },
  ATT_ARCHIVE_CHANGED: {
    cause: "a file changed while it was packed",
    cure: "pack again when nothing writes to the folder",
  },
} as const

/** The system's error codes in words. */
const words: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a file with that name is in the way',
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
  EROFS: 'it is on a read-only file system',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is exhausted',
  EFBIG: 'it would exceed the maximum file size',
  EIO: 'the disk reports an I/O error',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'this process has too many files open',
  ENFILE: 'the system has too many files open',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
  ERR_STRING_TOO_LONG: 'it is too long for a string',
};

/** `it is a folder, not a file`: why something could not be done with a file or folder, as the end of a sentence. */
export function whyNot(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return words[code] ?? message;
}

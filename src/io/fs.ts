/** The door `heddle/fs`: files, as operations over `node:fs`. */
export type { Leaf } from '../fibers/operation.js';
export { copyFile, mkdir, remove, rename, symlink } from './fs/changes.js';
export { forEachChunk, type ChunkOptions } from './fs/for-each-chunk.js';
export { forEachLine } from './fs/for-each-line.js';
export type { LineOptions } from './streams/for-each-line.js';
export type { File } from './fs/file.js';
export { exists, lstat, readdir, readEntries, readlink, realpath, stat } from './fs/look-ups.js';
export { open } from './fs/open.js';
export { readFile, readText } from './fs/read-file.js';
export { tempDirectory } from './fs/temp-directory.js';
export { writeFile, appendFile, type WriteFileOptions } from './fs/write-file.js';

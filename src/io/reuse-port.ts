import { ArgumentError } from '../base/errors.js';
import type { Place } from './place.js';

/** Refuses `reusePort` where Node would ignore it: the second process would find the port taken. */
export function checkReusePort({ reusePort, path, fd }: Place & { readonly reusePort?: boolean | undefined }): void {
  if (reusePort !== true) return;
  if ((path ?? fd) !== undefined) throw new ArgumentError('`reusePort` is for a `port`: leave it out');
  if (Number.parseInt(process.versions.node) < FIRST) throw new ArgumentError('`reusePort` needs Node 22.12 or later');
}

/** Of those on which heddle runs. */
const FIRST = 22;

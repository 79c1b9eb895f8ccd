import { open as openPlain, type FileHandle } from 'node:fs/promises';
import { setTimeout as elapse } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sleep, type Operation } from 'heddle';
import { open, type File } from 'heddle/fs';
import { oneClass, type Scenario } from '../scenario.js';

const path = fileURLToPath(import.meta.url);
const filesAtOnce = 5;
const firstWaitMs = 10;
const secondWaitMs = 20;
const readBytes = 1024;

async function openSome(files: FileHandle[]): Promise<void> {
  for (let left = filesAtOnce; left > 0; left--) files.push(await openPlain(path));
}

function* openSomeInFiber(files: File[]): Operation<void> {
  for (let left = filesAtOnce; left > 0; left--) files.push(yield* open(path));
}

export const descriptors: Scenario = {
  name: 'descriptors',
  about: 'opens 5 files, waits 10 ms, opens 5 more, waits 20 ms, reads them',
  classes: oneClass,
  descriptors: 256,
  work: () => ({
    work: {
      async plain() {
        const files: FileHandle[] = [];
        try {
          await openSome(files);
          await elapse(firstWaitMs);
          await openSome(files);
          await elapse(secondWaitMs);
          for (const file of files) await file.read(Buffer.allocUnsafe(readBytes), 0, readBytes, 0);
        } finally {
          await Promise.all(files.map((file) => file.close()));
        }
      },
      *fiber() {
        // They belong to the request's scope, which closes them.
        const files: File[] = [];
        yield* openSomeInFiber(files);
        yield* sleep(firstWaitMs);
        yield* openSomeInFiber(files);
        yield* sleep(secondWaitMs);
        for (const file of files) yield* file.read(readBytes);
      },
    },
  }),
};

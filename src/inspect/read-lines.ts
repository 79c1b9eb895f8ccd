import type { Readable } from 'node:stream';

/**
 * The lines of a stream, without their ends; an unfinished last line is dropped. A line that is longer than `longest`
 * UTF-16 units is replaced by null, and the iteration ends. Reads on only when the next line is asked for, so that whoever
 * sends faster than it is served has to wait.
 *
 * @throws what the stream fails with.
 */
export async function* readLines(stream: Readable, longest: number): AsyncGenerator<string | null, void, void> {
  stream.setEncoding('utf8');
  // A list of pieces and not a growing string: a snapshot comes in hundreds of them.
  let pieces: string[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<string>) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      if (length + end - start > longest) return yield null;
      yield pieces.join('') + chunk.slice(start, end);
      pieces = [];
      length = 0;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > longest) return yield null;
    pieces.push(chunk.slice(start));
  }
}

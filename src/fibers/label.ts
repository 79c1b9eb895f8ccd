import { expected } from '../base/check.js';

/**
 * Every kind of wait that heddle knows. Closed, so that tools can rely on it: new kinds are added here; outside heddle use
 * `custom`.
 */
export type WaitKind =
  | 'spawn' // where fibers of a kind start: not a wait, but a node of the graph
  | 'exit' // where they end
  | 'sleep'
  | 'yield'
  | 'preempted' // compiled code gave way, since its slice was over
  | 'suspend'
  | 'until'
  | 'abortable'
  | 'effect'
  | 'join'
  | 'scope.close'
  | 'select'
  | 'event.wait'
  | 'channel.send'
  | 'channel.receive'
  | 'mutex.lock'
  | 'semaphore.acquire'
  | 'resource.acquire'
  | 'descriptor.take'
  | 'admission'
  | 'net.connect'
  | 'net.listen'
  | 'net.accept'
  | 'net.read'
  | 'net.write'
  | 'net.close'
  | 'udp.bind'
  | 'udp.receive'
  | 'udp.send'
  | 'http.listen'
  | 'http.request'
  | 'http.body'
  | 'http.respond'
  | 'fs'
  | 'dns'
  | 'process.start'
  | 'process.exit'
  | 'stream.read'
  | 'stream.write'
  | 'stream.finish'
  | 'custom';

/**
 * What a fiber waits for, in words: the kind of wait and, where the program gave one, the name of what is waited for.
 * `channel.receive(render)`. Part of a blocking point's identity, compared by its text.
 */
export class Label {
  readonly kind: WaitKind;
  readonly subject: string | null;
  readonly text: string;

  constructor(kind: WaitKind, subject: string | null = null) {
    if (subject !== null && typeof subject !== 'string') throw expected('name', 'a text', subject);
    this.kind = kind;
    this.subject = subject;
    this.text = subject === null ? kind : `${kind}(${subject})`;
  }
}

import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/**
 * Speaks the debugger's protocol with a Node of any version. Of WebSocket it knows what that takes: text, in one frame
 * from here, in one frame of any length from there.
 */
export class InspectorClient {
  #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answers = new Map<number, (message: Message) => void>();
  #listeners: ((message: Message) => void)[] = [];
  #lastId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (data: Buffer) => this.#read(data));
  }

  /** @param url as Node says it when it starts: `ws://…` */
  static async connect(url: string): Promise<InspectorClient> {
    const upgrade = request(url.replace('ws:', 'http:'), {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      },
    }).end();
    const [, socket] = (await once(upgrade, 'upgrade')) as [unknown, Socket];
    return new InspectorClient(socket);
  }

  /** Calls a method, and returns its result. */
  async call<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#lastId;
    const answer = new Promise<Message>((resolve) => this.#answers.set(id, resolve));
    this.#write(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  on<T>(method: string, listener: (params: T) => void): void {
    this.#listeners.push((message) => {
      if (message.method === method) listener(message.params as T);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** A client's frames are masked; a mask of zeros changes nothing. */
  #write(text: string): void {
    const data = Buffer.from(text);
    const head = data.length < 126 ? Buffer.from([0x81, 0x80 | data.length]) : Buffer.from([0x81, 0x80 | 126, 0, 0]);
    if (head.length === 4) head.writeUInt16BE(data.length, 2);
    this.#socket.write(Buffer.concat([head, Buffer.alloc(4), data]));
  }

  #read(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const short = this.#received[1]! & 0x7f;
      const head = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (this.#received.length < head) return;
      const length =
        short === 127
          ? Number(this.#received.readBigUInt64BE(2))
          : short === 126
            ? this.#received.readUInt16BE(2)
            : short;
      if (this.#received.length < head + length) return;
      const message = JSON.parse(this.#received.toString('utf8', head, head + length)) as Message;
      this.#received = this.#received.subarray(head + length);
      this.#answers.get(message.id ?? 0)?.(message);
      for (const listener of this.#listeners) listener(message);
    }
  }
}

import { connect, type Socket } from 'node:net';

/** How often a share of the clients has its turn: all at once would be a burst, which is another scenario. */
const stepMs = 10;
const stepsPerSecond = 1000 / stepMs;

/** A header that never ends. */
const drip = Buffer.from('x');
const beginning = Buffer.from('GET /light HTTP/1.1\r\nHost: localhost\r\nX-Drip: ');

interface Client {
  socket: Socket | null;
  sent: number;
}

/** Connections that send a byte a second, and come again a second after they were cut. */
export class SlowClients {
  private readonly port: number;
  private readonly clients: readonly Client[];
  private step = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(port: number, count: number) {
    this.port = port;
    this.clients = Array.from({ length: count }, () => ({ socket: null, sent: 0 }));
  }

  start(): void {
    this.timer = setInterval(() => this.turn(), stepMs);
  }

  stop(): void {
    clearInterval(this.timer);
    for (const { socket } of this.clients) socket?.destroy();
  }

  private turn(): void {
    this.step = (this.step + 1) % stepsPerSecond;
    for (let index = this.step; index < this.clients.length; index += stepsPerSecond) this.send(this.clients[index]!);
  }

  private send(client: Client): void {
    if (client.socket === null) {
      const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
      socket.on('error', () => socket.destroy());
      socket.on('close', () => (client.socket = null));
      // What the server says is not what they are here for.
      socket.resume();
      client.socket = socket;
      client.sent = 0;
    }
    // While it is not connected yet, bytes would pile up and come all at once.
    if (client.socket.connecting) return;
    const at = client.sent++;
    client.socket.write(at < beginning.length ? beginning.subarray(at, at + 1) : drip);
  }
}

/** The door `heddle/udp`: datagrams. */
export type { Leaf } from '../fibers/operation.js';
export { bind, type BindOptions } from './udp/bind.js';
export type { Datagram, UdpSocket, UdpStats } from './udp/udp-socket.js';

/** The door `heddle/dns`: names and addresses. */
export type { Leaf } from '../fibers/operation.js';
export { lookup, lookupAll, type Address, type LookupOptions } from './dns/lookup.js';
export { resolve, reverse, type DnsRecords, type ResolveOptions } from './dns/resolve.js';

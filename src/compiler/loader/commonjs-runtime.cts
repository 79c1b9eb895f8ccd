/**
 * The run-time half for compiled CommonJS. It is an ECMAScript module, which is there already when this is required:
 * to `require` it instead would make Node 22.12 warn, and is not possible everywhere on Node 20.
 */
module.exports = (globalThis as Record<symbol, unknown>)[Symbol.for('heddle.compiled')];

/**
 * Gives compiled CommonJS the run-time half, an ECMAScript module that is already loaded when this is required: to
 * `require` that module itself would make Node 22.12 warn, and is not possible everywhere on Node 20.
 */
module.exports = (globalThis as Record<symbol, unknown>)[Symbol.for('heddle.compiled')];

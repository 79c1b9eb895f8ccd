/** The door `heddle/effect`: Effect 4. */
export type { Leaf } from '../fibers/operation.js';
export { causeOf } from './effect/cause-of.js';
export { fromEffect } from './effect/from-effect.js';
export { fromScopedEffect } from './effect/from-scoped-effect.js';
export { InvalidBodyError, schema, type BodyIssue, type BodyReader } from './effect/schema.js';
export { provideRuntime } from './effect/host.js';
export { toEffect, type ToEffectOptions } from './effect/to-effect.js';
export { toScopedEffect } from './effect/to-scoped-effect.js';

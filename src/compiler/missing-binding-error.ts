import { HeddleError } from '../base/errors.js';

/**
 * TypeScript cannot be read, because `oxc-parser` has no native binding for this machine. npm installs one on most
 * platforms, unless it is told to omit optional dependencies. Nothing is wrong with the source, so this is not a
 * `CompileError`.
 */
export class MissingBindingError extends HeddleError {
  readonly code = 'ERR_HEDDLE_MISSING_BINDING' as const;

  constructor() {
    super(
      'oxc-parser, without which TypeScript cannot be read, has no binding for this machine: was it installed without optional dependencies?',
    );
  }
}

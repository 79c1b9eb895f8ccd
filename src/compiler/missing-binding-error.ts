import { HeddleError } from '../base/errors.js';

/**
 * TypeScript was to be read, and `oxc-parser` has no binding for this machine: npm brings one for most platforms, unless
 * it was told to leave out optional dependencies. Nothing is wrong with the source, so this is no `CompileError`.
 */
export class MissingBindingError extends HeddleError {
  readonly code = 'ERR_HEDDLE_MISSING_BINDING' as const;

  constructor() {
    super(
      'oxc-parser, without which TypeScript cannot be read, has no binding for this machine: was it installed without optional dependencies?',
    );
  }
}

/** What the user asked for cannot be done; the message says what to ask for. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Of this kind, or thrown by Node's `parseArgs` for the same reason. */
export function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** A failure on its way to another thread, as plain data: structured cloning loses an error's own class and its `code`. */
export interface Failure {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: unknown;
}

export function toFailure(error: unknown): Failure {
  const { message, stack, code } = error as NodeJS.ErrnoException;
  return { message, stack, code };
}

export function fromFailure({ message, stack, code }: Failure): Error {
  const Kind = String(code).endsWith('TYPESCRIPT_SYNTAX') ? SyntaxError : Error;
  return Object.assign(new Kind(message), { code, ...(stack !== undefined && { stack }) });
}

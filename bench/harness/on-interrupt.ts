const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Calls `f` once somebody asks this process to end, with the code to end with. Answers what takes that back. */
export function onInterrupt(f: (code: number) => void): () => void {
  const signals = Object.keys(codes) as (keyof typeof codes)[];
  const interrupted = (signal: keyof typeof codes): void => f(codes[signal]);
  for (const signal of signals) process.once(signal, interrupted as NodeJS.SignalsListener);
  return () => signals.forEach((signal) => process.off(signal, interrupted as NodeJS.SignalsListener));
}

import { sleep, type Operation } from 'heddle';

export function* failAfter(ms: number, error: unknown): Operation<never> {
  yield* sleep(ms);
  throw error;
}

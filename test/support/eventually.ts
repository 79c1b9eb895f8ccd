import { sleep, type Operation } from 'heddle';

/** Sleeps until `condition` holds; fails after two seconds. */
export function* eventually(condition: () => boolean): Operation<void> {
  for (let i = 0; i < 400; i++) {
    if (condition()) return;
    yield* sleep(5);
  }
  throw new Error(`It did not come true: ${condition}`);
}

import { action, type Operation } from 'effection';

/** effection has no operation that only gives others a turn; an action that resolves at once goes through its queue, too. */
export function effectionYield(): Operation<void> {
  return action<void>((resolve) => {
    resolve();
    return () => {};
  });
}

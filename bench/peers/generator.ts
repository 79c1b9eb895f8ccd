/** What a body yields: run me again in my turn, or leave me until someone wakes me. */
export const AGAIN = true;
export const PARK = false;

export type Body<T = void> = Generator<boolean, T, void>;

/** The floor to approach: generators under the smallest scheduler that can spawn, wait, wake and join. */
export class Task {
  ended = false;
  joiner: Task | undefined = undefined;
  readonly body: Body;

  constructor(body: Body) {
    this.body = body;
  }
}

let running: Task | undefined;
let ready: Task[] = [];
let batch: Task[] = [];
let readyCount = 0;

export function spawn(body: Body): Task {
  const task = new Task(body);
  wake(task);
  return task;
}

export function wake(task: Task): void {
  ready[readyCount++] = task;
}

export function self(): Task {
  return running as Task;
}

export function* join(task: Task): Body {
  if (task.ended) return;
  task.joiner = self();
  yield PARK;
}

/** Runs until no task is ready. Two arrays swap roles, and are overwritten instead of emptied. */
export function runAll(): void {
  while (readyCount > 0) {
    const count = readyCount;
    [batch, ready, readyCount] = [ready, batch, 0];
    for (let index = 0; index < count; index++) {
      const task = (running = batch[index] as Task);
      const step = task.body.next();
      if (step.done === true) {
        task.ended = true;
        if (task.joiner !== undefined) wake(task.joiner);
      } else if (step.value === AGAIN) wake(task);
    }
  }
}

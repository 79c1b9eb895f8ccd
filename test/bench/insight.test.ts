import test from 'ava';
import { Runtime } from 'heddle';
import { benchmark } from '../../bench/insight.js';
import { Context } from '../../bench/harness/context.js';

test.serial('who is watched is looked at also in a quick run', async (t) => {
  let snapshots = 0;
  const { snapshot } = Runtime.prototype;
  Runtime.prototype.snapshot = function (this: Runtime) {
    snapshots++;
    return snapshot.call(this);
  };
  t.teardown(() => void (Runtime.prototype.snapshot = snapshot));
  await benchmark.subjects['heddle-watched']!(0, new Context('insight', 'quick'));
  t.true(snapshots > 0);
});

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServerResponse } from 'node:http';
import test from 'ava';
import { OpenResponses, type OpenResponse } from '#src/io/http/open-responses.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')!.space_used_size;

function opened(): OpenResponse {
  // A kilobyte of what a request leaves behind.
  return { response: { left: Array.from({ length: 128 }, () => 0) } as unknown as ServerResponse, slot: -1 };
}

test('responses that have left do not outlive a scavenge', (t) => {
  const responses = new OpenResponses();
  const open: OpenResponse[] = [];
  const serve = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const one = opened();
      responses.add(one);
      open.push(one);
      if (open.length > 16) responses.delete(open.shift()!);
    }
  };
  // What is there is old then.
  for (let i = 0; i < 4; i++) {
    serve(100);
    gc({ type: 'minor' });
  }
  gc({ type: 'major' });
  const before = oldBytes();
  for (let i = 0; i < 100; i++) {
    serve(100);
    gc({ type: 'minor' });
  }
  const kept = (oldBytes() - before) / 1024;
  // Those that are open at a scavenge have left at the next one.
  t.true(kept < 400, `${Math.round(kept)} KB of 10,000 grew old`);
});

test('a response leaves whichever place it has, and once', async (t) => {
  const responses = new OpenResponses();
  const all = [opened(), opened(), opened()];
  for (const one of all) responses.add(one);
  responses.delete(all[0]!);
  responses.delete(all[0]!);
  responses.delete(all[2]!);
  t.deepEqual(
    all.map(({ slot }) => slot),
    [-1, 0, -1],
  );
  responses.delete(all[1]!);
  await t.notThrowsAsync(responses.left(1e9));
});

/** How long everything takes: what a figure needs, a look at it, or only a proof that the program runs. */
export type Pace = 'full' | 'quick' | 'smoke';

/** What stands on the command line of this run and of the processes below it. */
export const flagOf: Readonly<Record<Pace, readonly string[]>> = { full: [], quick: ['--quick'], smoke: ['--smoke'] };

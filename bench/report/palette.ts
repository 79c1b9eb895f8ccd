import { subjectOf } from './cases.js';

/** How a subject looks: told apart by colour, and by dash and mark where colours are not seen. */
export interface Look {
  readonly colour: string;
  readonly dash: 'solid' | 'dashed' | 'dotted';
  readonly mark:
    | 'circle'
    | 'rect'
    | 'triangle'
    | 'diamond'
    | 'emptyCircle'
    | 'emptyRect'
    | 'emptyTriangle'
    | 'emptyDiamond';
  /** Pixels. */
  readonly width: number;
}

/**
 * Of M. Okabe and K. Ito (2008), which people see apart with any kind of colour
 * vision; their yellow is too light for lines on white.
 */
const vermillion = '#d55e00';
const orange = '#e69f00';
const blue = '#0072b2';
const sky = '#56b4e9';
const green = '#009e73';
const purple = '#cc79a7';

/** What everything else is drawn in. `heddle` has a colour that only its own variants share. */
export const ink = '#333333';
export const faint = '#777777';
export const grid = '#e3e3e3';
export const paper = '#ffffff';

/** The same plot on a dark ground: each colour of it, and what stands for it there. */
export const dark: Readonly<Record<string, string>> = {
  [ink]: '#e8e8e8',
  [faint]: '#a8a8a8',
  [grid]: '#3a3a3a',
  [paper]: '#181818',
  // The library's inside of an empty mark.
  '#fff': '#181818',
  [vermillion]: '#ff7a1a',
  [blue]: '#3d8fe0',
  [sky]: '#9bdcff',
  [green]: '#1fc79a',
  [purple]: '#dd9cc0',
};

const own = { width: 2, colour: vermillion } as const;
const peer = { width: 1.5 } as const;

const known: Readonly<Record<string, Look>> = {
  heddle: { ...own, width: 3.5, dash: 'solid', mark: 'circle' },
  'heddle-compiled': { ...own, dash: 'dashed', mark: 'diamond' },
  'heddle-unrecorded': { ...own, dash: 'dotted', mark: 'emptyCircle' },
  'heddle-fifo': { ...own, dash: 'dotted', mark: 'emptyDiamond' },
  'heddle-full': { ...own, dash: 'dotted', mark: 'emptyTriangle' },
  'heddle-watched': { ...own, dash: 'dashed', mark: 'emptyTriangle' },
  'heddle-uncontrolled': { ...own, dash: 'dotted', mark: 'emptyRect' },
  generator: { ...peer, colour: faint, dash: 'dotted', mark: 'emptyDiamond' },
  await: { ...peer, colour: blue, dash: 'solid', mark: 'rect' },
  async_hooks: { ...peer, colour: blue, dash: 'dashed', mark: 'emptyRect' },
  worker_threads: { ...peer, colour: green, dash: 'dashed', mark: 'emptyTriangle' },
  effect: { ...peer, colour: purple, dash: 'solid', mark: 'triangle' },
  effection: { ...peer, colour: purple, dash: 'dashed', mark: 'emptyTriangle' },
  go: { ...peer, colour: sky, dash: 'solid', mark: 'diamond' },
  pthreads: { ...peer, colour: ink, dash: 'solid', mark: 'rect' },
  'pthreads-pool': { ...peer, colour: ink, dash: 'dashed', mark: 'emptyRect' },
  net: { ...peer, colour: green, dash: 'solid', mark: 'triangle' },
  static: { ...peer, colour: green, dash: 'solid', mark: 'rect' },
  'node:http': { ...peer, colour: blue, dash: 'solid', mark: 'triangle' },
  'node:http-160': { ...peer, colour: blue, dash: 'dashed', mark: 'emptyTriangle' },
  fastify: { ...peer, colour: orange, dash: 'solid', mark: 'rect' },
  'under-pressure': { ...peer, colour: purple, dash: 'solid', mark: 'diamond' },
  codel: { ...peer, colour: sky, dash: 'solid', mark: 'circle' },
  gradient2: { ...peer, colour: orange, dash: 'solid', mark: 'diamond' },
};

const spareColours = [orange, ink, green, sky, purple, blue];
const spareMarks = ['emptyRect', 'emptyCircle', 'emptyDiamond', 'emptyTriangle'] as const;

/** The same for the same subject in every plot; `index` decides for a subject that has no look of its own. */
export function lookOf(label: string, index: number): Look {
  const subject = subjectOf(label);
  const look = known[subject];
  if (look !== undefined) return look;
  const round = Math.floor(index / spareColours.length);
  const colour = subject.startsWith('heddle') ? vermillion : (spareColours[index % spareColours.length] as string);
  return {
    colour,
    dash: subject.startsWith('heddle') ? 'dotted' : 'dashed',
    mark: spareMarks[(index + round) % spareMarks.length] as Look['mark'],
    width: subject.startsWith('heddle') ? own.width : peer.width,
  };
}

/** Of buffers, one after another in time: neighbours differ in hue and in lightness. */
const fills: readonly string[] = [
  '#6d9eeb',
  '#57c4a0',
  '#f2b84b',
  '#e5826b',
  '#a68be0',
  '#63c3e0',
  '#e39ac0',
  '#a3c06a',
];

interface Inks {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  readonly even: string;
  readonly odd: string;
  readonly scratch: string;
  readonly hatch: string;
  readonly peak: string;
  readonly bound: string;
  readonly use: string;
}

const light: Inks = {
  paper: '#ffffff',
  ink: '#1b2330',
  faint: '#5c6778',
  grid: '#d9dee6',
  even: '#f5f7fa',
  odd: '#eceff4',
  scratch: '#e3e6ec',
  hatch: '#7d8796',
  peak: '#c62f3b',
  bound: '#3d4757',
  use: '#9fb4d4',
};

const dark: Inks = {
  paper: '#12161d',
  ink: '#e8ecf3',
  faint: '#98a3b5',
  grid: '#2d3542',
  even: '#181d26',
  odd: '#1f2530',
  scratch: '#39414f',
  hatch: '#8b97aa',
  peak: '#ff6b74',
  bound: '#c4cddb',
  use: '#41597e',
};

/** The style sheet of a plan's picture: light, and dark where the reader's screen is. */
export const pictureStyle = [
  '.head{font-size:19px;font-weight:600}.note{font-size:12px}.step{font-size:10px}.tick{font-size:10.5px}',
  '.b text{font-size:10px;text-anchor:middle;fill:#131a26;pointer-events:none}',
  '.b path{shape-rendering:crispEdges}.frame{fill-opacity:.12;stroke-opacity:.7;stroke-width:.8}',
  '.grid,.brace,.peak,.bound{fill:none}.peak{stroke-width:1.6}.bound{stroke-width:1.2;stroke-dasharray:6 4}',
  '.peak-text,.bound-text{font-size:11.5px;font-weight:600}.hatch{stroke-width:1.6}',
  '.scratch path{fill:url(#hatch)}g:hover path{fill-opacity:.75}',
  ...fills.map((fill, i) => `.b${i}{fill:${fill}}.b${i} .frame{stroke:${fill}}`),
  colours(light),
  `@media(prefers-color-scheme:dark){${colours(dark)}}`,
].join('');

function colours(inks: Inks): string {
  return [
    `.paper{fill:${inks.paper}}.head,.step{fill:${inks.ink}}.note,.tick{fill:${inks.faint}}`,
    `.grid{stroke:${inks.grid}}.brace{stroke:${inks.faint}}.even{fill:${inks.even}}.odd{fill:${inks.odd}}`,
    `.hatched{fill:${inks.scratch}}.hatch{stroke:${inks.hatch}}.use{fill:${inks.use}}`,
    `.peak{stroke:${inks.peak}}.peak-text{fill:${inks.peak}}.bound{stroke:${inks.bound}}.bound-text{fill:${inks.bound}}`,
  ].join('');
}

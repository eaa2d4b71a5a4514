import { paintFor, type CliIo, type Paint } from './cli-io.ts';

export interface FigureRow {
  key: string;
  group: string;
  title: string;
  contacts: number;
  of: number;
  share: number | null;
  groups: number | null;
}

/** A report as the API tells it. */
export interface ReportView {
  id: number;
  madeAt: string;
  contacts: number;
  figures: FigureRow[];
  cohorts: { month: string; subscribed: number; after: { days: number; of: number; stayed: number }[] }[];
  sources: { source: string; name: string; events: number; lastAt: string; silent: boolean }[];
  warnings: string[];
}

const HEADINGS: Readonly<Record<string, string>> = {
  visitors: 'Visitors', addresses: 'E-mail addresses', duplicates: 'Duplicates', missing: 'Missing', values: 'Values that are not canonical', subscribers: 'Subscribers',
  events: 'Last event of their own', engagement: 'Last open or click',
};
const BAR_WIDTH = 20;
/** Months and kinds of events shown; the rest is in the JSON. */
const COHORTS_SHOWN = 12;
const SOURCES_SHOWN = 15;

/** A report for people: each figure with a bar and the key that leads to its contacts. */
export function describeReport(report: ReportView, io: Pick<CliIo, 'colour'>): string {
  const paint = paintFor(io);
  const keyWidth = Math.max(...report.figures.map(({ key }) => key.length));
  const titleWidth = Math.max(...report.figures.map(({ title }) => title.length));
  const groups = [...new Set(report.figures.map(({ group }) => group))];
  return [
    `${paint.bold('Data quality')} of ${number(report.contacts)} contacts, as of ${minute(report.madeAt)}`,
    ...report.warnings.map((warning) => `${paint.yellow('!')} ${warning}`),
    ...groups.flatMap((group) => {
      const figures = report.figures.filter((one) => one.group === group);
      const lines = figures.every(({ of }) => of === 0) ? ['  nobody'] : figures.filter(({ of }) => of > 0).map((figure) => figureLine(figure, keyWidth, titleWidth, paint));
      return ['', paint.bold(HEADINGS[group] ?? group), ...lines];
    }),
    ...cohortLines(report.cohorts, paint), ...sourceLines(report.sources, paint),
    '', 'Who they are: samovar quality contacts FIGURE', '',
  ].join('\n');
}

function figureLine({ key, title, contacts, of, share, groups }: FigureRow, keyWidth: number, titleWidth: number, paint: Paint): string {
  const part = `${bar(share ?? 0)} ${percent(share ?? 0).padStart(7)} of ${number(of)}`;
  const inGroups = groups === null || groups === 0 ? '' : ` in ${number(groups)} group${groups === 1 ? '' : 's'}`;
  return `  ${paint.dim(key.padEnd(keyWidth))}  ${title.padEnd(titleWidth)}  ${number(contacts).padStart(11)}  ${part}${inGroups}`.trimEnd();
}

function cohortLines(cohorts: ReportView['cohorts'], paint: Paint): string[] {
  if (cohorts.length === 0) return [];
  const days = [...new Set(cohorts.flatMap(({ after }) => after.map((one) => one.days)))].sort((a, b) => a - b);
  const cell = (after: ReportView['cohorts'][number]['after'], day: number): string => {
    const found = after.find((one) => one.days === day);
    return (found === undefined || found.of === 0 ? '–' : percent(found.stayed / found.of)).padStart(9);
  };
  const shown = cohorts.slice(-COHORTS_SHOWN);
  return [
    '', paint.bold('Subscribers who stayed, by the month in which they came'),
    `  ${'month'.padEnd(9)}${'came'.padStart(11)}${days.map((day) => `${day} days`.padStart(9)).join('')}`,
    ...shown.map(({ month, subscribed, after }) => `  ${month.padEnd(9)}${number(subscribed).padStart(11)}${days.map((day) => cell(after, day)).join('')}`),
    ...(shown.length < cohorts.length ? [`  and ${cohorts.length - shown.length} months before`] : []),
  ];
}

function sourceLines(sources: ReportView['sources'], paint: Paint): string[] {
  if (sources.length === 0) return [];
  const shown = [...sources].sort((a, b) => Number(b.silent) - Number(a.silent)).slice(0, SOURCES_SHOWN);
  const width = Math.max(...shown.map(({ name, source }) => name.length + source.length)) + 6;
  return [
    '', paint.bold('Events, and when each kind came last'),
    ...shown.map(({ source, name, events, lastAt, silent }) =>
      `  ${`${name} from ${source}`.padEnd(width)}  ${number(events).padStart(11)}  ${minute(lastAt)}${silent ? `  ${paint.yellow('fell silent')}` : ''}`),
    ...(shown.length < sources.length ? [`  and ${sources.length - shown.length} more (--json shows all)`] : []),
  ];
}

export function bar(share: number, width = BAR_WIDTH): string {
  // What is there at all is seen, and what is not all is not full.
  const filled = share === 0 ? 0 : share === 1 ? width : Math.min(Math.max(Math.round(share * width), 1), width - 1);
  return '█'.repeat(filled).padEnd(width, '░');
}

const number = (value: number): string => value.toLocaleString('en');
const minute = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;

function percent(share: number): string {
  const rounded = share > 0 && share < 0.001 ? '<0.1' : share < 1 && share > 0.999 ? '99.9' : (share * 100).toFixed(1);
  return `${rounded} %`;
}

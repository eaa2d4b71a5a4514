import type { Counts, JourneyReport, MessagesReport, ReplayReport, StepReport } from './replay-report.ts';

/** A report for a person. */
export function formatReplay(report: ReplayReport): string {
  const { events } = report;
  const span = events.firstAt === null || events.until === null ? '' : `, ${events.firstAt.slice(0, 10)} to ${events.until.slice(0, 10)}`;
  const lines = [
    `${number(events.replayed)} events of ${number(report.contacts)} contacts${span}`,
    ...(events.rejected === 0 ? [] : [`${number(events.rejected)} lines were no events`]),
    `${describeMessages(report.messages)}`,
    ...(Object.keys(report.skipped).length === 0 ? [] : [`not sent: ${list(report.skipped)}`]),
  ];
  for (const [key, journey] of Object.entries(report.journeys)) lines.push('', key, ...describeJourney(journey).map((line) => `  ${line}`));
  const segments = Object.entries(report.segments).filter(([, { entered }]) => entered > 0);
  if (segments.length > 0) lines.push('', 'segments', ...segments.map(([key, { entered, left }]) => `  ${key}: ${number(entered)} entered, ${number(left)} left`));
  return `${lines.join('\n')}\n`;
}

function describeJourney(journey: JourneyReport): string[] {
  const lines = [`entered ${times(journey.entered)} by ${number(journey.contacts)} contacts: ${number(journey.completed)} reached the end, ${number(journey.active)} still inside`];
  if (Object.keys(journey.exited).length > 0) lines.push(`left: ${list(journey.exited)}`);
  if (Object.keys(journey.notEntered).length > 0) lines.push(`did not enter: ${list(journey.notEntered)}`);
  if (journey.goals > 0) lines.push(`goal reached ${times(journey.goals)}, worth ${journey.goalValue.toLocaleString('en', { minimumFractionDigits: 2 })}`);
  lines.push(describeMessages(journey.messages), 'steps');
  const width = Math.max(0, ...journey.steps.map(({ id, depth }) => id.length + 2 * depth));
  return [...lines, ...journey.steps.map((step) => `  ${`${'  '.repeat(step.depth)}${step.id}`.padEnd(width)}  ${describeStep(step)}`)];
}

function describeStep(step: StepReport): string {
  const parts = [`reached ${number(step.reached)}`];
  if (step.kind === 'send') parts.push(`sent ${number(step.decided)}`);
  if (Object.keys(step.skipped).length > 0) parts.push(`not sent: ${list(step.skipped)}`);
  if (step.held > 0) parts.push(`held in quiet hours: ${number(step.held)}`);
  if (Object.keys(step.branches).length > 0) parts.push(list(step.branches));
  if (step.waiting > 0) parts.push(`waiting ${number(step.waiting)}`);
  return parts.join(', ');
}

function describeMessages({ total, contacts, perDay, perContact }: MessagesReport): string {
  if (total === 0) return 'no messages';
  const days = Object.entries(perDay);
  const [busiest, most] = days.reduce((a, b) => (b[1] > a[1] ? b : a));
  const perDayText = `on ${number(days.length)} days, most on ${busiest} (${number(most)})`;
  return `${number(total)} messages to ${number(contacts)} contacts ${perDayText}; per contact mean ${perContact.mean}, median ${perContact.median}, 90 % at most ${perContact.p90}, most ${perContact.most}`;
}

function list(counts: Counts): string {
  return Object.entries(counts).map(([name, count]) => `${name.replaceAll('_', ' ')} ${number(count)}`).join(', ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${number(count)} times`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

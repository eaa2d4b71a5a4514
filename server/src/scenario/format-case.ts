import type { ScenarioEvent } from '@samovar/contract';
import type { Millis } from '@samovar/core';
import { describeDecision } from './describe-decision.ts';
import type { Judging, Verdict } from './judge-case.ts';
import { formatLocalTime, formatOffset } from './scenario-time.ts';

interface Line {
  at: Millis;
  text: string;
  mark: string;
}

/** A failed case for a person: what is wrong, what was expected, and what happened and why, in local time. */
export function formatCase({ file, one, run }: Pick<Judging, 'file' | 'one' | 'run'>, verdict: Verdict): string {
  const { zone } = run.clock;
  const sections = [`✗ ${one.name}   (${file.file}:${one.line})`, ...verdict.failures.map((failure) => `    ${failure}`)];
  if (one.expect.messages !== null) sections.push('', `    expected (${zone})`, ...timeLine(expectedLines(verdict), run.clock));
  sections.push('', `    happened, and why (${zone})`, ...timeLine(happenedLines(file.journey, run, verdict), run.clock));
  return sections.join('\n');
}

function expectedLines({ expected }: Verdict): Line[] {
  return expected.map(({ at, expected: { template }, met }) => ({ at, text: met ? template : `${template}   ← missing`, mark: met ? '✓' : '✗' }));
}

function happenedLines(journey: string, run: Judging['run'], { unexpected }: Verdict): Line[] {
  const local = (at: Millis): string => formatLocalTime(at, run.clock.zone);
  const lines: Line[] = run.events.filter(({ at }) => at <= run.until).map(({ at, event }) => ({ at, text: describeEvent(event), mark: '·' }));
  for (const decision of run.decisions) {
    if (decision.at < run.clock.startAt) continue;
    const message = decision.code === 'message_decided' ? run.messages.find(({ enrollmentId, step, decidedAt }) => enrollmentId === decision.enrollmentId && step === decision.step && decidedAt === decision.at) : undefined;
    const other = decision.journey !== null && decision.journey !== journey ? `   (${decision.journey})` : '';
    const surprise = message !== undefined && unexpected.has(message);
    lines.push({ at: decision.at, text: `${describeDecision(decision, local)}${other}${surprise ? '   ← not expected' : ''}`, mark: surprise ? '✗' : message === undefined ? ' ' : '→' });
  }
  // Stable: what happened comes before what followed from it in the same instant.
  return lines.sort((a, b) => a.at - b.at);
}

function describeEvent(event: ScenarioEvent): string {
  switch (event.kind) {
    case 'track': return `${event.event} ${flat(event.properties)}`.trimEnd();
    case 'identify': return `identify ${flat(event.traits)}`;
    case 'consent': return `consents to ${event.topic ?? event.channel}`;
    case 'unsubscribe': return `unsubscribes from ${event.topic ?? event.channel}`;
    case 'open': case 'click': case 'bounce': return `${event.kind} of ${event.step}`;
  }
}

function flat(object: Record<string, unknown>): string {
  return Object.entries(object).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ');
}

function timeLine(lines: readonly Line[], clock: { zone: string; startAt: Millis }): string[] {
  if (lines.length === 0) return ['      nothing'];
  const rows = lines.map((line) => ({ ...line, local: formatLocalTime(line.at, clock.zone), offset: formatOffset(line.at, clock.startAt) }));
  const [localWidth, offsetWidth] = [Math.max(...rows.map((row) => row.local.length)), Math.max(...rows.map((row) => row.offset.length))];
  return rows.map(({ mark, local, offset, text }) => `      ${local.padEnd(localWidth)}  ${offset.padEnd(offsetWidth)}  ${mark} ${text}`);
}

/** One line of a difference: the same on both sides, only before, or only after. */
export interface DiffLine {
  kind: 'same' | 'before' | 'after';
  text: string;
}

/** Texts longer than this are compared as wholes: the table costs their product. */
const LINE_COUNT_LIMIT = 5_000;

/** The lines of both texts along a longest common subsequence. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  if (a.length > LINE_COUNT_LIMIT || b.length > LINE_COUNT_LIMIT) return [...a.map(asBefore), ...b.map(asAfter)];
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i] ?? '' });
      [i, j] = [i + 1, j + 1];
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(asBefore(a[i] ?? ''));
      i++;
    } else {
      lines.push(asAfter(b[j] ?? ''));
      j++;
    }
  }
  return lines;
}

const asBefore = (text: string): DiffLine => ({ kind: 'before', text });
const asAfter = (text: string): DiffLine => ({ kind: 'after', text });

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** The changed lines with a few unchanged ones around them; `…` stands for what is left out. */
export function formatDiff(lines: readonly DiffLine[], context = 3): string[] {
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - context), index + context + 1).some(({ kind }) => kind !== 'same'));
  const shown: string[] = [];
  lines.forEach(({ kind, text }, index) => {
    if (near[index] === true) shown.push(`${kind === 'same' ? ' ' : kind === 'before' ? '-' : '+'} ${text}`);
    else if (near[index - 1] === true || index === 0) shown.push('  …');
  });
  return shown;
}

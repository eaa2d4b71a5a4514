import { compileProgram, ProgramError, type Program } from '@samovar/core';
import { parseDefinitionFile, type Problem } from '@samovar/contract';
import { readLatestManifest, readManifestDefinitions, type Queryable } from '@samovar/store';

/** What somebody wants to know the members of: a definition that is not published, or a segment that is. */
export type PreviewSource = { kind: 'definition'; text: string } | { kind: 'segment'; key: string };

export type PreviewProgram =
  /** The program in which the segment of that key is the one in question. */
  | { kind: 'program'; program: Program; key: string }
  | { kind: 'problems'; problems: Problem[] }
  | { kind: 'unknown-segment' };

const FILE = 'preview.yaml';
/** A publication that comes meanwhile has a lower version, so that contacts are still seen to lack what the preview asks for. */
const VERSION_AHEAD = 1_000_000;

/** The live program as it would be with the definition; one of the same key is replaced. */
export async function previewProgram(db: Queryable, workspaceId: number, source: PreviewSource): Promise<PreviewProgram> {
  const latest = await readLatestManifest(db, workspaceId);
  const { live, pinned } = latest === null ? { live: [], pinned: [] } : await readManifestDefinitions(db, workspaceId, latest.manifest);
  const base = { workspaceId, pinned, enterExisting: {}, keptSince: latest?.manifest.keptSince ?? {}, version: latest?.version ?? 0 };
  if (source.kind === 'segment') {
    if (!live.some(({ definition }) => definition.kind === 'segment' && definition.key === source.key)) return { kind: 'unknown-segment' };
    return { kind: 'program', program: compileProgram({ ...base, live }), key: source.key };
  }
  const parsed = parseDefinitionFile({ path: FILE, text: source.text });
  if (parsed.kind === 'problems') return parsed;
  if (parsed.kind !== 'definition' || parsed.definition.kind !== 'segment') {
    return { kind: 'problems', problems: [problem('unknown_kind', 'This is no segment, and only segments can be previewed.', 'Begin the text with `segment: KEY`.')] };
  }
  const { definition } = parsed;
  const others = live.filter((one) => one.definition.kind !== 'segment' || one.definition.key !== definition.key);
  try {
    const program = compileProgram({ ...base, version: base.version + VERSION_AHEAD, live: [...others, { definition, version: 0 }] });
    return { kind: 'program', program, key: definition.key };
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    const code = error.code === 'segment_cycle' ? 'segment_cycle' : error.code === 'unknown_segment' ? 'unknown_segment' : 'conflicting_keys';
    return { kind: 'problems', problems: [problem(code, `${error.message}.`, 'Compare it with what is published.')] };
  }
}

function problem(code: Problem['code'], message: string, mend: string): Problem {
  return { code, file: FILE, line: 1, column: 1, excerpt: '', message, mend };
}

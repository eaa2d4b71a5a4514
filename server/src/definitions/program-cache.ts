import { compileProgram, type Program } from '@samovar/core';
import { readManifest, readManifestDefinitions, type Queryable } from '@samovar/store';

/** Compiled programs kept by this process; a workspace rarely has more than two in use (before and after a publication). */
const CACHE_LIMIT = 64;

/** Loads and compiles programs; a version never changes, so what is cached stays right. */
export class ProgramCache {
  readonly #programs = new Map<string, Program>();

  async get(db: Queryable, workspaceId: number, version: number): Promise<Program> {
    const name = `${workspaceId}/${version}`;
    const known = this.#programs.get(name);
    if (known !== undefined) return known;
    const program = await loadProgram(db, workspaceId, version);
    if (this.#programs.size >= CACHE_LIMIT) this.#programs.clear();
    this.#programs.set(name, program);
    return program;
  }
}

/** Version 0 is the empty program that holds before anything was published. */
async function loadProgram(db: Queryable, workspaceId: number, version: number): Promise<Program> {
  const manifest = version === 0 ? null : await readManifest(db, workspaceId, version);
  if (manifest === null) return compileProgram({ workspaceId, version, live: [], pinned: [], enterExisting: {}, keptSince: {} });
  const { live, pinned } = await readManifestDefinitions(db, workspaceId, manifest);
  return compileProgram({ workspaceId, version, live, pinned, enterExisting: manifest.enterExisting, keptSince: manifest.keptSince ?? {} });
}

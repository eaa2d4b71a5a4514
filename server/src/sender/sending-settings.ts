import { completeWorkspace } from '@samovar/core';
import type { Program, WorkspaceDefinition } from '@samovar/core';
import { prepareTemplate } from '@samovar/channels';
import type { CompiledTemplate, PreparedTemplate } from '@samovar/channels';
import { readCompiledTemplate, readSendingSettings } from '@samovar/store';
import type { Queryable } from '@samovar/store';
import { ProgramCache } from '../definitions/program-cache.ts';

export interface Settings {
  workspace: WorkspaceDefinition;
  /** Journey → messages per hour. */
  ceilings: ReadonlyMap<string, number>;
  program: Program;
}

const SETTINGS_LIMIT = 64;
const TEMPLATE_LIMIT = 500;

/** What sending needs of the definitions. Versions never change, so what is cached stays right. */
export class SettingsCache {
  readonly #programs = new ProgramCache();
  readonly #settings = new Map<string, Settings>();
  readonly #templates = new Map<string, PreparedTemplate>();

  async settings(db: Queryable, workspaceId: number, programVersion: number): Promise<Settings> {
    const name = `${workspaceId}/${programVersion}`;
    const known = this.#settings.get(name);
    if (known !== undefined) return known;
    const { ceilings, workspace } = await readSendingSettings(db, workspaceId);
    const program = await this.#programs.get(db, workspaceId, programVersion);
    const settings = { ceilings, program, workspace: completeWorkspace(workspace as Partial<WorkspaceDefinition> | null) };
    if (this.#settings.size >= SETTINGS_LIMIT) this.#settings.clear();
    this.#settings.set(name, settings);
    return settings;
  }

  /** null: no such template was ever published. */
  async template(db: Queryable, workspaceId: number, key: string, version: number): Promise<PreparedTemplate | null> {
    const name = `${workspaceId}/${key}/${version}`;
    const known = this.#templates.get(name);
    if (known !== undefined) return known;
    const compiled = await readCompiledTemplate(db, workspaceId, key, version);
    if (compiled === null) return null;
    const prepared = prepareTemplate(compiled as CompiledTemplate);
    if (this.#templates.size >= TEMPLATE_LIMIT) this.#templates.clear();
    this.#templates.set(name, prepared);
    return prepared;
  }
}

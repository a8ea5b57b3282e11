/** The registry's models as sessions: loaded once a version, exchanged when a rollout changes, released when nobody needs them. */
import type { Reader } from "../engine/port.js";
import { LoadedModel } from "./loaded-model.js";
import type { ModelFolder } from "./model-folder.js";
import { readModels } from "./model-registry.js";
import type { ModelHistory, RegisteredModel } from "./registered-model.js";
import type { LoadedVersion, ServedModel } from "./served-model.js";

export class ServedModels {
  readonly #reader: Reader;
  readonly #database: string;
  readonly #folder: ModelFolder;
  #loaded: ReadonlyMap<string, LoadedVersion> = new Map();

  /** @param database the registry's */
  constructor(reader: Reader, database: string, folder: ModelFolder) {
    this.#reader = reader;
    this.#database = database;
    this.#folder = folder;
  }

  /**
   * Reads which versions answer and opens those that are not open. When one can not be opened, or `adopt` fails, nothing changes.
   * `adopt` is told of the models before those of before are released, so that nobody asks one that is gone.
   * @throws FeatureError FS_MODEL_FILE or FS_MODEL_MISMATCH for a version that must not be served
   */
  async load(
    only?: readonly string[],
    adopt: (models: readonly ServedModel[]) => Promise<void> = async () => undefined,
  ): Promise<ServedModel[]> {
    const next = new Map<string, LoadedVersion>();
    const models: ServedModel[] = [];
    try {
      for (const history of await readModels(this.#reader, this.#database)) {
        if (only !== undefined && !only.includes(history.model)) continue;
        const { live, candidate } = history.state;
        models.push({
          name: history.model,
          live: live === undefined ? undefined : await this.#version(history, live, next),
          candidate: candidate && {
            version: await this.#version(history, candidate.version, next),
            stage: candidate.stage,
          },
        });
      }
      await adopt(models);
    } catch (error) {
      for (const [key, { model }] of next) if (!this.#loaded.has(key)) await model.release();
      throw error;
    }
    const gone = [...this.#loaded].filter(([key]) => !next.has(key));
    this.#loaded = next;
    for (const [, { model }] of gone) await model.release();
    return models;
  }

  async #version(
    { model, versions }: ModelHistory,
    version: number,
    next: Map<string, LoadedVersion>,
  ): Promise<LoadedVersion> {
    const registered = versions.find(({ contract }) => contract.version === version);
    if (registered === undefined) throw new Error(`the registry has no record of ${model} ${version}`);
    const key = `${model} ${version} ${registered.registeredAt}`;
    const found = this.#loaded.get(key) ?? next.get(key) ?? (await this.#open(registered));
    next.set(key, found);
    return found;
  }

  async #open(registered: RegisteredModel): Promise<LoadedVersion> {
    const { contract, vector } = registered;
    const bytes = await this.#folder.read(contract.file);
    return { registered, model: await LoadedModel.open(contract, vector, bytes, "apart if slow") };
  }

  async close(): Promise<void> {
    for (const { model } of this.#loaded.values()) await model.release();
    this.#loaded = new Map();
  }
}

/** What a model's contract says about vectors, features and other models. */
import { type ErrorCode, FeatureError, type Location } from "../errors.js";
import type { VectorSpec } from "./model.js";
import type { ModelContract, ModelInput } from "./model-contract.js";
import { didYouMean } from "./suggest.js";

export interface ModelReferenceScope {
  readonly models: readonly ModelContract[];
  readonly vectors: readonly VectorSpec[];
  /** Names of vectors and models whose files have findings of their own: nothing more is known of them. */
  readonly unread: ReadonlySet<string>;
  readonly locate: (model: ModelContract, pointer: string) => Location;
}

/** All findings on what contracts refer to. */
export function checkModelReferences(scope: ModelReferenceScope): FeatureError[] {
  return scope.models.flatMap((model) => new ContractChecker(scope, model).check());
}

class ContractChecker {
  readonly #findings: FeatureError[] = [];
  readonly #scope: ModelReferenceScope;
  readonly #model: ModelContract;

  constructor(scope: ModelReferenceScope, model: ModelContract) {
    this.#scope = scope;
    this.#model = model;
  }

  check(): FeatureError[] {
    const { vectors, unread } = this.#scope;
    const { name } = this.#model.vector;
    const vector = vectors.find((candidate) => candidate.name === name);
    if (vector !== undefined) this.#vector(vector);
    else if (!unread.has(`vector ${name}`)) {
      const names = vectors.map((candidate) => candidate.name);
      this.#add(
        "FS_SPEC_UNKNOWN_REFERENCE",
        `model ${this.#model.name} names the vector ${name}, which does not exist`,
        "/vector/name",
        didYouMean(name, names, `Vectors: ${names.join(", ") || "none"}.`),
      );
    }
    this.#fallback();
    return this.#findings;
  }

  #vector(vector: VectorSpec): void {
    const known = vector.features.map(({ view, column }) => `${view}.${column}`);
    for (const [index, input] of this.#model.inputs.entries()) this.#input(input, index, vector, known);
    const { normalise, decision } = this.#model;
    if (normalise !== undefined && normalise.mean.length !== known.length) {
      this.#add(
        "FS_SPEC_VALUE",
        `normalise has ${normalise.mean.length} means for the ${known.length} features of vector ${vector.name}`,
        "/normalise",
        "Give one for each feature of the vector, in its order.",
      );
    }
    const mean = vector.features.find(({ onNull }) => onNull === "mean");
    if (normalise === undefined && mean !== undefined) {
      this.#add(
        "FS_SPEC_VALUE",
        `vector ${vector.name} fills ${mean.view}.${mean.column} with its mean, but the model has no normalise:`,
        "",
        "Add normalise: with the means of the training set.",
      );
    }
    if (decision?.spread !== undefined) {
      this.#feature(decision.spread.feature, "/decision/guards/spread/feature", vector, known);
    }
    if (decision?.reward.kind === "feature") {
      this.#feature(decision.reward.feature, "/decision/reward/feature", vector, known);
    }
  }

  #input(input: ModelInput, index: number, vector: VectorSpec, known: readonly string[]): void {
    const { name, shape, features } = input;
    if (features !== "all") {
      for (const [place, feature] of features.entries()) {
        this.#feature(feature, `/inputs/${index}/features/${place}`, vector, known);
      }
    } else if (shape.at(-1) !== known.length) {
      this.#add(
        "FS_SPEC_VALUE",
        `input ${name} takes all ${known.length} features of vector ${vector.name}, but its shape ends in ${shape.at(-1)}`,
        `/inputs/${index}/shape`,
        "Let the last number of the shape be that of the features.",
      );
    }
    const steps = shape.length === 3 ? (shape[1] ?? 1) : 1;
    if (steps > vector.history) {
      this.#add(
        "FS_SPEC_VALUE",
        `input ${name} takes ${steps} steps, but the history of vector ${vector.name} is ${vector.history}`,
        `/inputs/${index}/shape`,
        `Set history: ${steps} in the vector, or take fewer steps.`,
      );
    }
  }

  #feature(feature: string, pointer: string, vector: VectorSpec, known: readonly string[]): void {
    if (known.includes(feature)) return;
    this.#add(
      "FS_SPEC_UNKNOWN_REFERENCE",
      `model ${this.#model.name} names ${feature}, which is no feature of vector ${vector.name}`,
      pointer,
      didYouMean(feature, known, `Its features: ${known.join(", ")}.`),
    );
  }

  #fallback(): void {
    const { name, fallback } = this.#model;
    if (fallback === undefined) return;
    const { models, unread } = this.#scope;
    const other = models.find((candidate) => candidate.name === fallback);
    if (fallback === name) {
      const hint = "Name another model, or none.";
      this.#add("FS_SPEC_CYCLE", `model ${name} falls back to itself`, "/fallback", hint);
    } else if (other === undefined && !unread.has(`model ${fallback}`)) {
      const names = models.map((candidate) => candidate.name).filter((candidate) => candidate !== name);
      this.#add(
        "FS_SPEC_UNKNOWN_REFERENCE",
        `model ${name} falls back to ${fallback}, which does not exist`,
        "/fallback",
        didYouMean(fallback, names, `Other models: ${names.join(", ") || "none"}.`),
      );
    }
  }

  #add(code: ErrorCode, message: string, pointer: string, hint?: string): void {
    const at = this.#scope.locate(this.#model, pointer);
    this.#findings.push(new FeatureError(code, message, { at, ...(hint === undefined ? {} : { hint }) }));
  }
}

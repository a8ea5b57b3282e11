/** The files of a project → frozen specs, or all that is wrong with them. */
import { FeatureError, Findings } from "../errors.js";
import { isAlias, readAliasFile } from "./alias-file.js";
import { asOfFindings, withSlowSources } from "./as-of.js";
import { readCsvMapFile } from "./csv-map-file.js";
import { readJobFile } from "./job-file.js";
import { readLabelFile } from "./label-file.js";
import type {
  AliasSpec,
  CsvMap,
  FeatureView,
  JobSpec,
  LabelSpec,
  Project,
  ProjectSpecs,
  VectorSpec,
} from "./model.js";
import type { ModelContract } from "./model-contract.js";
import { readModelFile } from "./model-file.js";
import { checkModelReferences } from "./model-references.js";
import { withPeriodClocks } from "./period-clock.js";
import { readProjectFile } from "./project-file.js";
import { checkReferences } from "./references.js";
import { rowFindings } from "./row-file.js";
import { schemaFindings } from "./schema-findings.js";
import { projectFileName, type SpecKind, specFolders, specKindOf, stemOf } from "./spec-kind.js";
import { SpecReader } from "./spec-reader.js";
import { didYouMean } from "./suggest.js";
import type { Environment } from "./targets.js";
import { readVectorFile } from "./vector-file.js";
import { readViewFile } from "./view-file.js";
import { readYaml, type SourceFile, type YamlFile } from "./yaml-file.js";

export type { SourceFile };

/**
 * Parses and checks a whole project. Pure: files and environment come in, frozen values come out.
 *
 * @param files features.yaml and the files of its folders (spec-kind.ts); paths relative to the project, with `/`. Files
 *   that are neither .yaml nor .yml are ignored.
 * @param env where ${NAME} is looked up, for the target in use only.
 * @param root absolute path of the project's folder; kept, never read.
 * @param target the target in use; undefined means the default target of features.yaml.
 * @throws Findings with every finding, sorted by file, line and column. It throws nothing else.
 */
export function parseProject(
  files: readonly SourceFile[],
  env: Environment,
  root: string,
  target?: string,
): ProjectSpecs {
  const parser = new ProjectParser(env, root, target);
  for (const file of [...files].sort((a, b) => compare(a.path, b.path))) parser.read(file);
  return deepFreeze(parser.finish());
}

class ProjectParser {
  readonly #findings: FeatureError[] = [];
  readonly #options: {
    readonly env: Environment;
    readonly root: string;
    readonly target: string | undefined;
  };
  #hasProjectFile = false;
  #project: Project | undefined;
  readonly #views: FeatureView[] = [];
  readonly #aliases: AliasSpec[] = [];
  readonly #unreadViews = new Set<string>();
  readonly #vectors: VectorSpec[] = [];
  readonly #labels: LabelSpec[] = [];
  readonly #csvMaps: CsvMap[] = [];
  readonly #jobs: { readonly job: JobSpec; readonly file: YamlFile }[] = [];
  readonly #models: ModelContract[] = [];
  /** `kind name` of vectors and models whose files have findings of their own. */
  readonly #unread = new Set<string>();
  readonly #files = new Map<FeatureView | AliasSpec | VectorSpec | LabelSpec | ModelContract, YamlFile>();
  /** `kind name` → where it was first met. */
  readonly #objects = new Map<string, string>();

  constructor(env: Environment, root: string, target: string | undefined) {
    this.#options = { env, root, target };
  }

  read(source: SourceFile): void {
    if (!/\.ya?ml$/.test(source.path)) return;
    const kind = this.#kindOf(source.path);
    if (kind === undefined) return;
    if (kind === "project") this.#hasProjectFile = true;
    const file = readYaml(source);
    const reader = new SpecReader(file, [...file.findings]);
    if (file.data !== undefined) {
      const shape = schemaFindings(kind, file);
      reader.findings.push(...shape);
      if (kind !== "project") this.#identify(kind, reader);
      if (shape.length === 0) this.#convert(kind, reader);
    }
    const read = [...this.#views, ...this.#aliases];
    if (kind === "view" && !read.some((view) => view.at.file === source.path)) {
      this.#unreadViews.add(declaredName(kind, file.data) ?? stemOf(source.path));
    }
    if ((kind === "vector" || kind === "model") && reader.findings.length > 0) {
      this.#unread.add(`${kind} ${declaredName(kind, file.data) ?? stemOf(source.path)}`);
    }
    this.#findings.push(...reader.findings);
  }

  #kindOf(path: string): SpecKind | undefined {
    const kind = specKindOf(path);
    const wrong = (message: string, hint: string): undefined => {
      this.#findings.push(new FeatureError("FS_SPEC_FILE_NAME", message, { at: { file: path }, hint }));
    };
    if (path.endsWith(".yml")) return wrong(`${path} ends in .yml`, "Rename it to .yaml.");
    if (kind === undefined) {
      const folders = specFolders.map(([folder]) => `${folder}/`).join(", ");
      return wrong(`${path} is in no folder of a project`, `Spec files are in ${folders}.`);
    }
    return kind;
  }

  /** The object's name against the file's, and against the other files. */
  #identify(kind: SpecKind, reader: SpecReader): void {
    const name = declaredName(kind, reader.file.data);
    if (name === undefined) return;
    const at = reader.file.at(`/${kind}`);
    const stem = stemOf(reader.file.path);
    if (name !== stem) {
      const message = `the file is named ${stem}, but holds the ${kind} ${name}`;
      reader.add(
        "FS_SPEC_FILE_NAME",
        message,
        at,
        `Rename the file to ${name}.yaml, or the ${kind} to ${stem}.`,
      );
    }
    const id = `${kind} ${name}`;
    const first = this.#objects.get(id);
    const place = `${at.file}:${at.line ?? 1}`;
    if (first === undefined) this.#objects.set(id, place);
    else reader.add("FS_SPEC_DUPLICATE", `the ${kind} ${name} is written twice: here and in ${first}`, at);
  }

  #convert(kind: SpecKind, reader: SpecReader): void {
    if (kind === "project") this.#project = readProjectFile(reader, this.#options);
    else if (kind === "view" && isAlias(reader.file.data))
      this.#aliases.push(this.#remember(reader, readAliasFile(reader)));
    else if (kind === "view") this.#views.push(this.#remember(reader, readViewFile(reader)));
    else if (kind === "vector") this.#vectors.push(this.#remember(reader, readVectorFile(reader)));
    else if (kind === "label") this.#labels.push(this.#remember(reader, readLabelFile(reader)));
    else if (kind === "model") this.#models.push(this.#remember(reader, readModelFile(reader)));
    else if (kind === "csv") this.#csvMaps.push(readCsvMapFile(reader));
    else if (kind === "job") this.#jobs.push({ job: readJobFile(reader), file: reader.file });
  }

  #remember<T extends FeatureView | AliasSpec | VectorSpec | LabelSpec | ModelContract>(
    reader: SpecReader,
    object: T,
  ): T {
    this.#files.set(object, reader.file);
    return object;
  }

  #checkJobClocks(project: Project): void {
    const clocks = Object.keys(project.clocks);
    for (const { job, file } of this.#jobs) {
      const clock = job.action.kind === "handler" ? job.action.with.clock : undefined;
      if (clock === undefined || clocks.includes(String(clock))) continue;
      const message = `the job ${job.name} names the clock ${clock}, which features.yaml does not have`;
      const hint = didYouMean(String(clock), clocks, `Clocks: ${clocks.join(", ")}.`);
      const at = file.at("/with/clock");
      this.#findings.push(new FeatureError("FS_SPEC_UNKNOWN_REFERENCE", message, { at, hint }));
    }
  }

  /** Where buckets are sized by trades or updates, their size is no volume. */
  #checkSplits(project: Project): void {
    for (const { name, rows, clock } of this.#views) {
      const mode = project.clocks[clock]?.mode;
      if (rows.split === undefined || rows.split.volume !== undefined) continue;
      if (mode !== "count" && mode !== "event") continue;
      const message = `view ${name} splits trades by \`size\`, but sizes of clock ${clock} (mode ${mode}) are no volume`;
      const hint = "Write a number in units of base: `split: { volume: 5 }`.";
      this.#findings.push(new FeatureError("FS_SPEC_VALUE", message, { at: rows.split.at, hint }));
    }
  }

  finish(): ProjectSpecs {
    if (!this.#hasProjectFile) {
      const message = `the project has no ${projectFileName}`;
      this.#findings.push(new FeatureError("FS_CLI_NO_PROJECT", message, { at: { file: projectFileName } }));
    }
    const project =
      this.#project === undefined
        ? undefined
        : withSlowSources(withPeriodClocks(this.#project, this.#views), this.#views);
    this.#findings.push(
      ...checkReferences({
        clocks: project === undefined ? undefined : Object.keys(project.clocks),
        views: this.#views,
        aliases: this.#aliases,
        vectors: this.#vectors,
        labels: this.#labels,
        unreadViews: this.#unreadViews,
        locate: (object, pointer) => this.#files.get(object)?.at(pointer) ?? object.at,
      }),
    );
    this.#findings.push(
      ...checkModelReferences({
        models: this.#models,
        vectors: this.#vectors,
        unread: this.#unread,
        locate: (model, pointer) => this.#files.get(model)?.at(pointer) ?? model.at,
      }),
    );
    if (project !== undefined) {
      this.#checkJobClocks(project);
      this.#checkSplits(project);
      this.#findings.push(...asOfFindings(project, this.#views), ...rowFindings(project, this.#views));
    }
    if (this.#findings.length > 0 || project === undefined) throw new Findings(sorted(this.#findings));
    return {
      project,
      views: this.#views,
      aliases: this.#aliases,
      vectors: this.#vectors,
      labels: this.#labels,
      csvMaps: this.#csvMaps,
      jobs: this.#jobs.map(({ job }) => job),
      models: this.#models,
    };
  }
}

function declaredName(kind: SpecKind, data: unknown): string | undefined {
  const name = Object.hasOwn(Object(data), kind) ? (data as Record<string, unknown>)[kind] : undefined;
  return typeof name === "string" ? name : undefined;
}

function sorted(findings: readonly FeatureError[]): FeatureError[] {
  return [...findings].sort(
    (a, b) =>
      compare(a.at?.file ?? "", b.at?.file ?? "") ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}

/** By code units: the same order wherever it runs. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

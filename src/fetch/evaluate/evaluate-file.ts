import { FeatureError } from "../../errors.js";
import { instrumentKey } from "../../schema/common-columns.js";
import { readNumbers, readTexts, withDataFile } from "../data-file.js";
import { type Evaluation, type EvaluationOptions, evaluateRows } from "./evaluate-rows.js";

export interface EvaluateRequest extends EvaluationOptions {
  readonly path: string;
  readonly time: string;
  readonly prediction: string;
  readonly label: string;
  /** Columns, each undefined if there is none. */
  readonly labelEnd: string | undefined;
  readonly probability: string | undefined;
  /** 1 where the event of `probability` came, else 0; undefined: the label is above 0. */
  readonly outcome: string | undefined;
  /** Undefined: the prediction's sign. */
  readonly position: string | undefined;
  readonly groupBy: string | undefined;
  /** A file whose column `prediction` is what PSI and KS compare with. */
  readonly reference: string | undefined;
}

export interface EvaluateResult extends Evaluation {
  readonly rowsRead: number;
  /** Rows without a time, a prediction or a label: they are judged by nothing. */
  readonly rowsSkipped: number;
}

export async function evaluateFile(request: EvaluateRequest): Promise<EvaluateResult> {
  const reference =
    request.reference === undefined
      ? undefined
      : await withDataFile(request.reference, async (file) => {
          const [values = new Float64Array()] = await readNumbers(file, [request.prediction]);
          return values.filter((value) => !Number.isNaN(value));
        });
  return withDataFile(request.path, async (file) => {
    const optional = [request.labelEnd, request.probability, request.outcome, request.position];
    const asked = [
      request.time,
      request.prediction,
      request.label,
      ...optional.flatMap((name) => name ?? []),
    ];
    const read = new Map<string, Float64Array>();
    const names = [...new Set(asked)];
    for (const [place, values] of (await readNumbers(file, names)).entries())
      read.set(names[place] ?? "", values);
    const all = (name: string): Float64Array => read.get(name) ?? new Float64Array();
    const [time, prediction, label] = [all(request.time), all(request.prediction), all(request.label)];
    const needed = [
      time,
      prediction,
      label,
      ...optional.flatMap((name) => (name === undefined ? [] : [all(name)])),
    ];
    const places = Uint32Array.from(
      Array.from({ length: time.length }, (_, i) => i).filter((i) =>
        needed.every((values) => !Number.isNaN(values[i])),
      ),
    );
    if (places.length === 0) {
      const message = `${request.path} has no row with a time, a prediction and a label.`;
      throw new FeatureError("FS_FETCH_EVALUATE", message, { object: request.path });
    }
    places.sort((a, b) => (time[a] ?? 0) - (time[b] ?? 0) || a - b);
    const pick = (values: Float64Array) => Float64Array.from(places, (place) => values[place] ?? 0);
    const maybe = (name: string | undefined) => (name === undefined ? undefined : pick(all(name)));
    const texts = async (name: string) => {
      const values = await readTexts(file, name);
      return Array.from(places, (place) => values[place] ?? "");
    };
    const known = instrumentKey.filter((name) => file.columns.some((column) => column.name === name));
    const keys: string[][] = [];
    for (const name of known) keys.push(await texts(name));
    const probability = maybe(request.probability);
    checkRange(request, probability);
    const labels = pick(label);
    const outcome = maybe(request.outcome) ?? labels.map((value) => (value > 0 ? 1 : 0));
    const evaluation = evaluateRows(
      {
        time: pick(time),
        end: maybe(request.labelEnd),
        prediction: pick(prediction),
        label: labels,
        probability,
        outcome: probability === undefined ? undefined : outcome,
        position: maybe(request.position) ?? pick(prediction).map(Math.sign),
        instrument:
          keys.length === 0
            ? undefined
            : Array.from(labels, (_, row) => keys.map((key) => key[row]).join("/")),
        group: request.groupBy === undefined ? undefined : await texts(request.groupBy),
        reference,
      },
      request,
    );
    return { ...evaluation, rowsRead: time.length, rowsSkipped: time.length - places.length };
  });
}

function checkRange({ path, probability: name }: EvaluateRequest, values: Float64Array | undefined): void {
  const wrong = values?.find((value) => value < 0 || value > 1);
  if (wrong === undefined) return;
  throw new FeatureError("FS_FETCH_EVALUATE", `${path}: ${name} holds ${wrong}, which is no probability.`, {
    object: name ?? "",
  });
}

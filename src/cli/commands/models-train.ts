import { type Command, InvalidArgumentError, Option } from "commander";
import { type CalibrationMethod, calibrationMethods } from "../../models/train/calibration-method.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { describeTraining } from "../describe-training.js";
import { examples } from "../help.js";

interface TrainFlags {
  readonly vector: string;
  readonly label: string;
  readonly model?: string;
  readonly l2: number;
  readonly folds: number;
  readonly calibration: CalibrationMethod;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError("Expected a number above 0.");
  return value;
}

function folds(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1 to 99.");
  return Number(text);
}

export function configureTrain(command: Command, bind: Bind): void {
  const baseline = command
    .summary("fit a stock model to what is stored")
    .description(
      "Fits a model of the package to the rows of a vector and their labels, and writes it into models/.",
    )
    .command("baseline");
  baseline
    .summary("a calibrated logistic regression of a label's classes")
    .description(
      "Fits a standardised multinomial logistic regression with an L2 penalty to every bucket that has a row of the vector " +
        "and a class, calibrates it on the last fifth, and writes ONNX file, contract, sample and " +
        "report into models/. The report is of models that were fitted to the past only (walk-forward, purged by " +
        "label_end_ts). The same rows give the same files.",
    )
    .requiredOption("--vector <name>", "the features")
    .requiredOption("--label <name>", "the label; its class, raw_return and label_end_ts are used")
    .option("--model <name>", "the model's name (default: the vector's without its version, and _baseline)")
    .option("--l2 <number>", "weight of the penalty", positive, 0.01)
    .option("--folds <number>", "stretches of the walk-forward report", folds, 4)
    .addOption(
      new Option(
        "--calibration <method>",
        "platt: a scale and an offset a class, for few rows; isotonic: a curve a class that never falls, for thousands",
      )
        .choices(calibrationMethods)
        .default("platt"),
    )
    .addHelpText(
      "after",
      examples([
        "feature models train baseline --vector trend_v1 --label trend_3",
        "writes models/trend_baseline.yaml and its files",
      ]),
    )
    .action(
      bind<TrainFlags>(async ({ options, shell }) =>
        withProject(shell, "models train", async (context) => {
          const [{ trainBaseline }, { ModelFolder }, { trainingTables }] = await Promise.all([
            import("../../models/train/train-baseline.js"),
            import("../../models/model-folder.js"),
            import("../training-tables.js"),
          ]);
          const { vector, identity, tables } = await trainingTables(context, options);
          const model = options.model ?? `${vector.name.replace(/_v\d+$/, "")}_baseline`;
          const report = await trainBaseline({
            reader: context.engine,
            vector,
            identity,
            label: options.label,
            tables,
            folder: new ModelFolder(context.project.root),
            model,
            known: context.specs.models.find(({ name }) => name === model),
            l2: options.l2,
            folds: options.folds,
            calibration: options.calibration,
          });
          return { result: report, text: () => describeTraining(report) };
        }),
      ),
    );
}

import { type Command, Option } from "commander";
import { type CalibrationMethod, calibrationMethods } from "../../models/train/calibration-method.js";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { describeTraining } from "../describe-training.js";
import { examples } from "../help.js";
import { foldCount, type NetworkFlags, networkOptions, penalty } from "../model-options.js";

interface TrainFlags {
  readonly vector: string;
  readonly label: string;
  readonly model?: string;
  readonly l2: number;
  readonly folds: number;
  readonly calibration: CalibrationMethod;
}

export function configureTrain(command: Command, bind: Bind): void {
  command
    .summary("fit a stock model to stored rows")
    .description(
      "Fits a built-in model to the rows of a vector and their labels, and writes it into models/.",
    );
  configureBaseline(command.command("baseline"), bind);
  configureTcn(command.command("tcn"), bind);
}

function configureBaseline(command: Command, bind: Bind): void {
  command
    .summary("a calibrated logistic regression of a label's classes")
    .description(
      "Fits a standardised multinomial logistic regression with an L2 penalty to every bucket that has a row of the vector " +
        "and a class, calibrates it on the last fifth, and writes ONNX file, contract, sample and " +
        "report into models/. The report scores models fitted only to the past (walk-forward, purged by " +
        "label_end_ts). The same rows give the same files.",
    )
    .requiredOption("--vector <name>", "the features")
    .requiredOption("--label <name>", "the label; its class, raw_return and label_end_ts are used")
    .option("--model <name>", "the model's name (default: the vector's without its version, and _baseline)")
    .option("--l2 <number>", "weight of the penalty", penalty, 0.01)
    .option("--folds <number>", "stretches of the walk-forward report", foldCount, 4)
    .addOption(
      new Option(
        "--calibration <method>",
        "platt: a scale and an offset per class, for few rows; isotonic: a monotone curve per class, for thousands",
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
        withProject(shell, "models train baseline", async (context) => {
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

interface TcnFlags extends Omit<TrainFlags, "calibration">, NetworkFlags {}

function configureTcn(command: Command, bind: Bind): void {
  command
    .summary("DeepLOB-TCN: random convolutions, fitted last layer")
    .description(
      "Draws the weights of a DeepLOB-TCN (convolutions over the channels of the last books, fused with features of trades) and " +
        "fits its last layer to a label's classes, as `train baseline` fits features: with a penalty, calibrated by Platt's " +
        "method on the last fifth, reported walk-forward. The convolutions are not trained (they are random, the same for the same " +
        "seed); a network that was trained elsewhere can take the file's place. Each window is of consecutive buckets. " +
        "examples/deeplob-tcn has a view and a vector for it. The same rows give the same files.",
    )
    .requiredOption("--vector <name>", "the features")
    .requiredOption("--label <name>", "the label; its class, raw_return and label_end_ts are used")
    .option("--model <name>", "the model's name (default: the vector's without its version, and _head)")
    .option("--l2 <number>", "weight of the penalty", penalty, 0.01)
    .option("--folds <number>", "stretches of the walk-forward report", foldCount, 4)
    .addHelpText(
      "after",
      examples([
        "feature models train tcn --vector book_tcn_v1 --label trend_3",
        "writes models/book_tcn_head.yaml and its files",
      ]),
    )
    .action(
      bind<TcnFlags>(async ({ options, shell }) =>
        withProject(shell, "models train tcn", async (context) => {
          const [{ trainTcn }, { ModelFolder }, { trainingTables }] = await Promise.all([
            import("../../models/train/train-tcn.js"),
            import("../../models/model-folder.js"),
            import("../training-tables.js"),
          ]);
          const { vector, identity, tables } = await trainingTables(context, options);
          const model = options.model ?? `${vector.name.replace(/_v\d+$/, "")}_head`;
          const report = await trainTcn({
            ...options,
            ...{ reader: context.engine, vector, identity, tables, model },
            folder: new ModelFolder(context.project.root),
            known: context.specs.models.find(({ name }) => name === model),
          });
          return { result: report, text: () => describeTraining(report) };
        }),
      ),
    );
  networkOptions(command);
}

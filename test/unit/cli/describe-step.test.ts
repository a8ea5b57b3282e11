import { expect, it } from "vitest";
import { describeStep } from "../../../src/cli/demo/describe-step.js";

const report = (logLoss: number) => ({
  usedRows: 1311,
  folds: [1, 2, 3, 4],
  overall: { rows: 1311, logLoss, baseLogLoss: 1.062, accuracy: 0.56, ece: 0.12, rankIc: null },
  exportError: 4e-8,
});

it("the demo says what the losses of its model say", () => {
  expect(describeStep("models train", report(1.128))).toContain(
    "log loss 1.128, class prior 1.062: no skill, as expected on simulated prices;",
  );
  expect(describeStep("models train", report(1.051))).toContain(
    "log loss 1.051, class prior 1.062: some skill, on simulated prices only;",
  );
});

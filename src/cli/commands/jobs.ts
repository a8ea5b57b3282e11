import type { Command } from "commander";
import type { Bind } from "../command-module.js";
import { withProject } from "../context.js";
import { examples } from "../help.js";

export function configure(command: Command, bind: Bind): void {
  command
    .description(
      "Jobs are files under jobs/: a cron schedule, and a built-in handler or a SQL statement. `start` runs them when they " +
        "are due, until it is told to stop; `run` runs one now. Every run is kept in the table job_runs.",
    )
    .addHelpText(
      "after",
      examples(
        ["feature jobs list", "schedules, next and last runs"],
        ["feature jobs run calibrate_ubt", "run one now"],
        ["feature jobs start", "the scheduler, in the foreground"],
      ),
    );
  configureList(command.command("list"), bind);
  configureRun(command.command("run"), bind);
  configureStart(command.command("start"), bind);
}

function configureList(command: Command, bind: Bind): void {
  command
    .summary("schedules, next and last runs")
    .description("Shows every job of the project: when it is due next, and how its last run ended.")
    .addHelpText(
      "after",
      examples(["feature jobs list", "for people"], ["feature jobs list --json", "for scripts"]),
    )
    .action(
      bind(async ({ shell }) =>
        withProject(shell, "jobs list", async (context) => {
          const { listJobs } = await import("../run-jobs.js");
          return listJobs(context);
        }),
      ),
    );
}

function configureRun(command: Command, bind: Bind): void {
  command
    .summary("run a job now")
    .description(
      "Runs a job now, with its time-out and retries, and waits for it. Ends with 1 if it failed, and with 5 if it is " +
        "already running.",
    )
    .argument("<name>", "the job's name")
    .addHelpText(
      "after",
      examples(["feature jobs run verify_expect", "run the job of jobs/verify_expect.yaml"]),
    )
    .action(
      bind(async ({ args: [name = ""], shell }) =>
        withProject(shell, "jobs run", async (context) => {
          const { runNow } = await import("../run-jobs.js");
          return runNow(context, shell, name);
        }),
      ),
    );
}

function configureStart(command: Command, bind: Bind): void {
  command
    .summary("run jobs when they are due, until stopped")
    .description(
      "Runs jobs when they are due, one run of each at a time, until Ctrl-C or SIGTERM: no further job then starts, and " +
        "running ones are waited for. Runs that were due while no scheduler ran, or that were stopped, are made up for once " +
        "(`missed: run_once`) or noted (`missed: skip`). With the embedded engine no other command can use the target meanwhile.",
    )
    .addHelpText("after", examples(["feature jobs start --target prod", "beside a ClickHouse server"]))
    .action(
      bind(async ({ shell }) =>
        withProject(shell, "jobs start", async (context) => {
          const { runScheduler } = await import("../run-jobs.js");
          return runScheduler(context, shell);
        }),
      ),
    );
}

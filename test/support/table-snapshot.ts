import { quoteName } from "../../src/schema/quote.js";
import { type Deployment, emptyTables, filledTables } from "./stock-deployment.js";

/** Keeps a copy of all that a deployment holds; the result puts it back, in place of what is there by then. */
export async function tableSnapshot(deployment: Deployment, name: string): Promise<() => Promise<void>> {
  const { engine, project } = deployment;
  const { raw, features } = project.databases;
  await engine.execute(`CREATE DATABASE ${name} ENGINE = Atomic`);
  const tables = await filledTables(engine, [raw, features]);
  const copyOf = (index: number): string => quoteName({ database: name, name: `copy_${index}` });
  for (const [index, table] of tables.entries()) {
    await engine.execute(`CREATE TABLE ${copyOf(index)} AS ${quoteName(table)}`);
    await engine.execute(`INSERT INTO ${copyOf(index)} SELECT * FROM ${quoteName(table)}`);
  }
  return async () => {
    await emptyTables(deployment);
    for (const [index, table] of tables.entries()) {
      await engine.execute(`INSERT INTO ${quoteName(table)} SELECT * FROM ${copyOf(index)}`);
    }
  };
}

import type { Catalog } from "../../src/compile/catalog.js";
import { compileProject } from "../../src/compile/compile-project.js";
import { versionTable } from "../../src/compile/names.js";
import type { StoredVersion } from "../../src/compile/placement.js";
import type { ProjectSpecs } from "../../src/spec/model.js";

/** The catalog of a project in which every view has a table of its own, as when each was built by a revision of its own. */
export function compiledApart(specs: ProjectSpecs): Catalog {
  const stored = compileProject(specs).objects.flatMap((object): StoredVersion[] => {
    if (object.fusedIn === undefined || object.storage === undefined) return [];
    const table = versionTable(object.storage.table.database, object.name, object.dataHash);
    return [{ ...object, storage: { table, columnPrefix: "" } }];
  });
  return compileProject(specs, stored);
}

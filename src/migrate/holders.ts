import type { Holder } from "../plan/rollback.js";
import type { RegistryReader } from "../registry/reader.js";

/** Who holds which versions: models, by their pins. */
export async function readHolders(registry: RegistryReader): Promise<Holder[]> {
  return (await registry.pins()).map(({ holder, object, version }) => ({
    holder: holder.replace(":", " "),
    version: `${object}@${version}`,
  }));
}

import { DialectAdapterBase } from "kysely";
import { FeatureError } from "../../errors.js";

/** What ClickHouse cannot do: no RETURNING, no transactions around DDL. */
export class ClickHouseAdapter extends DialectAdapterBase {
  override get supportsTransactionalDdl(): boolean {
    return false;
  }

  override get supportsReturning(): boolean {
    return false;
  }

  override async acquireMigrationLock(): Promise<void> {
    throw new FeatureError("FS_INTERNAL", "Kysely's migrator is not used: src/migrate/ applies migrations.");
  }

  override async releaseMigrationLock(): Promise<void> {
    // Nothing is ever held.
  }
}

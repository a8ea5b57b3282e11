/**
 * The product's one error class and its one table of codes. docs/errors.md is generated from the table, and a test
 * keeps the two in step.
 */

/** What a code means to a user, and which exit status a command ends with when it is the outcome. */
interface CodeEntry {
  readonly summary: string;
  /** The way out that is shown when the place that throws names none of its own. */
  readonly hint: string;
  readonly exit: 1 | 3 | 4 | 5 | 6 | 64;
}

export const errorCodes = {
  FS_BUCKETS_EXPIRED: {
    summary:
      "Cutting an instrument anew would lose buckets whose raw rows are no longer stored (`retention: raw:`).",
    hint: "Leave the instrument as it is, or add --allow-destructive if the older buckets are no longer needed, or if their recordings were loaded again (until then these trades count as late).",
    exit: 3,
  },
  FS_BUCKETS_FETCHED: {
    summary: "Cutting an instrument anew would change rows that were already fetched or served.",
    hint: "Add --allow-destructive if what was trained on them is no longer needed.",
    exit: 3,
  },
  FS_BUCKETS_LEASE: {
    summary: "Another process is taking over the writing of an instrument.",
    hint: "Let one process write an instrument; run again when the other has ended.",
    exit: 5,
  },
  FS_BUCKETS_NO_SIZE: {
    summary: "The clock that was named is cut by the wall clock (`every:`), so it has no size.",
    hint: "Name a clock of features.yaml.",
    exit: 1,
  },
  FS_BUCKETS_NO_TRADES: {
    summary: "The instrument that was named has no trades.",
    hint: "`feature buckets status` lists the instruments that have; the name is exchange/market_type/symbol.",
    exit: 1,
  },
  FS_BUCKETS_STOPPED: {
    summary:
      "The engine failed to compute an instrument's buckets; they are stored, and the other instruments went on.",
    hint: "Mend what the message names, then run `feature buckets build`: it goes on at that bucket.",
    exit: 1,
  },
  FS_BUCKETS_UNKNOWN_CLOCK: {
    summary: "The clock that was asked for is not in features.yaml.",
    hint: "Name one of `clocks:` in features.yaml.",
    exit: 64,
  },
  FS_CLI_DECLINED: {
    summary: "The plan was shown, and the answer was not yes. Nothing was changed.",
    hint: "Answer y, or add --yes to go on without a question.",
    exit: 1,
  },
  FS_CLI_FILE: {
    summary: "The system refused to read or write a file.",
    hint: "Check the path, its permissions and the free space.",
    exit: 1,
  },
  FS_CLI_FILE_EXISTS: {
    summary: "A file that the command would write exists already.",
    hint: "Choose another place, or add --force to overwrite.",
    exit: 1,
  },
  FS_CLI_NOT_APPLIED: {
    summary: "The specs say something that the target does not have yet.",
    hint: "Run `feature apply`.",
    exit: 1,
  },
  FS_CLI_NO_PROJECT: {
    summary: "The folder holds no features.yaml.",
    hint: "Run `feature init` to write a project, or name its folder with --project.",
    exit: 1,
  },
  FS_CLI_NO_TARGET: {
    summary: "The target that was asked for is not in features.yaml.",
    hint: "Name one of `targets:` in features.yaml.",
    exit: 64,
  },
  FS_CLI_READ_ONLY: {
    summary: "`feature sql` reads, unless it is told to write.",
    hint: "Add --write if the statement is meant to change something.",
    exit: 64,
  },
  FS_CLI_SQL: {
    summary: "The statement is not one that `feature sql` runs.",
    hint: "Give one statement, without FORMAT and INTO OUTFILE.",
    exit: 64,
  },
  FS_CLI_USAGE: {
    summary: "The command line is wrong.",
    hint: "Run `feature --help`, or `feature <command> --help`.",
    exit: 64,
  },
  FS_CLOCK_DECIMAL: {
    summary: "A quantity is not a decimal number with at most eight decimals.",
    hint: "Write it as a plain number of base units, for example 12.5.",
    exit: 1,
  },
  FS_CLOCK_NEGATIVE: {
    summary: "A trade with a negative quantity or price reached the cutter.",
    hint: "Look at the raw trades table: `feature ingest` rejects such rows, so something else wrote them.",
    exit: 1,
  },
  FS_CLOCK_ORDER: {
    summary: "Trades reached the cutter out of order, or from before its watermark.",
    hint: "Only one writer may cut an instrument; if nothing else runs, report this with --debug.",
    exit: 1,
  },
  FS_CLOCK_PARAMS: {
    summary: "A bucket size or limit is not positive.",
    hint: "Correct the clock in features.yaml, or the instrument's row in bucket_config.",
    exit: 1,
  },
  FS_ENGINE_AUTH: {
    summary: "The server refused the user name or the password.",
    hint: "Correct username and password of the target in features.yaml, or the environment variables that they name.",
    exit: 1,
  },
  FS_ENGINE_CLOSED: {
    summary: "A statement came after the engine was closed.",
    hint: "The command was ending; run it again.",
    exit: 1,
  },
  FS_ENGINE_FILE: {
    summary: "A file cannot be read or written by the engine.",
    hint: "Check that the path exists and that this user may read or write it.",
    exit: 1,
  },
  FS_ENGINE_LOCKED: {
    summary: "Another process holds the embedded engine's data directory.",
    hint: "Wait until it ends, or end it; or use another target.",
    exit: 5,
  },
  FS_ENGINE_NATIVE: {
    summary: "Data in ClickHouse's Native format is cut short, or has a type that the product does not move.",
    hint: "Cast the column in the query to a number, a String, or an Array of these.",
    exit: 1,
  },
  FS_ENGINE_OPEN: {
    summary: "The embedded engine cannot open its data directory.",
    hint: "Check the target's path in features.yaml, and that this user may write there.",
    exit: 1,
  },
  FS_ENGINE_QUERY: {
    summary: "ClickHouse refused a statement, or failed while it ran.",
    hint: "The message has ClickHouse's own words; --debug shows the statement.",
    exit: 1,
  },
  FS_ENGINE_TARGET: {
    summary: "No engine of this version can open the target.",
    hint: "Use a target of kind embedded or server.",
    exit: 1,
  },
  FS_ENGINE_UNREACHABLE: {
    summary: "The server does not answer.",
    hint: "Check the target's url in features.yaml, and that the server runs.",
    exit: 1,
  },
  FS_FETCH_CLOCKS: {
    summary: "Vectors and labels of different clocks cannot be put into one row.",
    hint: "Fetch a vector of the label's clock as well; with --every-bucket, only vectors and labels of one clock.",
    exit: 64,
  },
  FS_FETCH_COLUMN: {
    summary: "A file does not have a column that was named.",
    hint: "Name one of the file's columns.",
    exit: 64,
  },
  FS_FETCH_DATA: {
    summary: "A file of rows cannot be read.",
    hint: "Give a parquet, csv (with a header), arrow or ndjson file, named so.",
    exit: 1,
  },
  FS_FETCH_EMPTY: {
    summary: "A fetch found no row to write.",
    hint: "Close buckets first (`feature ingest`, `feature buckets build`), and look at `feature status`.",
    exit: 1,
  },
  FS_FETCH_EVALUATE: {
    summary: "A file holds nothing that can be judged.",
    hint: "Give a file with predictions and labels in the same rows, and probabilities from 0 to 1.",
    exit: 1,
  },
  FS_FETCH_FORMAT: {
    summary: "The format of a fetch's file cannot be told from its name.",
    hint: "End the name in .csv, .parquet, .ndjson or (for the result) .arrow, or name the format.",
    exit: 64,
  },
  FS_FETCH_OUT: {
    summary: "The result of a fetch cannot be written where it was asked for.",
    hint: "Name a file in a folder that exists, other than the spine.",
    exit: 1,
  },
  FS_FETCH_OUTAGES: {
    summary: "A file of outages cannot be read as intervals.",
    hint: "Write a csv file with the columns from, to and, if they are not of every instrument, exchange, market_type, symbol.",
    exit: 1,
  },
  FS_FETCH_REVISION: {
    summary: "The revision that was asked for does not have the vector, or its rows are gone.",
    hint: "`feature history` lists the revisions; `feature apply` builds a version anew from specs of that time.",
    exit: 1,
  },
  FS_FETCH_SPINE: {
    summary: "A spine cannot be used: a column, a row, or the file itself is not as expected.",
    hint: "A spine has the columns exchange, market_type, symbol, ts, and any others; csv with a header.",
    exit: 1,
  },
  FS_FETCH_SPLIT: {
    summary: "A file cannot be split as asked.",
    hint: "Choose fewer or shorter folds; `feature split --help` tells how they are laid out.",
    exit: 1,
  },
  FS_INGEST_ALL_REJECTED: {
    summary: "No row of a file can be read.",
    hint: "Look at the rows and reasons in the table ingest_rejects, and at the format and the options of the command.",
    exit: 1,
  },
  FS_INGEST_BROKEN_FILE: {
    summary: "A file ends early or is damaged. Nothing of the command was stored.",
    hint: "Download or copy it again.",
    exit: 1,
  },
  FS_INGEST_CONTRACT_SIZE: {
    summary: "Quantities are contracts, and features.yaml does not say what a contract is worth.",
    hint: "Add `contract_size:` to the instrument in features.yaml.",
    exit: 1,
  },
  FS_INGEST_DIRECTORY: {
    summary: "A directory was named where files are expected.",
    hint: "Name the files in it; patterns such as 'data/*.zip' are allowed.",
    exit: 1,
  },
  FS_INGEST_EMPTY: {
    summary: "A file holds no rows.",
    hint: "Leave it out, or download it again.",
    exit: 1,
  },
  FS_INGEST_EXTERNAL: {
    summary: "The source's table is filled by someone else, so ingest does not write to it.",
    hint: "Take `external: true` out of the source in features.yaml, or name another source.",
    exit: 1,
  },
  FS_INGEST_HEADER: {
    summary: "A file's columns are not those of its format.",
    hint: "Check the format and the market; a csv of another kind needs a map under sources/ and --map.",
    exit: 1,
  },
  FS_INGEST_INSTRUMENT: {
    summary: "A file does not tell which instrument or which data it holds.",
    hint: "Add --instrument exchange/market_type/symbol.",
    exit: 1,
  },
  FS_INGEST_MIXED_KINDS: {
    summary: "An instrument would hold both trades and aggTrades, or order books of different depth.",
    hint: "Keep to one kind for each instrument; to change it, start from an empty table.",
    exit: 1,
  },
  FS_INGEST_NO_FILE: {
    summary: "A file does not exist, or a pattern matches none.",
    hint: "Check the path; patterns are best quoted, so that the shell does not expand them.",
    exit: 1,
  },
  FS_INGEST_NOT_PARQUET: {
    summary: "A file is not Parquet.",
    hint: "Name its format: `feature ingest --help` lists them.",
    exit: 1,
  },
  FS_INGEST_NOT_TEXT: {
    summary: "A file holds binary data where lines of text are expected.",
    hint: "Plain files, .gz and .zip are read; unpack others first.",
    exit: 1,
  },
  FS_INGEST_REJECTS: {
    summary: "More rows were rejected than --max-rejects allows. Nothing was stored but the rejects.",
    hint: "Look at the rows and reasons in the table ingest_rejects.",
    exit: 1,
  },
  FS_INGEST_SEVERAL_INSTRUMENTS: {
    summary: "--instrument names one instrument, and the files hold several.",
    hint: "Leave --instrument out, or ingest the files of one instrument at a time.",
    exit: 1,
  },
  FS_INGEST_UNKNOWN_INSTRUMENT: {
    summary: "A file has rows of an instrument that is not in features.yaml.",
    hint: "Add it under `instruments:` in features.yaml.",
    exit: 1,
  },
  FS_INGEST_ZIP: {
    summary: "A zip holds no csv file, or would unpack to far too much.",
    hint: "Look at what it holds, for example with `unzip -l`.",
    exit: 1,
  },
  FS_INTERNAL: {
    summary: "A defect of the product itself.",
    hint: "Run again with --debug and report what it prints.",
    exit: 1,
  },
  FS_JOBS_FAILED: {
    summary: "A job that was run by hand has failed.",
    hint: "The message says why; `feature jobs list` shows the last run of each job.",
    exit: 1,
  },
  FS_JOBS_RUNNING: {
    summary: "The job runs already: one run at a time.",
    hint: "Wait until it has ended; `feature jobs list` shows when it began.",
    exit: 5,
  },
  FS_JOBS_UNKNOWN: {
    summary: "There is no job of that name.",
    hint: "`feature jobs list` names the files under jobs/.",
    exit: 64,
  },
  FS_LEAK_CLOCK_OR_CHANCE: {
    summary: "An expression depends on the clock, on chance or on how rows are processed.",
    hint: "Use the bucket's own times; a feature must have the same value when it is computed again.",
    exit: 1,
  },
  FS_LEAK_DESCENDING_ORDER: {
    summary: "A window is ordered downwards, so it looks at later buckets.",
    hint: "Use a window of the view, declared under `windows:`; none of them looks forward.",
    exit: 1,
  },
  FS_LEAK_FOLLOWING_ROWS: {
    summary: "An expression looks at buckets after its own.",
    hint: "A feature knows its own bucket and those before it; looking forward belongs into a label.",
    exit: 1,
  },
  FS_LEAK_GLOBAL: {
    summary: "A statistic takes all buckets that are computed together, later ones included.",
    hint: "Name a trailing window under `windows:` and write OVER its name.",
    exit: 1,
  },
  FS_LEAK_INPUT: {
    summary: "An expression reads what is no declared input of the view.",
    hint: "Read the stream or the views that `from` names.",
    exit: 1,
  },
  FS_LEAK_LABEL: {
    summary: "A view names a label: features would be made of what is to be predicted.",
    hint: "Take a view that looks back; `feature fetch --labels` puts labels beside a vector in a training set.",
    exit: 1,
  },
  FS_LEAK_NEGATIVE_LAG: {
    summary: "A lag with a negative offset looks at later buckets.",
    hint: "Use a positive offset.",
    exit: 1,
  },
  FS_LEAK_SUBSELECT: {
    summary: "An expression holds a sub-select, which may read anything.",
    hint: "Make a view of it and name that under `from`.",
    exit: 1,
  },
  FS_LEAK_UNORDERED_WINDOW: {
    summary: "A window without an order holds later buckets too.",
    hint: "Use a window of the view, declared under `windows:`.",
    exit: 1,
  },
  FS_MIGRATION_CHECK_FAILED: {
    summary:
      "A check of a migration found rows that are missing or differ; aliases still show the old versions.",
    hint: "Look at the named instruments and buckets, then run `feature apply` again; `--abandon-failed` takes the migration back, `--accept-failed-checks` goes on all the same.",
    exit: 6,
  },
  FS_MIGRATION_CONFLICT: {
    summary: "An object with a name of ours exists and is not what the migration creates.",
    hint: "Rename or drop the foreign object, then run `feature apply` again.",
    exit: 4,
  },
  FS_MIGRATION_DATABASES: {
    summary: "The databases of features.yaml are not those that the migrations were written for.",
    hint: "Give them back their names. Other databases need a project folder of their own: one without migrations/ and registry/.",
    exit: 1,
  },
  FS_MIGRATION_DUPLICATE: {
    summary: "Two migration files have one number.",
    hint: "Delete or renumber the one that was not applied, in migrations/ and in checksums.json.",
    exit: 1,
  },
  FS_MIGRATION_EDITED: {
    summary: "A migration file is not what it was when it was written.",
    hint: "Take the file back from version control; a change is a new migration.",
    exit: 1,
  },
  FS_MIGRATION_FROZEN: {
    summary: "The specs need a migration that is not committed.",
    hint: "Run `feature apply` where migrations are written, and commit the files.",
    exit: 1,
  },
  FS_MIGRATION_GAP: {
    summary: "The numbers of the migration files have a gap.",
    hint: "Take the missing file back from version control.",
    exit: 1,
  },
  FS_MIGRATION_MISSING: {
    summary: "A migration file that was applied, or that checksums.json names, is missing.",
    hint: "Take the file back from version control.",
    exit: 1,
  },
  FS_MIGRATION_ORDER: {
    summary: "A migration file that was never applied stands before one that was.",
    hint: "Write it anew as the last one: delete its two files and their lines in checksums.json, and run `feature apply`.",
    exit: 1,
  },
  FS_MIGRATION_STEP_FAILED: {
    summary: "A step of a migration failed; aliases still show the old versions.",
    hint: "Correct the cause and run `feature apply` again: it goes on at this step.",
    exit: 1,
  },
  FS_MIGRATION_SYNTAX: {
    summary: "A migration file, or what belongs to it, cannot be read.",
    hint: "Take the file back from version control.",
    exit: 1,
  },
  FS_MIGRATION_UNLISTED: {
    summary: "A migration file stands in no checksum.",
    hint: "Delete it: migration files are written by `feature apply`.",
    exit: 1,
  },
  FS_MIGRATION_UNFINISHED: {
    summary: "A migration has begun and not ended.",
    hint: "`feature apply` goes on with it, `feature apply --abandon-failed` takes it back.",
    exit: 1,
  },
  FS_MODEL_FILE: {
    summary: "A model's file is missing, is not the one that was registered, or can not be loaded.",
    hint: "Put the file back beside its contract, or train and register a new version.",
    exit: 1,
  },
  FS_MODEL_MISMATCH: {
    summary: "A model's file, its contract and its vector do not say the same, so it is not served.",
    hint: "Correct the contract in models/, or export the model again; `feature models check` says when they agree.",
    exit: 1,
  },
  FS_MODEL_ROLLOUT: {
    summary: "There is no version of the model that this could be done with.",
    hint: "`feature models list` shows the versions and their stages.",
    exit: 1,
  },
  FS_MODEL_TRAINING_SET: {
    summary: "A model can not be fitted to the training set.",
    hint: "The message says what is missing: ingest more data, take fewer --folds, another vector or another label.",
    exit: 1,
  },
  FS_MODEL_UNKNOWN: {
    summary: "The model that was named is not there, or was never registered on this target.",
    hint: "`feature models list` shows the models; `feature models register` registers one.",
    exit: 64,
  },
  FS_MODEL_VERSION: {
    summary: "Another file was registered under this version of the model.",
    hint: "Raise `version:` in the contract: a version never changes what it is.",
    exit: 1,
  },
  FS_PLAN_DESTRUCTIVE: {
    summary: "The plan takes away something that is deployed.",
    hint: "Add --allow-destructive if that is meant.",
    exit: 3,
  },
  FS_PLAN_RENAME: {
    summary: "`renamed_from` names what was never deployed.",
    hint: "Correct the former name, or take `renamed_from` out: then the object is new.",
    exit: 1,
  },
  FS_PLAN_SHORTER_HISTORY: {
    summary:
      "A changed view would have fewer rows than readers see now: raw rows of older buckets are no longer stored (`retention: raw:`).",
    hint: "Give what is changed the name of a new view, which starts where raw rows start, beside the old one; or add --allow-destructive if the older rows are no longer needed.",
    exit: 3,
  },
  FS_PLAN_UNSUPPORTED: {
    summary: "A change that cannot be made to what is deployed.",
    hint: "Change it back, or deploy into databases of another name.",
    exit: 1,
  },
  FS_REGISTRY_DRIFT: {
    summary: "What stands in the database is not what the registry says is deployed.",
    hint: "`feature status` lists it. `feature apply --repair` restores what is ours and leaves alone what is not.",
    exit: 4,
  },
  FS_REGISTRY_EMPTY: {
    summary: "Nothing is deployed on this target yet.",
    hint: "Run `feature apply`.",
    exit: 1,
  },
  FS_REGISTRY_LOCKED: {
    summary: "Another `feature apply` is at work on this target.",
    hint: "Wait for it to end; the lock of a process that died is taken over.",
    exit: 5,
  },
  FS_REGISTRY_LOCK_FILE: {
    summary: "`registry/deployed.json` cannot be read.",
    hint: "Restore it from version control, or run `feature apply`, which writes it anew.",
    exit: 1,
  },
  FS_REGISTRY_LOCK_LOST: {
    summary: "The lock of this run was taken over by another one.",
    hint: "Run `feature apply` again: it goes on where this run stopped.",
    exit: 5,
  },
  FS_REGISTRY_NO_VERSION: {
    summary: "The target does not hold this version of the object.",
    hint: "`feature status` shows the versions that are there; a dropped one comes back when its specs are applied again.",
    exit: 1,
  },
  FS_REGISTRY_UNREADABLE: {
    summary: "The registry holds a record that this version cannot read.",
    hint: "Use the version of the tool that wrote it, or a newer one.",
    exit: 1,
  },
  FS_REGISTRY_UNREPAIRABLE: {
    summary: "Something that was altered by hand cannot be put back by a statement; nothing was changed.",
    hint: "Put it back by hand as the message says, or move the object away and run `feature apply --repair`, which creates it anew.",
    exit: 4,
  },
  FS_ROLLBACK_DEPENDENTS: {
    summary: "Something live is built on the version that would go, and cannot go back with it.",
    hint: "Roll back to a revision as a whole (`feature rollback --to N`), or put the earlier spec back and run `feature apply`, which rebuilds what is downstream.",
    exit: 1,
  },
  FS_ROLLBACK_NOTHING: {
    summary: "There is nothing to go back to.",
    hint: "`feature history` lists the revisions, `feature status` what is live.",
    exit: 1,
  },
  FS_ROLLBACK_NOT_RETAINED: {
    summary: "The version to go back to is past its retention and was dropped.",
    hint: "Put the spec files of that revision back (for instance `git checkout <commit> -- features/`) and run `feature apply`: it builds the version again beside the live one. `retention: versions:` in features.yaml says how many are kept.",
    exit: 1,
  },
  FS_ROLLBACK_PINNED: {
    summary: "A model holds a version that the rollback would take away from its alias.",
    hint: "Roll the model back or let it go first, or add `--allow-pinned`: the version stays fed and the model keeps reading it.",
    exit: 3,
  },
  FS_ROLLBACK_UNKNOWN: {
    summary: "A rollback names an object or a revision that is not deployed.",
    hint: "`feature status` shows the objects, `feature history` the revisions.",
    exit: 1,
  },
  FS_SERVE_ADDRESS: {
    summary: "The system refused the address that the service should listen on.",
    hint: "Choose another --port, or --host; 0 lets the system choose a port.",
    exit: 1,
  },
  FS_SERVE_KEYS: {
    summary: "API keys are malformed, or there are none where some should be.",
    hint: "`feature keys create <name>` makes a key and stores its hash.",
    exit: 1,
  },
  FS_SERVE_MEMORY: {
    summary: "The rows that vectors keep in memory do not fit.",
    hint: "Raise --online-memory, or lower `history` of the vectors.",
    exit: 1,
  },
  FS_SERVE_OPEN: {
    summary: "The service would listen for other machines without asking for keys.",
    hint: "Add --keys FILE (`feature keys create` makes one), or leave --host out.",
    exit: 1,
  },
  FS_SPEC_CLOCK_MISMATCH: {
    summary: "Objects of different clocks are put together; their buckets do not match.",
    hint: "Let all of them use one clock.",
    exit: 1,
  },
  FS_SPEC_CLOSE_FAILS: {
    summary: "A view compiles, but computing it for a closed bucket fails.",
    hint: "Look at the view that is named: the engine finds such errors only when rows arrive.",
    exit: 1,
  },
  FS_SPEC_CYCLE: {
    summary: "Views read each other in a circle, so none of them can be computed first.",
    hint: "Take one of the named views out of another's `from`.",
    exit: 1,
  },
  FS_SPEC_DECIMAL_DIVISION: {
    summary: "A division of Decimals cuts digits off.",
    hint: "Divide floats: toFloat64(a) / nullIf(toFloat64(b), 0).",
    exit: 1,
  },
  FS_SPEC_DUPLICATE: {
    summary: "Something that must be unique is written twice.",
    hint: "Rename or remove one of the two.",
    exit: 1,
  },
  FS_SPEC_ENV: {
    summary: "An environment variable that a target needs is not set.",
    hint: "Set the variable, or use another target with --target.",
    exit: 1,
  },
  FS_SPEC_EXPRESSION: {
    summary: "A column's SQL expression cannot be compiled.",
    hint: "Write one ClickHouse expression without SELECT; it may use the columns above it.",
    exit: 1,
  },
  FS_SPEC_FILE_NAME: {
    summary: "A spec file has a name or a place that does not fit what it holds.",
    hint: "Keep one object a file, in the folder of its kind, named after the object.",
    exit: 1,
  },
  FS_SPEC_LABEL_IN_VECTOR: {
    summary: "A vector names a label: a model would be given what it has to predict.",
    hint: "Take it out of the vector; `feature fetch --labels` puts it beside the vector in a training set.",
    exit: 1,
  },
  FS_SPEC_MISSING_KEY: {
    summary: "A key that is needed is missing.",
    hint: "Add the key; docs and the JSON Schema in the file's first line say what it means.",
    exit: 1,
  },
  FS_SPEC_NAME: {
    summary: "A name breaks the rules for names.",
    hint: "Use lower case letters, digits and single underscores, starting with a letter, at most 40 characters.",
    exit: 1,
  },
  FS_SPEC_NOT_A_FEATURE: {
    summary: "A vector names a helper column (`feature: false`).",
    hint: "Take the column out of the vector, or remove `feature: false` from it.",
    exit: 1,
  },
  FS_SPEC_ORDER_DEPENDENT: {
    summary:
      "A function's result depends on the order in which rows arrive, so it could not be recomputed bit for bit.",
    hint: "Use a form that does not, or declare a tolerance: approx: 1e-12.",
    exit: 1,
  },
  FS_SPEC_RENAME: {
    summary: "`renamed_from` contradicts the other names in the specs.",
    hint: "Write the former name of the view or column, which nothing else may have now.",
    exit: 1,
  },
  FS_SPEC_SHADOWS: {
    summary:
      "A column bears the name of a column that its expressions can read, so the engine would confuse the two.",
    hint: "Rename the column.",
    exit: 1,
  },
  FS_SPEC_TYPE: {
    summary: "A value has the wrong type.",
    hint: "Write a value of the expected type.",
    exit: 1,
  },
  FS_SPEC_UNKNOWN_KEY: {
    summary: "A key is not known at this place.",
    hint: "Remove the key, or correct its spelling.",
    exit: 1,
  },
  FS_SPEC_UNKNOWN_REFERENCE: {
    summary: "A name refers to something that the project does not have.",
    hint: "Correct the name, or add what it refers to.",
    exit: 1,
  },
  FS_SPEC_UNSUPPORTED: {
    summary: "The spec asks for something that this version does not do yet.",
    hint: "Remove it, or use a version that supports it.",
    exit: 1,
  },
  FS_SPEC_VALUE: {
    summary: "A value has the right type, but is not one that is allowed here.",
    hint: "Write one of the allowed values.",
    exit: 1,
  },
  FS_SPEC_WINDOW: {
    summary: "A window cannot be computed as it is written.",
    hint: "Windows go over the buckets of other views; `min` is at most the number of buckets.",
    exit: 1,
  },
  FS_SPEC_YAML: {
    summary: "A file cannot be read as YAML.",
    hint: "Correct the line; a YAML-aware editor shows the place.",
    exit: 1,
  },
  FS_VERIFY_FAILED: {
    summary: "What is stored is not what the checks of `feature verify` demand.",
    hint: "The findings name view, instrument and bucket; `feature verify <check> --json` has them with their values.",
    exit: 6,
  },
  FS_VERIFY_NOTHING: {
    summary: "There is no complete bucket to verify.",
    hint: "Widen --from and --to, or run `feature ingest` first; `feature buckets status` shows what is there.",
    exit: 1,
  },
  FS_VERIFY_NOT_RECOMPUTABLE: {
    summary: "Raw data that a check needs is past its retention, so it cannot say that all is well.",
    hint: "Verify a later range with --from, or keep raw data for longer (`retention: raw:` in features.yaml).",
    exit: 6,
  },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof errorCodes;

/** Where in a user's file something was found. `line` and `column` count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  /** What it is about: a view, a table, an instrument. */
  readonly object?: string;
  readonly at?: Location;
  /** The way out, when it is more specific than the code's own. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A finding in the form that `--json` prints. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly object?: string;
  readonly hint: string;
}

/** One failure: its code, what was found and expected (the message), the object, the place and the way out. */
export class FeatureError extends Error {
  readonly code: ErrorCode;
  readonly object: string | undefined;
  readonly at: Location | undefined;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "FeatureError";
    this.code = code;
    this.object = details.object;
    this.at = details.at;
    this.hint = details.hint ?? errorCodes[code].hint;
  }

  get exit(): number {
    return errorCodes[this.code].exit;
  }

  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...this.at,
      ...(this.object === undefined ? {} : { object: this.object }),
      hint: this.hint,
    };
  }
}

/** Several findings on user files, reported together: all of them, not the first. */
export class Findings extends Error {
  readonly findings: readonly FeatureError[];

  constructor(findings: readonly FeatureError[]) {
    super(findings.map((finding) => finding.message).join("\n"));
    this.name = "Findings";
    this.findings = findings;
  }
}

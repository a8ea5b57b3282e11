/** What a feature may not do, looked for in an expression's resolved tree. */
import type { ErrorCode } from "../errors.js";
import { orderDependent, orderFree } from "./expression/aggregates.js";
import { placeColumn } from "./names.js";
import { nodesOf, section, type TreeNode } from "./query-tree.js";

export interface Leak {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export interface LeakScope {
  /** The column accepts a result that depends on the order of rows. */
  readonly anyOrder: boolean;
  /** What is aggregated are the rows of a stream: they have `ord`. */
  readonly overStream: boolean;
}

/** Their result depends on when, where or in which block a row is computed. Names as the engine resolves them, without aliases. */
const unrepeatable: readonly RegExp[] = [
  // The clock
  /^(?:now|now64|nowInBlock.*|localtime|today|yesterday|UTCTimestamp|uptime|initialQueryStartTime)$/,
  // Chance
  /^(?:rand.*|generate(?:UUID|ULID|Snowflake|Serial|RandomStructure).*|dateTimeToUUIDv7|fuzz.*|obfuscateQuery|array(?:Partial)?Shuffle|arrayRandomSample|groupArraySample)$/,
  // The server, the session, the statement
  /^(?:hostName|displayName|FQDN|filesystem.*|getOSKernelVersion|serverUUID|tcpPort|getServerPort|version|revision|buildId|chdb|zookeeperSessionUptime|shard(?:Num|Count)|(?:server)?[tT]imezone)$/,
  /^(?:connectionId|connectionID|(?:initial)?[qQ]ueryI[dD]|transaction.*|getSetting.*|get(?:MergeTree|Server)Setting|getMacro|getClientHTTPHeader)$/,
  /^(?:current(?:User|Database|Schemas|Profiles|Roles|QueryID)|authenticatedUser|(?:default|enabled)(?:Profiles|Roles)|timeSeries.*(?:Tag|Group|Series).*)$/,
  // The block of rows, and how it lies in memory
  /^(?:block(?:Number|Size|SerializedSize)|rowNumber.*|running(?:Difference|Accumulate|Concurrency).*|neighbor|isConstant|toColumnTypeName|dumpColumnStructure|lowCardinality(?:Keys|Indices)|arrayPartial(?:Reverse)?Sort)$/,
];
/** They read what no `from` names. */
const outside =
  /^(?:dict(?:Get|Has|IsIn).*|joinGet.*|file|hasColumnInTable|region[A-Z].*|naiveBayes.*|[aA][iI][A-Z].*|__applyFilter|catboostEvaluate|modelEvaluate|meiliMatch|executable.*|isIPAddress.*File)$/;
/** Which attempt wrote a row, and when: the same values computed again have others. */
const bookkeeping: ReadonlySet<string> = new Set(["v", "created_at", "ingested_at"]);
const lags: ReadonlySet<string> = new Set(["lagInFrame", "lag", "leadInFrame", "lead"]);

export function leaksOf(expression: TreeNode, scope: LeakScope): Leak[] {
  const nodes = [...nodesOf(expression)];
  // The arguments of lambdas are columns of the lambda in the tree, whatever they are called.
  const lambdas = new Set(
    nodes.filter(({ kind }) => kind === "LAMBDA").map(({ attributes }) => attributes.id),
  );
  const isArgument = ({ attributes }: TreeNode): boolean => lambdas.has(attributes.source_id);
  const leaks = nodes.flatMap((node) => {
    switch (node.kind) {
      case "QUERY":
      case "UNION":
        return [{ code: "FS_LEAK_SUBSELECT", message: "it reads a sub-select" } as const];
      case "TABLE":
      case "FUNCTIONTABLE":
        return [{ code: "FS_LEAK_INPUT", message: "it reads a table that no `from` names" } as const];
      case "COLUMN":
        return isArgument(node) ? [] : inputLeaks(node);
      case "FUNCTION":
        return functionLeaks(node, scope);
      default:
        return [];
    }
  });
  return [...new Map(leaks.map((leak) => [`${leak.code} ${leak.message}`, leak])).values()];
}

function inputLeaks({ attributes }: TreeNode): Leak[] {
  const name = attributes.column_name ?? "";
  if (!bookkeeping.has(name)) return [];
  return [
    { code: "FS_LEAK_INPUT", message: `it reads ${name}, which says when or by whom a row was written` },
  ];
}

/** What a function does whatever its arguments are. */
export function leaksOfCall(name: string): Leak[] {
  const leaks: Leak[] = [];
  if (unrepeatable.some((names) => names.test(name))) {
    leaks.push({
      code: "FS_LEAK_CLOCK_OR_CHANCE",
      message: `${name}(…) gives another result when it is computed again`,
    });
  }
  if (outside.test(name)) {
    leaks.push({ code: "FS_LEAK_INPUT", message: `${name}(…) reads what is no declared input` });
  }
  return leaks;
}

function functionLeaks(node: TreeNode, scope: LeakScope): Leak[] {
  const { function_name: name = "", function_type: type = "", result_type: result = "" } = node.attributes;
  const leaks = leaksOfCall(name);
  if (name === "divide" && result.includes("Decimal")) {
    const hint = "Divide floats: toFloat64(a) / nullIf(toFloat64(b), 0).";
    leaks.push({ code: "FS_SPEC_DECIMAL_DIVISION", message: "a division of Decimals cuts digits off", hint });
  }
  if (type === "window") return [...leaks, ...windowLeaks(node)];
  if (type !== "aggregate") return leaks;
  return scope.anyOrder ? leaks : [...leaks, ...orderLeaks(node, name, result, scope)];
}

/** An aggregate over rows without an order. Sums that were written as such are of whole numbers and Decimals by now. */
function orderLeaks(node: TreeNode, name: string, result: string, scope: LeakScope): Leak[] {
  const base = name.replace(/(?<=.)(?:If|OrNull|OrDefault|Array)+$/, "");
  if (orderFree.has(base) || (base === "sum" && !result.includes("Float"))) return [];
  if (base === "argMin" || base === "argMax") {
    const [value, place] = section(node, "ARGUMENTS")?.children[0]?.children ?? [];
    if (!scope.overStream || isDecided(value, place)) return [];
    const message = `of rows that are alike in the second argument ${name}(…) takes the one that comes first, so its result depends on the order in which rows arrive`;
    return [
      { code: "FS_SPEC_ORDER_DEPENDENT", message, hint: `Write ${base}(x, ord), or (y, ord) in place of y.` },
    ];
  }
  const message = `the result of ${name}(…) depends on the order in which rows arrive, or may`;
  const instead =
    orderDependent.get(base) ??
    "it with sum, avg, count, min, max, argMax(x, ord), uniqExact, quantileExact or groupArraySorted";
  return [{ code: "FS_SPEC_ORDER_DEPENDENT", message, hint: `Write ${instead}.` }];
}

/** No two rows have one place, or those that have it have one value. */
function isDecided(value: TreeNode | undefined, place: TreeNode | undefined): boolean {
  const columnsOf = (node: TreeNode | undefined): string[] =>
    node === undefined ? [] : [...nodesOf(node)].flatMap(({ attributes }) => attributes.column_name ?? []);
  const places = new Set(columnsOf(place));
  return places.has("ord") || columnsOf(value).every((name) => places.has(name));
}

/** Within the bucket a window may look everywhere: all of its rows are known when it closes. */
function windowLeaks(node: TreeNode): Leak[] {
  const { function_name: name = "" } = node.attributes;
  const window = section(node, "WINDOW")?.children[0];
  if (window === undefined) return [];
  const isOfBucket = [
    ...nodesOf(section(window, "PARTITION BY") ?? { kind: "", attributes: {}, children: [] }),
  ].some(({ attributes }) => ["bucket_id", placeColumn].includes(attributes.column_name ?? ""));
  if (isOfBucket) return [];
  const leaks: Leak[] = [];
  const order = section(window, "ORDER BY");
  const sorts = order === undefined ? [] : [...nodesOf(order)].filter(({ kind }) => kind === "SORT");
  if (sorts.length === 0) {
    const message = `the window of ${name}(…) has no ORDER BY, so it holds later buckets too`;
    leaks.push({ code: "FS_LEAK_UNORDERED_WINDOW", message });
  }
  if (sorts.some(({ attributes }) => attributes.sort_direction === "DESCENDING")) {
    const message = `the window of ${name}(…) is ordered downwards: what precedes a row there comes after it`;
    leaks.push({ code: "FS_LEAK_DESCENDING_ORDER", message });
  }
  const ends = [window.attributes.frame_begin_type ?? "", window.attributes.frame_end_type ?? ""];
  if (name === "leadInFrame" || name === "lead" || ends.some((end) => end.includes("following"))) {
    leaks.push({ code: "FS_LEAK_FOLLOWING_ROWS", message: `${name}(…) looks at later buckets` });
  }
  if (lags.has(name) && isNegative(section(node, "ARGUMENTS")?.children[0]?.children[1])) {
    leaks.push({
      code: "FS_LEAK_NEGATIVE_LAG",
      message: `${name}(…) with a negative offset looks at later buckets`,
    });
  }
  return leaks;
}

function isNegative(offset: TreeNode | undefined): boolean {
  return offset?.attributes.constant_value?.startsWith("Int64_-") ?? false;
}

// The layers of docs/architecture.md: a folder imports only from folders of a lower rank.
const ranks = [
  ["spec", "schema", "clock", "client"],
  ["compile"],
  ["plan"],
  ["engine"],
  ["registry", "online"],
  ["migrate", "ingest", "fetch", "models", "verify"],
  ["jobs", "serve"],
  ["cli"],
];
const folders = (list) => `^src/(${list.join("|")})/`;

/** One rule a folder: what it may not import, and what to do instead. */
const layerRules = ranks.flatMap((names, index) =>
  names.map((name) => ({
    name: `layer-${name}`,
    comment:
      `src/${name}/ has rank ${index + 1}: it may import folders of a lower rank only. Move what both need into a lower ` +
      "folder, or let cli/ bring the two together.",
    severity: "error",
    from: { path: folders([name]) },
    to: {
      path: folders(
        ranks
          .slice(index)
          .flat()
          .filter((other) => other !== name),
      ),
    },
  })),
);

/** npm packages and the one folder that may import each. */
const owners = {
  "@clickhouse/client": "engine",
  chdb: "engine",
  yaml: "spec",
  // Files of a project, and requests.
  ajv: "(spec|serve)",
  umzug: "migrate",
  "onnxruntime-node": "models",
  protobufjs: "models",
  fastify: "serve",
  "@fastify/rate-limit": "serve",
  "@fastify/swagger": "serve",
  "@fastify/swagger-ui": "serve",
  pino: "serve",
  "prom-client": "serve",
  "node-cron": "jobs",
  yauzl: "ingest",
  tinyglobby: "ingest",
  commander: "cli",
};
const ownerRules = Object.entries(owners).map(([dependency, folder]) => ({
  name: `owner-${dependency.replace(/\W/g, "-")}`,
  comment: `${dependency} is imported in src/${folder}/ only: use what that folder exports instead.`,
  severity: "error",
  from: { path: "^src/", pathNot: `^src/${folder}/` },
  to: { path: `^node_modules/${dependency}(/|$)` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...ownerRules,
    {
      name: "pure-core",
      comment:
        "spec, schema, clock, compile and plan are pure: no file, network, process, clock or randomness. Take what you need as a parameter; read it in engine/ or above.",
      severity: "error",
      from: { path: folders(["spec", "schema", "clock", "compile", "plan"]) },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "errors-are-rank-0",
      comment: "errors.ts is imported by everyone and imports nothing.",
      severity: "error",
      from: { path: "^src/errors\\.ts$" },
      to: { path: "^src/" },
    },
    {
      name: "client-stands-alone",
      comment:
        "src/client is published for other processes: it imports nothing of the product and no package.",
      severity: "error",
      from: { path: "^src/client/" },
      to: { pathNot: "^src/client/" },
    },
    {
      name: "no-cycles",
      comment: "Two files that need each other are one thing, or miss a third.",
      severity: "error",
      from: {},
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-tests-in-src",
      comment: "src/ never imports from test/ or bench/.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench)/" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};

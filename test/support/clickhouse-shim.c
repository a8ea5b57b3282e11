/* Runs libchdb's command line, which is clickhouse-local: shim <libchdb.so> <arguments>. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv) {
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  void *(*run)(int, char **) = library ? (void *(*)(int, char **))dlsym(library, "chdb_query_cmdline") : 0;
  const char *(*error)(void *) = library ? (const char *(*)(void *))dlsym(library, "chdb_result_error") : 0;
  if (!run || !error) return fprintf(stderr, "%s\n", dlerror()), 2;
  void *result = run(argc - 1, argv + 1);
  const char *text = result ? error(result) : 0;
  return text ? (fprintf(stderr, "%s\n", text), 1) : 0;
}

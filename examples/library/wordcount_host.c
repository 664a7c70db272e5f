/* examples/wordcount, a program for WASI, as a library: for each run an
 * instance that sees one directory for reading and the host's output, and whose
 * end is not the host's.
 *
 *   wrought build wordcount.wasm -o libwordcount.so
 *   cc wordcount_host.c libwordcount.so -o host && ./host DIRECTORY FILE */
#include "wordcount.h"

#include <stdio.h>

static int64_t count(const char *directory, const char *file) {
  const char *const arguments[] = {"wordcount", "-n", "2", file};
  const wrought_wasi_directory directories[] = {{directory, ".", 1}};
  const wrought_wasi_config wasi = {.arguments = arguments,
                                    .argument_count = 4,
                                    .directories = directories,
                                    .directory_count = 1,
                                    .streams = {{WROUGHT_WASI_CLOSED, 0},
                                                {WROUGHT_WASI_INHERIT, 0},
                                                {WROUGHT_WASI_INHERIT, 0}}};
  const wordcount_imports imports = {.wasi_config = &wasi};
  wordcount_instance *instance;
  wrought_result result =
      wordcount_instantiate(WROUGHT_ABI, &imports, NULL, &instance);
  if (result.code != WROUGHT_OK) {
    printf("failed: %s\n", result.error->message);
    return -1;
  }
  result = wordcount__start(instance);
  int64_t status = 0;
  if (result.code == WROUGHT_EXITED)
    status = result.error->host_status;
  else if (result.code != WROUGHT_OK)
    status = -1;
  wordcount_free(instance);
  return status;
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  setvbuf(stdout, NULL, _IONBF, 0);
  printf("status %d\n", (int)count(argv[1], argv[2]));
  printf("status %d\n", (int)count(argv[1], "../beyond"));
  printf("status %d\n", (int)count("/no/such/directory", argv[2]));
  return 0;
}

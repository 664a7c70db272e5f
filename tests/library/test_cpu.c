/* Whether the library runs on this CPU: "runs", or the error's text. */
#include "image.h"

#include <stdio.h>

int main(void) {
  image_instance *instance;
  image_pool *pool;
  /* The answer is the same each time. */
  for (int i = 0; i < 3; ++i) {
    const wrought_result result =
        image_instantiate(WROUGHT_ABI, NULL, NULL, &instance);
    if (result.code == WROUGHT_WRONG_CPU) {
      if (instance || image_pool_new(WROUGHT_ABI, 1, NULL, NULL, &pool).code !=
                          WROUGHT_WRONG_CPU)
        return 1;
      if (i == 2)
        printf("%s\n", result.error->message);
      continue;
    }
    int32_t value = 0;
    if (result.code != WROUGHT_OK || image_load(instance, 4096, &value).code ||
        value != 1 || image_free(instance).code)
      return 1;
    if (i == 2)
      printf("runs\n");
  }
  return 0;
}

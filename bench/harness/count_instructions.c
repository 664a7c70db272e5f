/* count_instructions.c - a TCG plugin for qemu-user that counts the
   instructions a program executes, and says how many at its end. The few
   declarations that it needs are written out, since Debian packages no header
   of them; the interface is version 1 of qemu's plugins, which qemu 4.2 and
   later load. */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
enum { AddToCounter = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id,
    void (*callback)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *block,
                                              int operation, void *counter,
                                              uint64_t amount);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
                                    void (*callback)(qemu_plugin_id_t, void *),
                                    void *data);
void qemu_plugin_outs(const char *text);

#define EXPORTED __attribute__((visibility("default")))
EXPORTED int qemu_plugin_version = 1;

static uint64_t count;

static void onBlock(qemu_plugin_id_t id, struct qemu_plugin_tb *block) {
  (void)id;
  qemu_plugin_register_vcpu_tb_exec_inline(block, AddToCounter, &count,
                                           qemu_plugin_tb_n_insns(block));
}

static void atEnd(qemu_plugin_id_t id, void *data) {
  char text[64];
  (void)id;
  (void)data;
  snprintf(text, sizeof text, "instructions %" PRIu64 "\n", count);
  qemu_plugin_outs(text);
}

EXPORTED int qemu_plugin_install(qemu_plugin_id_t id, const void *information,
                                 int argc, char **argv) {
  (void)information;
  (void)argc;
  (void)argv;
  qemu_plugin_register_vcpu_tb_trans_cb(id, onBlock);
  qemu_plugin_register_atexit_cb(id, atEnd, NULL);
  return 0;
}

#include "block.h"

#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64

static int live;

void count_live(int change) { __atomic_add_fetch(&live, change, __ATOMIC_RELAXED); }

int live_objects(void) { return __atomic_load_n(&live, __ATOMIC_RELAXED); }

struct block *block_create(size_t size) {
  struct block *block = malloc(sizeof *block);
  if (block == NULL) return NULL;
  /* aligned_alloc wants a multiple of the alignment. */
  size = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
  block->references = 1;
  block->octets = aligned_alloc(CACHE_LINE, size);
  if (block->octets == NULL) {
    free(block);
    return NULL;
  }
  /* JavaScript will see it: nothing of the process's past may stand in it. */
  memset(block->octets, 0, size);
  count_live(1);
  return block;
}

void block_retain(struct block *block) { __atomic_add_fetch(&block->references, 1, __ATOMIC_RELAXED); }

void block_release(struct block *block) {
  if (__atomic_sub_fetch(&block->references, 1, __ATOMIC_ACQ_REL) > 0) return;
  free(block->octets);
  free(block);
  count_live(-1);
}

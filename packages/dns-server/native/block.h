/* Memory that C and JavaScript share, counted: it lives until neither needs it. */
#ifndef KUBEZONE_BLOCK_H
#define KUBEZONE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

struct block {
  int references;
  uint8_t *octets;
};

/* Zeroed, with one reference; NULL where there is no memory. */
struct block *block_create(size_t size);

void block_retain(struct block *block);

/* From any thread. */
void block_release(struct block *block);

/* Sockets, batches and blocks that exist in the process: what a test of leaks reads. */
void count_live(int change);
int live_objects(void);

#endif

#define _GNU_SOURCE
#include "advice.h"

#include <sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The first version of `struct sched_attr` (sched_setattr(2)), which C libraries did not declare for long. */
struct attributes {
  uint32_t size;
  uint32_t policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime;
  uint64_t deadline;
  uint64_t period;
};

bool advise_huge_pages(void *memory, size_t length) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t start = ((uintptr_t)memory + page - 1) & ~(page - 1);
  const uintptr_t end = ((uintptr_t)memory + length) & ~(page - 1);
  return end > start && madvise((void *)start, end - start, MADV_HUGEPAGE) == 0;
}

bool ask_for_slice(unsigned long long nanoseconds) {
  struct attributes attributes = {.size = sizeof attributes};
  if (syscall(SYS_sched_getattr, 0, &attributes, (unsigned)sizeof attributes, 0) != 0) return false;
  /* Real-time threads have no slices of this kind, and whoever made them knew why. */
  if (attributes.policy != SCHED_OTHER) return false;
  attributes.runtime = nanoseconds;
  return syscall(SYS_sched_setattr, 0, &attributes, 0) == 0;
}

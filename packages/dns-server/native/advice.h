/* Hints for the kernel, without which everything works, slower. */
#ifndef KUBEZONE_ADVICE_H
#define KUBEZONE_ADVICE_H

#include <stdbool.h>
#include <stddef.h>

/* Asks for huge pages: a lookup among a million names else spends most of its time on the page tables. */
bool advise_huge_pages(void *memory, size_t length);

/*
 * Asks the scheduler for time slices of so many nanoseconds for the calling thread (Linux 6.12, EEVDF: between 0.1 and 100 ms). Who wants short slices gets them sooner: a
 * thread that wakes for a query then need not wait until a thread with longer ones, which shares its processor, has used its slice up. The share of the
 * processor stays the same. Older kernels take no notice.
 */
bool ask_for_slice(unsigned long long nanoseconds);

#endif

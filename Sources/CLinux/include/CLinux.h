// System calls and processor instructions that Swift's Glibc overlay does not offer: static inline
// functions only, no state; what needs intrinsics or
// GNU extensions is compiled in CLinux.c.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/// Continues a raw (not inverted) CRC-32C by the processor's instruction; call only where
/// clinux_has_crc32c() is not 0.
uint32_t clinux_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count);

/// The same, bit by bit, on every processor.
uint32_t clinux_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count);

/// Whether the processor has CRC-32C instructions.
int clinux_has_crc32c(void);

/// open(2) with a mode, which is variadic in C.
static inline int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

/// fallocate(2): reserves space and grows the file; returns 0 or -1 with errno.
int clinux_allocate(int fd, int64_t offset, int64_t size);

/// Drops a file's clean pages from the page cache; returns 0 or an errno value.
static inline int clinux_drop_cache(int fd) { return posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); }

/// Tells the kernel that a file will be read from front to back.
static inline int clinux_sequential(int fd) { return posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); }

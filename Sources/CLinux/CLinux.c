#define _GNU_SOURCE 1
#include "CLinux.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#define CLINUX_CRC32C_X86 1
#elif defined(__aarch64__)
#include <arm_acle.h>
#endif

uint32_t clinux_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
    }
    return crc;
}

#if defined(CLINUX_CRC32C_X86)
__attribute__((target("sse4.2"))) uint32_t clinux_crc32c_hardware(
    uint32_t crc, const uint8_t *bytes, size_t count) {
    uint64_t wide = crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        wide = _mm_crc32_u64(wide, word);
        bytes += 8;
        count -= 8;
    }
    uint32_t narrow = (uint32_t)wide;
    if (count >= 4) {
        uint32_t word;
        memcpy(&word, bytes, 4);
        narrow = _mm_crc32_u32(narrow, word);
        bytes += 4;
        count -= 4;
    }
    while (count--) narrow = _mm_crc32_u8(narrow, *bytes++);
    return narrow;
}
int clinux_has_crc32c(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
uint32_t clinux_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        crc = __crc32cd(crc, word);
        bytes += 8;
        count -= 8;
    }
    while (count--) crc = __crc32cb(crc, *bytes++);
    return crc;
}
int clinux_has_crc32c(void) { return 1; }
#else
uint32_t clinux_crc32c_hardware(uint32_t crc, const uint8_t *bytes, size_t count) {
    return clinux_crc32c_portable(crc, bytes, count);
}
int clinux_has_crc32c(void) { return 0; }
#endif

int clinux_allocate(int fd, int64_t offset, int64_t size) {
    return fallocate(fd, 0, (off_t)offset, (off_t)size);
}

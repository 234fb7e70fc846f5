// Bugs for the engine, put between it and the C library with LD_PRELOAD: a fault harness that does not find
// them proves nothing. PLANTED names the bug; without it, and in the product, nothing of this exists.
//
//   nosync        files are never synced                 nodirsync   directories are never synced
//   trustcache    the page cache is never dropped        ignore      failed writes pass for good ones
//   lazy          the last write to a file is held back  until the next call for it
//
// SHORT=n, SHORT=n+ is no bug but a fault: the nth write of a thread, or each from there on, writes half.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int planted(const char *bug) {
    const char *name = getenv("PLANTED");
    return name && strcmp(name, bug) == 0;
}

static int is_directory(int file) {
    struct stat status;
    return fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
}

typedef ssize_t (*write_call)(int, const void *, size_t, off_t);
typedef int (*file_call)(int);

static write_call real_pwrite(void) { return (write_call)dlsym(RTLD_NEXT, "pwrite"); }
static file_call real(const char *name) { return (file_call)dlsym(RTLD_NEXT, name); }

// The write that `lazy` holds back; one at a time.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    int file;
    void *bytes;
    size_t size;
    off_t offset;
} held = {-1, NULL, 0, 0};

static void let_go(void) {
    if (held.file >= 0) {
        real_pwrite()(held.file, held.bytes, held.size, held.offset);
        free(held.bytes);
        held.file = -1;
    }
}

static ssize_t hold(int file, const void *bytes, size_t size, off_t offset) {
    pthread_mutex_lock(&lock);
    let_go();
    held.bytes = malloc(size);
    memcpy(held.bytes, bytes, size);
    held.file = file, held.size = size, held.offset = offset;
    pthread_mutex_unlock(&lock);
    return (ssize_t)size;
}

static int is_cut_short(void) {
    static _Thread_local int calls = 0;
    const char *wanted = getenv("SHORT");
    if (!wanted) return 0;
    calls++;
    return calls == atoi(wanted) || (strchr(wanted, '+') && calls > atoi(wanted));
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    if (size > 1 && is_cut_short()) size /= 2;
    if (planted("lazy") && size > 1000) return hold(file, bytes, size, offset);
    ssize_t written = real_pwrite()(file, bytes, size, offset);
    if (written < 0 && errno != EINTR && planted("ignore")) return (ssize_t)size;
    return written;
}

ssize_t pread(int file, void *bytes, size_t size, off_t offset) {
    pthread_mutex_lock(&lock);
    let_go();
    pthread_mutex_unlock(&lock);
    return ((ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, "pread"))(file, bytes, size, offset);
}

int close(int file) {
    pthread_mutex_lock(&lock);
    let_go();
    pthread_mutex_unlock(&lock);
    return real("close")(file);
}

int fsync(int file) {
    if (is_directory(file) ? planted("nodirsync") : planted("nosync")) return 0;
    return real("fsync")(file);
}

int fdatasync(int file) {
    if (planted("nosync")) return 0;
    return real("fdatasync")(file);
}

int posix_fadvise(int file, off_t offset, off_t size, int advice) {
    if (planted("trustcache")) return 0;
    return ((int (*)(int, off_t, off_t, int))dlsym(RTLD_NEXT, "posix_fadvise"))(file, offset, size, advice);
}

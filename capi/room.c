/*
 * Room for Go's heap. Go ends the process where its heap cannot grow: below RLIMIT_AS, RLIMIT_DATA, or at the number of mappings that the
 * kernel allows. Its calls of mmap come here (-Wl,--wrap), and one that is refused is served from room that was kept since load. From then
 * on nothing new is begun until there is as much room again; what is under way has that much to end with.
 */
#define _GNU_SOURCE
#include "host.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/types.h>

void *__real_mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset);

/* Nothing in it is touched before it is used, so it is no memory. `writable` alternates with what is not, so that each piece is a mapping. */
struct kept {
    const size_t bytes, writable;
    char *at; /* NULL: given up */
    size_t used; /* of its beginning */
};

/*
 * The heap reserves address space by arenas of 64 MiB, and makes that writable by pieces of 4 MiB; its notes come in small pieces, wherever.
 * The first two are handed over as they are: a host may have lowered its limit below what it has, and then the kernel gives nothing,
 * whatever is given back, and otherwise somebody else could be quicker. The third makes room for what the kernel counts otherwise.
 */
static struct {
    pthread_mutex_t lock;
    struct kept arena, notes, pieces;
} room = {PTHREAD_MUTEX_INITIALIZER, {64 << 20, 0, NULL, 0}, {4 << 20, 4 << 20, NULL, 0}, {32 << 20, 4 << 20, NULL, 0}};

static int whole(struct kept *k)
{
    return __atomic_load_n(&k->at, __ATOMIC_RELAXED) != NULL && __atomic_load_n(&k->used, __ATOMIC_RELAXED) == 0;
}

int host_room_kept(void) { return whole(&room.arena) && whole(&room.notes) && whole(&room.pieces); }

static void give_up(struct kept *k)
{
    if (k->at != NULL && k->used < k->bytes)
        munmap(k->at + k->used, k->bytes - k->used);
    __atomic_store_n(&k->at, NULL, __ATOMIC_RELAXED);
}

/* 0, or an errno. */
static int keep(struct kept *k)
{
    if (whole(k))
        return 0;
    give_up(k);
    char *at = __real_mmap(NULL, k->bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        return errno;
    for (size_t piece = 0; k->writable != 0 && piece < k->bytes; piece += 2 * k->writable)
        if (mprotect(at + piece, k->writable, PROT_READ | PROT_WRITE) != 0) {
            int error = errno;
            munmap(at, k->bytes);
            return error;
        }
    __atomic_store_n(&k->used, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&k->at, at, __ATOMIC_RELAXED);
    return 0;
}

int host_room(void)
{
    if (host_room_kept())
        return 0;
    pthread_mutex_lock(&room.lock);
    int error = keep(&room.arena);
    if (error == 0)
        error = keep(&room.notes);
    if (error == 0)
        error = keep(&room.pieces);
    pthread_mutex_unlock(&room.lock);
    return error;
}

/* Moves the arena to where Go wants one, if that place is free: the kernel looks at that before it counts. */
static int move_arena(void *to, int flags)
{
    void *got = __real_mmap(to, room.arena.bytes, PROT_NONE, flags | MAP_FIXED_NOREPLACE, -1, 0);
    if (got == to)
        return 1;
    if (got != MAP_FAILED) /* a kernel that does not know the flag */
        munmap(got, room.arena.bytes);
    else if (errno == ENOMEM &&
             mremap(room.arena.at, room.arena.bytes, room.arena.bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED) {
        __atomic_store_n(&room.arena.at, NULL, __ATOMIC_RELAXED);
        return 1;
    }
    return 0;
}

static void *note(size_t bytes)
{
    enum { UNIT = 64 << 10 }; /* no page is larger */
    struct kept *k = &room.notes;
    bytes = (bytes + UNIT - 1) & ~(size_t)(UNIT - 1);
    if (k->at == NULL || k->bytes - k->used < bytes)
        return NULL;
    void *got = k->at + k->used;
    __atomic_store_n(&k->used, k->used + bytes, __ATOMIC_RELAXED);
    return got;
}

/* Serves what the kernel has refused. */
static void *serve(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    void *got;
    if (at == NULL && protection == (PROT_READ | PROT_WRITE) && (got = note(bytes)) != NULL)
        return got;
    give_up(&room.pieces); /* to move something takes some mappings */
    if (at != NULL && !(flags & MAP_FIXED) && protection == PROT_NONE && bytes == room.arena.bytes && whole(&room.arena) && move_arena(at, flags))
        return at;
    if (bytes >= room.arena.bytes)
        give_up(&room.arena);
    if ((got = __real_mmap(at, bytes, protection, flags, fd, offset)) != MAP_FAILED)
        return got;
    if (flags & MAP_FIXED && mprotect(at, bytes, protection) == 0) /* of what is reserved, and never was anything else */
        return at;
    return MAP_FAILED;
}

void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    void *got = __real_mmap(at, bytes, protection, flags, fd, offset);
    if (got != MAP_FAILED || errno != ENOMEM || !(flags & MAP_ANONYMOUS))
        return got;
    pthread_mutex_lock(&room.lock);
    got = serve(at, bytes, protection, flags, fd, offset);
    pthread_mutex_unlock(&room.lock);
    if (got == MAP_FAILED)
        errno = ENOMEM;
    return got;
}

/* Memory that is given back all at once. Where there is none, `take` jumps to where the work began. */

#include <setjmp.h>

typedef struct Chunk {
    struct Chunk *before;
    size_t used, room;
    max_align_t items[];
} Chunk;

typedef struct {
    Chunk *last;
    jmp_buf *no_memory;
} Arena;

enum { CHUNK = 1 << 16 };

/* So many items of this size, all 0. */
static void *take(Arena *arena, size_t n, size_t size) {
    size_t unit = sizeof(max_align_t), bytes = (n * size + unit - 1) / unit * unit;
    if (size && n > PY_SSIZE_T_MAX / 2 / size) longjmp(*arena->no_memory, 1);
    if (!arena->last || arena->last->room - arena->last->used < bytes) {
        size_t room = bytes > CHUNK ? bytes : CHUNK;
        Chunk *chunk = PyMem_Malloc(sizeof(Chunk) + room);
        if (!chunk) longjmp(*arena->no_memory, 1);
        *chunk = (Chunk){.before = arena->last, .room = room};
        arena->last = chunk;
    }
    void *at = (char *)arena->last->items + arena->last->used;
    arena->last->used += bytes;
    return memset(at, 0, bytes);
}

#define TAKE(arena, type, n) ((type *)take(arena, n, sizeof(type)))

/* Everything taken since there was the chunk `until`; the first chunk after it stays, for what comes next. */
static void give_back(Arena *arena) {
    while (arena->last && arena->last->before) {
        Chunk *before = arena->last->before;
        PyMem_Free(arena->last);
        arena->last = before;
    }
    if (arena->last) arena->last->used = 0;
}

static void drop_arena(Arena *arena) {
    give_back(arena);
    PyMem_Free(arena->last);
    arena->last = NULL;
}

/* Room for one more item of a list that grows, in an arena: the old place is lost until all is given back. */
#define GROW(arena, list, n, room)                                                                                     \
    do {                                                                                                               \
        if ((n) == (room)) {                                                                                           \
            size_t more = (room) ? 2 * (size_t)(room) : 8;                                                             \
            void *moved = take(arena, more, sizeof *(list));                                                           \
            if (n) memcpy(moved, list, (n) * sizeof *(list));                                                          \
            (list) = moved, (room) = more;                                                                             \
        }                                                                                                              \
    } while (0)

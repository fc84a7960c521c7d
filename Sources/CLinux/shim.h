#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// Declared only for C that asks for all of GNU: pipe(2), memmem(3) and, of posix_spawn(3), what goes beyond POSIX.
extern int pipe2(int ends[2], int flags);
extern void *memmem(const void *text, size_t length, const void *part, size_t part_length);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);

// pidfd_open(2): in older C libraries only by its number, and syscall(2) is variadic.
static inline int clinux_pidfd_open(pid_t process) {
  return (int)syscall(SYS_pidfd_open, process, 0);
}

#include <sys/epoll.h>

// pipe(2): declared only for C that asks for all of GNU.
extern int pipe2(int ends[2], int flags);

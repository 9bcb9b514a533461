/* A link with a round-trip time, for machines whose kernel has no netem.
 *
 *   delay-queue QUEUE HALF-RTT-IN-MICROSECONDS
 *
 * Takes every packet that a netfilter rule hands to queue number QUEUE, keeps
 * it for half a round trip and lets it go on, in the order of arrival. With
 * the rule on INPUT of a namespace's loopback, a TCP handshake costs one
 * round trip and so does every question and its answer; the TCP stack on both
 * sides is the real one, with its windows, its delayed acknowledgements and
 * its Nagle.
 *
 * Says "ready" on standard output when the queue is bound, and ends with its
 * standard input, so that it never outlives the bench that started it. */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <libnetfilter_queue/libnetfilter_queue.h>

/* Packets on their way at once; the kernel drops what exceeds its own limit,
 * which is set to the same. */
#define MAX_WAITING 65536

/* For the netlink socket: metadata of MAX_WAITING packets. */
#define SOCKET_BUFFER (64 * 1024 * 1024)

typedef struct
{
  uint32_t id;
  int64_t due; /* CLOCK_MONOTONIC, nanoseconds */
} Packet;

/* A ring: constant delay keeps the order, so the oldest is always due first. */
typedef struct
{
  Packet packets[MAX_WAITING];
  unsigned first;
  unsigned n;
  int64_t delay;
} Line;

static int64_t
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
on_packet (struct nfq_q_handle *queue, struct nfgenmsg *message,
           struct nfq_data *data, void *user)
{
  Line *line = user;
  struct nfqnl_msg_packet_hdr *header = nfq_get_msg_packet_hdr (data);
  Packet *packet;

  if (header == NULL)
    return 0;
  if (line->n == MAX_WAITING)
    {
      fprintf (stderr, "delay-queue: too many packets at once\n");
      exit (1);
    }

  packet = &line->packets[(line->first + line->n++) % MAX_WAITING];
  packet->id = ntohl (header->packet_id);
  packet->due = now_ns () + line->delay;
  return 0;
}

static void
release_due (Line *line, struct nfq_q_handle *queue)
{
  while (line->n > 0 && line->packets[line->first].due <= now_ns ())
    {
      nfq_set_verdict (queue, line->packets[line->first].id, NF_ACCEPT, 0,
                       NULL);
      line->first = (line->first + 1) % MAX_WAITING;
      line->n--;
    }
}

/* Sleeps until a packet comes, one is due, or standard input ends. */
static bool
wait_for_work (const Line *line, int fd)
{
  struct pollfd fds[] = { { fd, POLLIN, 0 }, { STDIN_FILENO, 0, 0 } };
  struct timespec left = { 0, 0 };
  int64_t ns = 0;

  if (line->n > 0)
    ns = line->packets[line->first].due - now_ns ();
  if (ns > 0)
    {
      left.tv_sec = ns / 1000000000;
      left.tv_nsec = ns % 1000000000;
    }

  if (ppoll (fds, 2, line->n > 0 ? &left : NULL, NULL) < 0 && errno != EINTR)
    return false;
  return fds[1].revents == 0;
}

/* Takes whatever the kernel has; FALSE when the socket is broken. */
static bool
read_packets (struct nfq_handle *handle, int fd)
{
  char buffer[65536];
  ssize_t len;

  while ((len = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    nfq_handle_packet (handle, buffer, (int) len);
  if (len < 0 && errno == ENOBUFS)
    fprintf (stderr, "delay-queue: the kernel dropped packets\n");
  return len < 0 && errno != EBADF;
}

static void
run (struct nfq_handle *handle, struct nfq_q_handle *queue, Line *line)
{
  int fd = nfq_fd (handle);

  while (wait_for_work (line, fd))
    {
      if (!read_packets (handle, fd))
        break;
      release_due (line, queue);
    }
}

int
main (int argc, char **argv)
{
  static Line line;
  struct sched_param priority = { .sched_priority = 10 };
  struct nfq_handle *handle;
  struct nfq_q_handle *queue;

  if (argc != 3)
    {
      fprintf (stderr, "usage: %s QUEUE HALF-RTT-IN-MICROSECONDS\n", argv[0]);
      return 2;
    }
  line.delay = strtoll (argv[2], NULL, 10) * 1000;

  handle = nfq_open ();
  if (handle == NULL)
    return perror ("nfq_open"), 1;
  queue = nfq_create_queue (handle, (uint16_t) atoi (argv[1]), on_packet,
                            &line);
  if (queue == NULL)
    return perror ("nfq_create_queue"), 1;

  /* Without the GSO flag the kernel would cut large packets into MTUs. */
  if (nfq_set_mode (queue, NFQNL_COPY_META, 0) < 0
      || nfq_set_queue_maxlen (queue, MAX_WAITING) < 0
      || nfq_set_queue_flags (queue, NFQA_CFG_F_GSO, NFQA_CFG_F_GSO) < 0)
    return perror ("nfq_set_mode"), 1;
  nfnl_rcvbufsiz (nfq_nfnlh (handle), SOCKET_BUFFER);

  /* Late packets would count as round trips of the client. It is only a
   * wish: without the privilege the figures are noisier. */
  sched_setscheduler (0, SCHED_FIFO, &priority);

  puts ("ready");
  fflush (stdout);
  run (handle, queue, &line);

  nfq_destroy_queue (queue);
  nfq_close (handle);
  return 0;
}

#pragma once

/* A scripted #ImHost: links are byte buffers the test reads and fills, time
 * stands still until the test moves it, random bytes count upwards. So a
 * session can be driven through any sequence, cut at any byte, without a
 * socket and without waiting. */

#include "im-host.h"

typedef struct _TestHost TestHost;

/** One link a session asked for, kept after its end for inspection. */
typedef struct
{
  char *host;
  guint16 port;
  gboolean tls;
  char *verify_name;
  gboolean opened;      /* the test said it is open */
  gboolean closed;      /* the session closed it, or the test did */
  gboolean held;        /* the session asked for a pause */
  GByteArray *written;  /* what the session sent and the test has not taken */
  GByteArray *pending;  /* what the test fed while the link was held */
} TestLink;

/** One HTTP request a session made, kept after its end. */
typedef struct
{
  char *method;
  char *url;
  char *content_type;   /* nullable */
  char **headers;       /* nullable: names and values in turn */
  GBytes *body;         /* nullable */
  gboolean secret;
  gboolean farewell;    /* nobody waits for what becomes of it */
  gsize max_body;
  char *cookies;        /* nullable: "NAME=value; NAME=value" as they go with
                           it, "" for none; NULL if it is not to have any */
  guint seconds;        /* as asked for; 0 for the usual ones */
  gboolean over;        /* answered, failed or cancelled */
} TestRequest;

TestHost *test_host_new (void);
void test_host_free (TestHost *test);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestHost, test_host_free)

/** Returns: (transfer none): @test as sessions know it */
ImHost *test_host_get (TestHost *test);

/** Returns: how many links were asked for so far */
guint test_host_n_links (TestHost *test);

/** Returns: (transfer none): link number @i, counted from 0 */
TestLink *test_host_link (TestHost *test, guint i);

/** Returns: the #ImProblem that the log calls @name */
int test_host_problem (const char *name);

/* What happens on a link. @problem is an #ImProblem, or -1 for an end in
 * order. Fed bytes wait while the session holds the link. */
void test_host_open (TestHost *test, guint i);
void test_host_feed (TestHost *test, guint i, const void *data, gsize len);
void test_host_feed_hex (TestHost *test, guint i, const char *hex);
void test_host_drop (TestHost *test, guint i, int problem);

/** Returns: how many HTTP requests were made so far */
guint test_host_n_requests (TestHost *test);

/** Returns: (transfer none): request number @i, counted from 0 */
TestRequest *test_host_request (TestHost *test, guint i);

/* What becomes of a request. @problem is an #ImProblem. */
void test_host_answer (TestHost *test, guint i,
                       const ImHttpResponse *response);
void test_host_fail_request (TestHost *test, guint i, int problem);

/** Puts a cookie into the jar, as an answer from @url with the header
 * Set-Cookie: @text would. Answers to requests that take cookies do that by
 * themselves. "Domain", "Max-Age" and "Secure" are understood. */
void test_host_set_cookie (TestHost *test, const char *url, const char *text);

/** Moves the clock, firing every timer that falls due, in order. */
void test_host_advance (TestHost *test, guint ms);

/** Fires timers that are due now, without moving the clock; returns when
 * none is left (a session's slices of work are timers of 0 ms). */
void test_host_settle (TestHost *test);

/** Returns: (transfer full): what was sent on link @i since last asked */
GBytes *test_host_take_written (TestHost *test, guint i);

/* Events are kept as lines of text, one each, such as
 * "message from=bob text=hi". */

/** Returns: (transfer none): all lines so far, newline separated */
const char *test_host_log (TestHost *test);

/** Forgets the lines so far. */
void test_host_clear_log (TestHost *test);

/** Fails the test unless a line of the log matches the glob @pattern. */
void test_host_expect (TestHost *test, const char *pattern);

/** Fails the test if a line of the log matches the glob @pattern. */
void test_host_forbid (TestHost *test, const char *pattern);

/** How many lines match. */
guint test_host_count (TestHost *test, const char *pattern);

/** Sets a function called with every event, after it was logged. */
void test_host_on_event (TestHost *test,
                         void (*func) (gpointer user, const ImEvent *event),
                         gpointer user);

/** Returns: (transfer none) (nullable): the bytes last reported in a cache
 * event called @name */
GBytes *test_host_cache (TestHost *test, const char *name);

/** Returns: (transfer none) (element-type utf8 GBytes): all of them, by
 * name */
GHashTable *test_host_caches (TestHost *test);

/** Keeps no log; for fuzzers. */
void test_host_set_quiet (TestHost *test, gboolean quiet);

/** Returns: how many timers wait; for leak checks after a session's end */
guint test_host_n_timers (TestHost *test);

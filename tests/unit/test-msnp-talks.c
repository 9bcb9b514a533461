/* Conversations against a scripted server: what is written when, what becomes
 * of every message, and that nothing is said twice or to nobody. */

#include <string.h>

#include "msnp-outgoing.h"
#include "msnp-session-private.h"
#include "msnp-talks.h"
#include "msnp-text.h"
#include "test-host.h"

#define PLACE "{5d3e02ab-6190-11d3-bbbb-00c04f795683}"
#define HELLO_HEADERS                                                          \
  "MIME-Version: 1.0\r\n"                                                      \
  "Content-Type: text/plain; charset=UTF-8\r\n"                                \
  "X-MMS-IM-Format: FN=Segoe%20UI; EF=; CO=0; CS=0; PF=0\r\n"                  \
  "\r\n"

/* A session that is online, without its sign-on. Link 0 is the notification
 * server's. */
typedef struct
{
  TestHost *test;
  MsnpSession *session;
  guint pieces; /* how many bytes are fed at a time; 0: all */
} Scene;

static guint feed_by;

/* The link to the notification server, without the sign-on that begins when
 * it opens. */
static void
on_ns_opened (gpointer user, MsnpConn *conn)
{
}

static void
on_ns_command (gpointer user, MsnpConn *conn, const MsnpCommand *command)
{
  msnp_ns_handlers.command (user, conn, command);
}

static void
on_ns_closed (gpointer user, MsnpConn *conn, const GError *error)
{
  msnp_ns_handlers.closed (user, conn, error);
}

static const MsnpConnHandlers ns_handlers = {
  .opened = on_ns_opened,
  .command = on_ns_command,
  .closed = on_ns_closed,
};

static void
scene_start (Scene *scene, guint version)
{
  MsnpConfig config = {
    .address = "alice@example.com",
    .server = "ns.example.com",
    .port = 1863,
    .machine = PLACE,
  };
  ImLinkTarget target = { .host = "ns.example.com", .port = 1863 };
  g_autoptr (ImSecret) password = im_secret_new ("secret");

  config.password = password;
  scene->test = test_host_new ();
  scene->session = msnp_session_new (test_host_get (scene->test), &config);
  scene->session->version = version;
  scene->session->state = MSNP_STATE_ONLINE;
  scene->session->ns = msnp_conn_open (test_host_get (scene->test), &target,
                                       &ns_handlers, scene->session);
  scene->pieces = feed_by;
  test_host_open (scene->test, 0);
}

static void
scene_end (Scene *scene)
{
  msnp_session_free (scene->session);
  g_assert_cmpuint (test_host_n_timers (scene->test), ==, 0);
  test_host_free (scene->test);
}

static void
feed (Scene *scene, guint link, const char *text)
{
  gsize len = strlen (text);

  if (scene->pieces == 0)
    {
      test_host_feed (scene->test, link, text, len);
      return;
    }
  for (gsize at = 0; at < len; at += scene->pieces)
    {
      if (test_host_link (scene->test, link)->closed)
        return;
      test_host_feed (scene->test, link, text + at,
                      MIN (scene->pieces, len - at));
    }
}

#define wrote(scene, link, expected)                                           \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *seen = taken (scene, link);                               \
    g_assert_cmpstr (seen, ==, expected);                                      \
  }                                                                            \
  G_STMT_END

static char *
taken (Scene *scene, guint link)
{
  g_autoptr (GBytes) bytes = test_host_take_written (scene->test, link);
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);

  return g_strndup (data != NULL ? data : "", len);
}

/* A MSG of @from. */
static void
feed_message (Scene *scene, guint link, const char *from, const char *payload)
{
  g_autofree char *line = g_strdup_printf (
      "MSG %s Nick %u\r\n%s", from, (guint)strlen (payload), payload);

  feed (scene, link, line);
}

static guint
say (Scene *scene, const char *to, const char *words)
{
  g_autoptr (ImText) text = im_text_new_plain (words);

  return msnp_session_send_message (scene->session, to, text);
}

static char *
message_of (guint id, const char *words)
{
  return g_strdup_printf ("MSG %u A %u\r\n%s%s", id,
                          (guint)(strlen (HELLO_HEADERS) + strlen (words)),
                          HELLO_HEADERS, words);
}

#define said(scene, link, id, words)                                           \
  G_STMT_START                                                                 \
  {                                                                            \
    g_autofree char *message = message_of (id, words);                         \
    wrote (scene, link, message);                                              \
  }                                                                            \
  G_STMT_END

static MsnpPerson *
befriend (Scene *scene, const char *address, MsnpStatus status)
{
  MsnpPerson *person = msnp_people_ensure (scene->session->people, address);

  person->lists |= MSNP_LIST_FORWARD | MSNP_LIST_ALLOW;
  person->status = status;
  return person;
}

/* Bob is called into a switchboard on link 1 and comes. */
static void
meet_bob (Scene *scene)
{
  feed (scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI 2700.0a\r\n");
  g_assert_cmpstr (test_host_link (scene->test, 1)->host, ==, "10.0.0.7");
  test_host_open (scene->test, 1);
  g_free (taken (scene, 1));
  feed (scene, 1,
        "USR 1 OK alice@example.com Alice\r\nCAL 2 RINGING abc\r\n"
        "JOI bob@example.com Bob 0\r\n");
}

/* --- Sending ------------------------------------------------------------ */

static void
test_call (void)
{
  Scene scene;
  guint id;

  scene_start (&scene, 12);
  id = say (&scene, "Bob@Example.com ", "hi");
  g_assert_cmpuint (id, ==, 1);
  wrote (&scene, 0, "XFR 1 SB\r\n");
  feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI 2700.0a\r\n");
  test_host_open (scene.test, 1);
  /* Both in one write; the text waits for somebody to read it. */
  wrote (&scene, 1, "USR 1 alice@example.com 2700.0a\r\n"
                    "CAL 2 bob@example.com\r\n");
  feed (&scene, 1, "USR 1 OK alice@example.com Alice\r\n"
                   "CAL 2 RINGING abc\r\n");
  wrote (&scene, 1, "");
  feed (&scene, 1, "JOI bob@example.com Bob 0\r\n");
  said (&scene, 1, 3, "hi");
  test_host_forbid (scene.test, "delivery*");
  feed (&scene, 1, "ACK 3\r\n");
  test_host_expect (scene.test, "delivery id=1 to=bob@example.com "
                                "outcome=accepted reason=none code=0 text=hi");
  /* The same switchboard takes the next. */
  say (&scene, "bob@example.com", "again");
  said (&scene, 1, 4, "again");
  wrote (&scene, 0, "");
  scene_end (&scene);
}

static void
test_call_places (void)
{
  Scene scene;

  scene_start (&scene, 18);
  say (&scene, "bob@example.com", "hi");
  feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI c U messenger.msn.com 1\r\n");
  test_host_open (scene.test, 1);
  wrote (&scene, 1, "USR 1 alice@example.com;" PLACE " c\r\n"
                    "CAL 2 bob@example.com\r\n");
  feed (&scene, 1, "USR 1 OK alice@example.com;" PLACE " Alice\r\n"
                   "CAL 2 RINGING abc\r\nJOI alice@example.com Alice 0:0\r\n");
  wrote (&scene, 1, "");
  feed (&scene, 1, "JOI bob@example.com;{0f000000-0000-0000-0000-000000000000}"
                   " Bob 0:0\r\nJOI bob@example.com Bob 0:0\r\n");
  said (&scene, 1, 3, "hi");
  test_host_forbid (scene.test, "chat*");
  /* One place of several goes. */
  feed (&scene, 1,
        "BYE bob@example.com;{0f000000-0000-0000-0000-000000000000}\r\n");
  say (&scene, "bob@example.com", "there?");
  said (&scene, 1, 4, "there?");
  feed (&scene, 1, "ACK 3\r\nACK 4\r\nBYE bob@example.com\r\n");
  g_assert_cmpuint (test_host_count (scene.test, "*outcome=accepted*"), ==, 2);
  g_assert_true (test_host_link (scene.test, 1)->closed);
  scene_end (&scene);
}

static void
test_queue (void)
{
  Scene scene;
  g_autofree char *first = message_of (3, "one");
  g_autofree char *second = message_of (4, "two");
  g_autofree char *both = g_strconcat (first, second, NULL);

  scene_start (&scene, 12);
  say (&scene, "bob@example.com", "one");
  say (&scene, "bob@example.com", "two");
  wrote (&scene, 0, "XFR 1 SB\r\n");
  meet_bob (&scene);
  wrote (&scene, 1, both);
  feed (&scene, 1, "ACK 3\r\nNAK 4\r\n");
  test_host_expect (scene.test, "delivery id=1 *accepted*");
  test_host_expect (scene.test, "delivery id=2 *failed reason=server*two");
  scene_end (&scene);
}

static void
test_refused (void)
{
  static const struct
  {
    guint code;
    const char *reason;
  } cases[] = {
    { 217, "offline" }, { 216, "offline" }, { 208, "server" },
    { 913, "hidden" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Scene scene;
      g_autofree char *line = g_strdup_printf ("%u 2\r\n", cases[i].code);
      g_autofree char *expected =
          g_strdup_printf ("delivery id=1 *outcome=failed reason=%s*text=hi",
                           cases[i].reason);

      scene_start (&scene, 8);
      say (&scene, "bob@example.com", "hi");
      feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI c\r\n");
      test_host_open (scene.test, 1);
      feed (&scene, 1, "USR 1 OK alice@example.com Alice\r\n");
      feed (&scene, 1, line);
      test_host_expect (scene.test, expected);
      g_assert_true (test_host_link (scene.test, 1)->closed);
      test_host_advance (scene.test, 120000);
      g_assert_cmpuint (test_host_count (scene.test, "delivery*"), ==, 1);
      scene_end (&scene);
    }
}

/* Asked for too many: it waits, says so once, and goes out in the end. */
static void
test_throttled (void)
{
  Scene scene;

  scene_start (&scene, 12);
  say (&scene, "bob@example.com", "hi");
  feed (&scene, 0, "800 1\r\n");
  test_host_expect (scene.test, "delivery id=1 *outcome=held*");
  g_free (taken (&scene, 0));
  test_host_advance (scene.test, 10000);
  wrote (&scene, 0, "XFR 2 SB\r\n");
  feed (&scene, 0, "XFR 2 SB 10.0.0.7:1864 CKI c\r\n");
  test_host_open (scene.test, 1);
  g_free (taken (&scene, 1));
  feed (&scene, 1, "USR 1 OK alice@example.com A\r\nJOI bob@example.com B\r\n");
  said (&scene, 1, 3, "hi");
  test_host_expect (scene.test, "delivery id=1 *outcome=sent*");
  scene_end (&scene);
}

static void
test_gives_up (void)
{
  Scene scene;

  scene_start (&scene, 8);
  say (&scene, "bob@example.com", "hi");
  feed (&scene, 0, "280 1\r\n");
  test_host_advance (scene.test, 20000);
  feed (&scene, 0, "280 2\r\n");
  test_host_advance (scene.test, 20000);
  test_host_forbid (scene.test, "delivery*");
  feed (&scene, 0, "280 3\r\n");
  test_host_expect (scene.test,
                    "delivery id=1 *outcome=failed reason=server code=280*");
  scene_end (&scene);
}

/* Servers leave much unanswered: nothing waits for ever. */
static void
test_silence (void)
{
  Scene scene;

  scene_start (&scene, 8);
  say (&scene, "bob@example.com", "hi");
  test_host_advance (scene.test, 200000);
  test_host_expect (scene.test, "delivery id=1 *outcome=failed*text=hi");
  g_assert_cmpuint (test_host_count (scene.test, "delivery*"), ==, 1);
  scene_end (&scene);

  /* They are called, and do not come. */
  scene_start (&scene, 8);
  say (&scene, "bob@example.com", "hi");
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *line =
          g_strdup_printf ("XFR %u SB 10.0.0.7:1864 CKI c\r\n", i);

      feed (&scene, 0, line);
      test_host_open (scene.test, i);
      feed (&scene, i, "USR 1 OK alice@example.com A\r\n"
                       "CAL 2 RINGING x\r\n");
      test_host_advance (scene.test, 40000);
    }
  test_host_expect (scene.test, "delivery id=1 *outcome=failed*text=hi");
  scene_end (&scene);

  /* Said, and never confirmed. */
  scene_start (&scene, 8);
  say (&scene, "bob@example.com", "hi");
  meet_bob (&scene);
  said (&scene, 1, 3, "hi");
  test_host_advance (scene.test, 60000);
  test_host_expect (scene.test, "delivery id=1 *outcome=unknown*text=hi");
  scene_end (&scene);
}

/* The link breaks at every step: each message has one outcome. */
static void
test_drops (void)
{
  for (guint step = 0; step < 4; step++)
    {
      Scene scene;

      scene_start (&scene, 8);
      say (&scene, "bob@example.com", "hi");
      for (guint try = 1; try <= 3; try++)
        {
          g_autofree char *line =
              g_strdup_printf ("XFR %u SB ns.example.com:1864 CKI c\r\n", try);

          feed (&scene, 0, line);
          if (step > 0)
            test_host_open (scene.test, try);
          if (step > 1)
            feed (&scene, try, "USR 1 OK alice@example.com A\r\n");
          if (step > 2)
            feed (&scene, try, "JOI bob@example.com B\r\n");
          test_host_drop (scene.test, try, IM_PROBLEM_LOST);
          if (step > 2)
            break;
          test_host_advance (scene.test, 20000);
        }
      test_host_expect (scene.test, step > 2
                                        ? "delivery id=1 *outcome=unknown*hi"
                                        : "delivery id=1 *outcome=failed*hi");
      test_host_advance (scene.test, 100000);
      g_assert_cmpuint (test_host_count (scene.test, "delivery*"), ==, 1);
      scene_end (&scene);
    }
}

static void
test_bye (void)
{
  Scene scene;

  scene_start (&scene, 12);
  say (&scene, "bob@example.com", "hi");
  meet_bob (&scene);
  said (&scene, 1, 3, "hi");
  feed (&scene, 1, "BYE bob@example.com\r\nACK 3\r\n");
  test_host_expect (scene.test, "delivery id=1 *outcome=unknown*");
  test_host_forbid (scene.test, "*accepted*");
  /* What comes next opens another one, without a word to the user. */
  g_free (taken (&scene, 0));
  say (&scene, "bob@example.com", "still there?");
  wrote (&scene, 0, "XFR 2 SB\r\n");
  scene_end (&scene);
}

static void
test_session_ends (void)
{
  Scene scene;

  scene_start (&scene, 12);
  say (&scene, "bob@example.com", "said");
  meet_bob (&scene);
  say (&scene, "carol@example.com", "waiting");
  msnp_session_fail_simple (scene.session, IM_PROBLEM_LOST, 0, NULL);
  test_host_expect (scene.test, "delivery id=1 *outcome=unknown*text=said");
  test_host_expect (scene.test,
                    "delivery id=2 *outcome=failed reason=disconnected*");
  g_assert_cmpuint (say (&scene, "bob@example.com", "late"), ==, 3);
  scene_end (&scene);
}

static void
test_refuses_itself (void)
{
  Scene scene;
  g_autofree char *huge = g_strnfill (IM_MAX_MESSAGE_TEXT + 1, 'x');
  MsnpPerson *bob;

  scene_start (&scene, 12);
  bob = befriend (&scene, "bob@example.com", MSNP_STATUS_ONLINE);
  g_assert_cmpuint (say (&scene, "bob@example.com", huge), ==, 0);
  bob->lists |= MSNP_LIST_BLOCK;
  say (&scene, "bob@example.com", "hi");
  test_host_expect (scene.test, "delivery *reason=you-block*");
  scene.session->state = MSNP_STATE_LISTS;
  say (&scene, "carol@example.com", "hi");
  test_host_expect (scene.test, "delivery *reason=disconnected*");
  wrote (&scene, 0, "");
  scene.session->state = MSNP_STATE_ONLINE;
  scene_end (&scene);
}

/* --- Long messages ------------------------------------------------------ */

/* Takes apart what was written: payloads of text, joined. Returns how many. */
static guint
read_parts (Scene *scene, guint link, gboolean chunked, GString *ret)
{
  g_autoptr (GBytes) bytes = test_host_take_written (scene->test, link);
  g_auto (MsnpFramer) framer = { 0 };
  MsnpCommand command;
  guint n = 0;
  gsize len;
  const void *data = g_bytes_get_data (bytes, &len);

  msnp_framer_init (&framer, MSNP_FROM_CLIENT);
  g_assert_true (msnp_push (&framer, data, len, NULL));
  while (msnp_next (&framer, &command, NULL) == MSNP_GOT)
    {
      g_auto (MsnpMime) mime = { NULL };

      g_assert_cmpuint (im_reader_left (&command.payload), <=,
                        MSNP_MAX_PAYLOAD);
      g_assert_true (msnp_mime_decode (&command.payload, &mime, NULL));
      g_assert_cmpint (msnp_mime_get (&mime, "Message-ID") != NULL, ==,
                       chunked);
      g_assert_true (g_utf8_validate ((const char *)mime.body.pos,
                                      (gssize)im_reader_left (&mime.body),
                                      NULL));
      g_string_append_len (ret, (const char *)mime.body.pos,
                           (gssize)im_reader_left (&mime.body));
      n++;
    }
  return n;
}

static void
test_long (void)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < 900; i++)
    g_string_append (words, i % 7 == 0 ? "чиж " : "хаус");
  for (guint chunked = 0; chunked < 2; chunked++)
    {
      Scene scene;
      g_autoptr (GString) seen = g_string_new (NULL);
      guint n;

      scene_start (&scene, 12);
      say (&scene, "bob@example.com", words->str);
      feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI c\r\n");
      test_host_open (scene.test, 1);
      g_free (taken (&scene, 1));
      feed (&scene, 1, "USR 1 OK alice@example.com A\r\n");
      feed (&scene, 1, chunked ? "JOI bob@example.com B 32\r\n"
                               : "JOI bob@example.com B 0\r\n");
      n = read_parts (&scene, 1, chunked != 0, seen);
      g_assert_cmpuint (n, >=, 4);
      g_assert_cmpstr (seen->str, ==, words->str);
      /* Confirmed when all of it is. */
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *line = g_strdup_printf ("ACK %u\r\n", 3 + i);

          test_host_forbid (scene.test, "delivery*");
          feed (&scene, 1, line);
        }
      test_host_expect (scene.test, "delivery id=1 *accepted*");
      scene_end (&scene);
    }
}

/* --- Being called ------------------------------------------------------- */

/* Bob calls and is there, on link 1. */
static void
bob_calls (Scene *scene)
{
  feed (scene, 0,
        "RNG abc123 10.0.0.7:1864 CKI c00k bob@example.com Bob%20B\r\n");
  test_host_open (scene->test, 1);
  g_free (taken (scene, 1));
  feed (scene, 1, "IRO 1 1 1 bob@example.com Bob%20B 0\r\nANS 1 OK\r\n");
}

static void
test_ring (void)
{
  Scene scene;

  scene_start (&scene, 12);
  feed (&scene, 0, "RNG abc123 10.0.0.7:1864 CKI c00k bob@example.com Bob\r\n");
  /* The same call twice is one. */
  feed (&scene, 0, "RNG abc123 10.0.0.7:1864 CKI c00l bob@example.com Bob\r\n");
  g_assert_cmpuint (test_host_n_links (scene.test), ==, 2);
  test_host_open (scene.test, 1);
  wrote (&scene, 1, "ANS 1 alice@example.com c00k abc123\r\n");
  /* What waits meanwhile goes there. */
  say (&scene, "bob@example.com", "you rang?");
  wrote (&scene, 0, "");
  feed (&scene, 1, "IRO 1 1 1 bob@example.com Bob 0\r\nANS 1 OK\r\n");
  said (&scene, 1, 2, "you rang?");
  feed_message (&scene, 1, "bob@example.com",
                "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello");
  test_host_expect (scene.test,
                    "message from=bob@example.com text=hello flags=0 time=0");
  scene_end (&scene);
}

static void
test_ring_judged (void)
{
  static const char *const ignored[] = {
    "RNG s evil.example.org:1864 CKI c bob@example.com Bob\r\n",
    "RNG s 10.0.0.7:1864 CKI c mallory@example.com M\r\n",
    "RNG s 10.0.0.7:0 CKI c bob@example.com Bob\r\n",
    "RNG\r\n",
    "RNG s\r\n",
    "RNG s 10.0.0.7:1864\r\n",
    "RNG s 10.0.0.7:1864 CKI c\r\n",
    "RNG s :1864 CKI c bob@example.com\r\n",
  };
  Scene scene;

  scene_start (&scene, 12);
  befriend (&scene, "mallory@example.com", MSNP_STATUS_ONLINE)->lists |=
      MSNP_LIST_BLOCK;
  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    feed (&scene, 0, ignored[i]);
  g_assert_cmpuint (test_host_n_links (scene.test), ==, 1);
  /* The own machine is certainly not where a remote server holds it. */
  feed (&scene, 0, "RNG s 127.0.0.1:1864 CKI c bob@example.com Bob\r\n");
  g_assert_cmpstr (test_host_link (scene.test, 1)->host, ==, "ns.example.com");
  g_assert_cmpint (test_host_link (scene.test, 1)->port, ==, 1864);
  /* Nor is an address that cannot be reached. */
  feed (&scene, 0, "RNG t 10.9.9.9:1864 CKI c carol@example.com Carol\r\n");
  test_host_drop (scene.test, 2, IM_PROBLEM_UNREACHABLE);
  g_assert_cmpstr (test_host_link (scene.test, 3)->host, ==, "ns.example.com");
  test_host_drop (scene.test, 3, IM_PROBLEM_UNREACHABLE);
  g_assert_cmpuint (test_host_n_links (scene.test), ==, 4);
  scene_end (&scene);
}

/* A storm of calls opens a handful of links. */
static void
test_ring_storm (void)
{
  Scene scene;

  scene_start (&scene, 12);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *line = g_strdup_printf (
          "RNG s%u 10.0.0.7:1864 CKI c u%u@example.com U\r\n", i, i);

      feed (&scene, 0, line);
    }
  g_assert_cmpuint (test_host_n_links (scene.test), ==, 17);
  scene_end (&scene);
}

static void
test_contents (void)
{
#define HEAD "MIME-Version: 1.0\r\nContent-Type: "
  static const struct
  {
    const char *payload;
    const char *expected; /* NULL: nothing at all */
  } cases[] = {
    { HEAD "text/plain; charset=UTF-8\r\nX-MMS-IM-Format: FN=Arial; EF=B; "
           "CO=ff; CS=0; PF=22\r\n\r\nсалют\r\nтам",
      "message from=bob@example.com text=салют*" },
    { HEAD "text/plain; charset=UTF-8\r\n\r\n\xff\xfe", "message *" },
    { HEAD "text/plain\r\n\r\n", NULL },
    { HEAD "text/x-msmsgscontrol\r\nTypingUser: eve@example.com\r\n\r\n\r\n",
      "typing from=bob@example.com state=1" },
    { HEAD "text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n",
      "attention from=bob@example.com" },
    { HEAD "text/x-msnmsgr-datacast\r\n\r\nID: 2\r\nData: <msnobj/>\r\n\r\n",
      "notice kind=unshown who=bob@example.com text=wink*" },
    { HEAD "text/x-msnmsgr-datacast\r\n\r\nID: 3\r\n\r\n",
      "notice kind=unshown * text=voice*" },
    { HEAD "text/x-msnmsgr-datacast\r\n\r\nID: x\r\n\r\n", NULL },
    { HEAD "image/gif\r\n\r\nbase64:R0lGODlh",
      "notice kind=unshown * text=ink*" },
    { HEAD "application/x-ms-ink\r\n\r\nbase64:AAA",
      "notice kind=unshown * text=ink*" },
    { HEAD "application/x-strange\r\n\r\nx",
      "notice kind=unshown * text=content*" },
    { HEAD "text/x-clientcaps\r\n\r\nClient-Name: x/1\r\n", NULL },
    { HEAD "text/x-keepalive\r\n\r\n", NULL },
    { HEAD "text/x-mms-emoticon\r\n\r\n(cat)\t<msnobj/>\t", NULL },
    { HEAD "text/x-msmsgsprofile\r\n\r\nMSPAuth: x\r\n", NULL },
    { HEAD "text/x-unheard-of\r\n\r\n", NULL },
    { "", NULL },
    { "\r\n\r\n", NULL },
    { "no headers at all", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Scene scene;

      scene_start (&scene, 12);
      bob_calls (&scene);
      feed_message (&scene, 1, "bob@example.com", cases[i].payload);
      if (cases[i].expected != NULL)
        test_host_expect (scene.test, cases[i].expected);
      else
        g_assert_cmpstr (test_host_log (scene.test), ==, "");
      /* Only who takes part may speak, whatever name goes with it. */
      test_host_clear_log (scene.test);
      feed_message (&scene, 1, "eve@example.com", cases[i].payload);
      g_assert_cmpstr (test_host_log (scene.test), ==, "");
      befriend (&scene, "bob@example.com", MSNP_STATUS_ONLINE)->lists |=
          MSNP_LIST_BLOCK;
      feed_message (&scene, 1, "bob@example.com", cases[i].payload);
      g_assert_cmpstr (test_host_log (scene.test), ==, "");
      scene_end (&scene);
    }
}

static void
test_no_nick (void)
{
  Scene scene;

  scene_start (&scene, 12);
  bob_calls (&scene);
  feed (&scene, 1, "MSG bob@example.com 45\r\n" HEAD "text/plain\r\n\r\n");
  feed (&scene, 1, "x");
  test_host_forbid (scene.test, "*");
  feed (&scene, 1, "MSG BOB@example.com 46\r\nMIME");
  scene_end (&scene);
}

static void
test_typing (void)
{
  static const char typing[] =
      HEAD "text/x-msmsgscontrol\r\nTypingUser: bob@example.com\r\n\r\n\r\n";
  Scene scene;

  scene_start (&scene, 12);
  /* No switchboard is opened for it. */
  msnp_session_send_typing (scene.session, "bob@example.com",
                            IM_TYPING_TYPING);
  wrote (&scene, 0, "");
  bob_calls (&scene);
  feed_message (&scene, 1, "bob@example.com", typing);
  feed_message (&scene, 1, "bob@example.com", typing);
  g_assert_cmpuint (test_host_count (scene.test, "typing *state=1"), ==, 1);
  test_host_advance (scene.test, 8000);
  test_host_expect (scene.test, "typing *state=0");
  test_host_clear_log (scene.test);
  feed_message (&scene, 1, "bob@example.com", typing);
  feed_message (&scene, 1, "bob@example.com",
                HEAD "text/plain\r\n\r\ndone");
  test_host_expect (scene.test, "typing *state=0");
  msnp_session_send_typing (scene.session, "bob@example.com",
                            IM_TYPING_TYPING);
  wrote (&scene, 1,
         "MSG 2 U 90\r\n" HEAD "text/x-msmsgscontrol\r\n"
         "TypingUser: alice@example.com\r\n\r\n\r\n");
  msnp_session_send_typing (scene.session, "bob@example.com",
                            IM_TYPING_TYPING);
  msnp_session_send_typing (scene.session, "bob@example.com",
                            IM_TYPING_STOPPED);
  wrote (&scene, 1, "");
  test_host_advance (scene.test, 5000);
  msnp_session_send_typing (scene.session, "bob@example.com",
                            IM_TYPING_TYPING);
  wrote (&scene, 1,
         "MSG 3 U 90\r\n" HEAD "text/x-msmsgscontrol\r\n"
         "TypingUser: alice@example.com\r\n\r\n\r\n");
  scene_end (&scene);
}

static void
test_nudge (void)
{
  static const char nudge[] =
      HEAD "text/x-msnmsgr-datacast\r\n\r\nID: 1\r\n\r\n";
  Scene scene;

  scene_start (&scene, 12);
  befriend (&scene, "carol@example.com", MSNP_STATUS_OFFLINE);
  g_assert_false (msnp_session_send_nudge (scene.session, "carol@example.com"));
  bob_calls (&scene);
  g_assert_true (msnp_session_send_nudge (scene.session, "bob@example.com"));
  wrote (&scene, 1, "MSG 2 N 69\r\n" HEAD "text/x-msnmsgr-datacast\r\n\r\n"
                    "ID: 1\r\n\r\n");
  g_assert_false (msnp_session_send_nudge (scene.session, "bob@example.com"));
  for (guint i = 0; i < 10; i++)
    feed_message (&scene, 1, "bob@example.com", nudge);
  g_assert_cmpuint (test_host_count (scene.test, "attention*"), ==, 1);
  test_host_advance (scene.test, 6000);
  g_assert_true (msnp_session_send_nudge (scene.session, "bob@example.com"));
  feed_message (&scene, 1, "bob@example.com", nudge);
  g_assert_cmpuint (test_host_count (scene.test, "attention*"), ==, 2);
  scene_end (&scene);
}

static void
test_chunks (void)
{
  Scene scene;

  scene_start (&scene, 12);
  bob_calls (&scene);
  feed_message (&scene, 1, "bob@example.com",
                HEAD "text/plain\r\nMessage-ID: {1}\r\nChunks: 2\r\n\r\nhel");
  test_host_forbid (scene.test, "*");
  feed_message (&scene, 1, "bob@example.com",
                "Message-ID: {1}\r\nChunk: 1\r\n\r\nlo");
  test_host_expect (scene.test, "message *text=hello *");
  feed_message (&scene, 1, "bob@example.com",
                "Message-ID: {2}\r\nChunk: 99999999\r\n\r\nlo");
  g_assert_cmpuint (test_host_count (scene.test, "?*"), ==, 1);
  scene_end (&scene);
}

/* We said it at another place; it belongs into the same window. */
static void
test_own (void)
{
  Scene scene;

  scene_start (&scene, 18);
  bob_calls (&scene);
  feed (&scene, 1, "JOI alice@example.com;{0}" " A 0:0\r\n");
  feed_message (&scene, 1, "alice@example.com",
                HEAD "text/plain\r\n\r\nfrom my telephone");
  test_host_expect (scene.test, "message from=bob@example.com "
                                "text=from my telephone flags=64 *");
  feed_message (&scene, 1, "alice@example.com",
                HEAD "text/x-msmsgscontrol\r\nTypingUser: a\r\n\r\n\r\n");
  g_assert_cmpuint (test_host_count (scene.test, "?*"), ==, 1);
  scene_end (&scene);
}

static void
test_idle (void)
{
  Scene scene;

  scene_start (&scene, 12);
  bob_calls (&scene);
  test_host_advance (scene.test, 200000);
  g_assert_false (test_host_link (scene.test, 1)->closed);
  test_host_advance (scene.test, 120000);
  g_assert_true (test_host_link (scene.test, 1)->closed);
  wrote (&scene, 1, "OUT\r\n");
  g_assert_cmpstr (test_host_log (scene.test), ==, "");
  /* The user closes a conversation: what was said is confirmed first. */
  say (&scene, "bob@example.com", "bye");
  feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI c\r\n");
  test_host_open (scene.test, 2);
  feed (&scene, 2, "USR 1 OK alice@example.com A\r\nJOI bob@example.com B\r\n");
  msnp_session_close_talk (scene.session, "bob@example.com");
  g_assert_false (test_host_link (scene.test, 2)->closed);
  feed (&scene, 2, "ACK 3\r\n");
  test_host_advance (scene.test, 30000);
  g_assert_false (test_host_link (scene.test, 2)->closed);
  test_host_advance (scene.test, 40000);
  g_assert_true (test_host_link (scene.test, 2)->closed);
  test_host_expect (scene.test, "delivery id=1 *accepted*");
  scene_end (&scene);
}

/* --- Invitations -------------------------------------------------------- */

static void
test_invitation (void)
{
  static const char invite[] =
      HEAD "text/x-msmsgsinvite; charset=UTF-8\r\n\r\n"
           "Application-Name: File Transfer\r\n"
           "Application-GUID: {5D3E02AB-6190-11d3-BBBB-00C04F795683}\r\n"
           "Invitation-Command: INVITE\r\nInvitation-Cookie: 8123\r\n"
           "Application-File: a.txt\r\nApplication-FileSize: 12\r\n\r\n";
  static const char *const bad[] = {
    HEAD "text/x-msmsgsinvite\r\n\r\nInvitation-Command: INVITE\r\n",
    HEAD "text/x-msmsgsinvite\r\n\r\nInvitation-Command: INVITE\r\n"
         "Invitation-Cookie: -1\r\n",
    HEAD "text/x-msmsgsinvite\r\n\r\nInvitation-Command: CANCEL\r\n"
         "Invitation-Cookie: 8123\r\nCancel-Code: TIMEOUT\r\n",
    HEAD "text/x-msmsgsinvite\r\n",
  };
  Scene scene;
  g_autofree char *answer = NULL;

  scene_start (&scene, 12);
  bob_calls (&scene);
  feed_message (&scene, 1, "bob@example.com", invite);
  answer = taken (&scene, 1);
  g_assert_true (g_str_has_prefix (answer, "MSG 2 N "));
  g_assert_nonnull (strstr (answer, "Invitation-Command: CANCEL\r\n"
                                    "Invitation-Cookie: 8123\r\n"
                                    "Cancel-Code: REJECT\r\n\r\n"));
  test_host_expect (scene.test, "notice kind=declined who=bob@example.com *");
  test_host_clear_log (scene.test);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    feed_message (&scene, 1, "bob@example.com", bad[i]);
  wrote (&scene, 1, "");
  g_assert_cmpstr (test_host_log (scene.test), ==, "");
  scene_end (&scene);
}

static const char slp[] =
    "INVITE MSNMSGR:alice@example.com MSNSLP/1.0\r\n"
    "To: <msnmsgr:alice@example.com>\r\nFrom: <msnmsgr:bob@example.com>\r\n"
    "Via: MSNSLP/1.0/TLP ;branch={CDE28DAF-B67C-4B2D-8186-D3F46EEF0916}\r\n"
    "CSeq: 0 \r\nCall-ID: {F87327A8-741F-4FEF-AB63-45D06F51A0C2}\r\n"
    "Max-Forwards: 0\r\nContent-Type: application/x-msnmsgr-sessionreqbody\r\n"
    "Content-Length: 133\r\n\r\n"
    "EUF-GUID: {5D3E02AB-6190-11D3-BBBB-00C04F795683}\r\n"
    "SessionID: 180646677\r\nAppID: 2\r\nContext: fgIAAAMAAAA=\r\n\r\n";

static void
feed_packet (Scene *scene, guint64 offset, guint64 total, guint32 size,
             guint32 flags, const char *data, gsize len)
{
  g_auto (ImWriter) writer = { 0 };
  g_autofree char *line = NULL;

  im_writer_init (&writer, 65536);
  msnp_mime_begin (&writer, "application/x-msnmsgrp2p");
  msnp_mime_add (&writer, "P2P-Dest", "alice@example.com");
  msnp_mime_end (&writer);
  im_writer_u32le (&writer, 0);
  im_writer_u32le (&writer, 0x0ac47447);
  im_writer_u32le (&writer, (guint32)offset);
  im_writer_u32le (&writer, (guint32)(offset >> 32));
  im_writer_u32le (&writer, (guint32)total);
  im_writer_u32le (&writer, (guint32)(total >> 32));
  im_writer_u32le (&writer, size);
  im_writer_u32le (&writer, flags);
  im_writer_u32le (&writer, 0x0ac56e77);
  im_writer_u32le (&writer, 0);
  im_writer_u32le (&writer, 0);
  im_writer_u32le (&writer, 0);
  im_writer_raw (&writer, data, len);
  im_writer_u32 (&writer, 0);
  line = g_strdup_printf ("MSG bob@example.com Bob %u\r\n", writer.bytes->len);
  test_host_feed (scene->test, 1, line, strlen (line));
  test_host_feed (scene->test, 1, writer.bytes->data, writer.bytes->len);
}

/* Two packets of type D: an acknowledgement and a decline. */
static void
test_p2p (void)
{
  Scene scene;
  g_autoptr (GBytes) bytes = NULL;
  g_auto (MsnpFramer) framer = { 0 };
  MsnpCommand command;
  const guint8 *data;
  gsize len;

  scene_start (&scene, 12);
  bob_calls (&scene);
  feed_packet (&scene, 0, sizeof slp, sizeof slp, 0, slp, sizeof slp);
  bytes = test_host_take_written (scene.test, 1);
  data = g_bytes_get_data (bytes, &len);
  msnp_framer_init (&framer, MSNP_FROM_CLIENT);
  g_assert_true (msnp_push (&framer, data, len, NULL));
  g_assert_cmpint (msnp_next (&framer, &command, NULL), ==, MSNP_GOT);
  g_assert_true (im_word_is (msnp_command_param (&command, 0), "D"));
  /* What is acknowledged, and all of it. */
  data = command.payload.end - 52;
  g_assert_cmpmem (data + 28, 8, "\x02\0\0\0\x47\x74\xc4\x0a", 8);
  g_assert_cmpuint (data[40] | data[41] << 8, ==, sizeof slp);
  g_assert_cmpint (msnp_next (&framer, &command, NULL), ==, MSNP_GOT);
  data = (const guint8 *)g_strstr_len (
      (const char *)command.payload.pos,
      (gssize)im_reader_left (&command.payload), "\r\n\r\n");
  g_assert_nonnull (data);
  g_assert_true (g_str_has_prefix ((const char *)data + 4 + 48,
                                   "MSNSLP/1.0 603 Decline\r\n"
                                   "To: <msnmsgr:bob@example.com>\r\n"));
  g_assert_nonnull (strstr ((const char *)data + 4 + 48,
                            "Content-Length: 25\r\n\r\n"
                            "SessionID: 180646677\r\n\r\n"));
  g_assert_cmpint (msnp_next (&framer, &command, NULL), ==, MSNP_NEED_MORE);
  test_host_expect (scene.test, "notice kind=declined who=bob@example.com *");
  scene_end (&scene);
}

static void
test_p2p_hostile (void)
{
  static const guint64 offsets[] = { 0, 1, 0x7fffffff, 0xffffffff,
                                     0x7fffffffffffffff, G_MAXUINT64 - 2047,
                                     G_MAXUINT64 };
  static const guint32 sizes[] = { 0, 1, 5, 1202, 0x7fffffff, G_MAXUINT32 };
  Scene scene;

  scene_start (&scene, 12);
  bob_calls (&scene);
  for (guint o = 0; o < G_N_ELEMENTS (offsets); o++)
    for (guint t = 0; t < G_N_ELEMENTS (offsets); t++)
      for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
        if (offsets[o] != 0 || sizes[s] > sizeof slp)
          feed_packet (&scene, offsets[o], offsets[t], sizes[s], 0, slp, 40);
  for (gsize len = 0; len < sizeof slp; len++)
    feed_packet (&scene, 0, len + 1, (guint32)len, 0, slp, len);
  /* Acknowledgements are not acknowledged: nobody plays ball with us. */
  g_free (taken (&scene, 1));
  feed_packet (&scene, 0, 10, 10, 0x2, "0123456789", 10);
  wrote (&scene, 1, "");
  scene_end (&scene);
}

/* --- Several ------------------------------------------------------------ */

static void
test_third (void)
{
  Scene scene;
  g_autoptr (ImText) text = im_text_new_plain ("hi all");

  scene_start (&scene, 12);
  say (&scene, "bob@example.com", "hi");
  meet_bob (&scene);
  said (&scene, 1, 3, "hi");
  feed (&scene, 1, "JOI carol@example.com Carol 0\r\n");
  test_host_expect (scene.test, "chat-joined chat=1 *");
  test_host_expect (scene.test, "chat-members chat=1 "
                                "names=alice@example.com,bob@example.com "
                                "arrived=1 present=1");
  test_host_expect (scene.test, "chat-members chat=1 names=carol@example.com "
                                "arrived=1 present=0");
  /* What was said before is still confirmed to where it was said. */
  feed (&scene, 1, "ACK 3\r\n");
  test_host_expect (scene.test, "delivery id=1 *accepted*");
  feed_message (&scene, 1, "bob@example.com", HEAD "text/plain\r\n\r\nboth");
  test_host_expect (scene.test,
                    "chat-message chat=1 from=bob@example.com text=both *");
  test_host_forbid (scene.test, "message *");
  g_assert_true (msnp_session_say_in_chat (scene.session, 1, text));
  test_host_expect (scene.test, "chat-message chat=1 from=alice@example.com "
                                "text=hi all whisper=0 mine=1");
  said (&scene, 1, 4, "hi all");
  feed (&scene, 1, "NAK 4\r\n");
  test_host_expect (scene.test, "delivery id=2 to=msn-chat-1 outcome=failed *");
  feed (&scene, 1, "BYE carol@example.com\r\n");
  test_host_expect (scene.test, "chat-members chat=1 names=carol@example.com "
                                "arrived=0 *");
  /* A word to one of them is a conversation of its own. */
  g_free (taken (&scene, 0));
  say (&scene, "bob@example.com", "just you");
  wrote (&scene, 0, "XFR 2 SB\r\n");
  msnp_session_leave_chat (scene.session, 1);
  g_assert_true (test_host_link (scene.test, 1)->closed);
  wrote (&scene, 1, "OUT\r\n");
  g_assert_false (msnp_session_say_in_chat (scene.session, 1, text));
  scene_end (&scene);
}

/* Called into one that has two already. */
static void
test_called_into_several (void)
{
  Scene scene;

  scene_start (&scene, 12);
  feed (&scene, 0, "RNG s 10.0.0.7:1864 CKI c bob@example.com Bob\r\n");
  test_host_open (scene.test, 1);
  feed (&scene, 1, "IRO 1 1 2 carol@example.com C\r\n"
                   "IRO 1 2 2 bob@example.com B\r\nANS 1 OK\r\n");
  test_host_expect (scene.test,
                    "chat-members chat=1 names=alice@example.com,"
                    "carol@example.com,bob@example.com arrived=1 present=1");
  g_assert_cmpuint (test_host_count (scene.test, "chat-members*"), ==, 1);
  scene_end (&scene);
}

static void
test_start_chat (void)
{
  Scene scene;
  guint chat;

  scene_start (&scene, 12);
  chat = msnp_session_start_chat (scene.session);
  g_assert_cmpuint (chat, !=, 0);
  msnp_session_invite (scene.session, chat, "bob@example.com");
  feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI c\r\n");
  test_host_open (scene.test, 1);
  wrote (&scene, 1, "USR 1 alice@example.com c\r\nCAL 2 bob@example.com\r\n");
  feed (&scene, 1, "USR 1 OK alice@example.com A\r\nCAL 2 RINGING s\r\n");
  test_host_expect (scene.test, "chat-joined chat=1 *");
  msnp_session_invite (scene.session, chat, "carol@example.com");
  wrote (&scene, 1, "CAL 3 carol@example.com\r\n");
  feed (&scene, 1, "217 3\r\nJOI bob@example.com B\r\n");
  test_host_expect (scene.test,
                    "notice kind=not-invited who=carol@example.com *count=217");
  test_host_expect (scene.test, "chat-members *names=bob@example.com "
                                "arrived=1 present=0");
  scene_end (&scene);

  scene_start (&scene, 12);
  msnp_session_start_chat (scene.session);
  feed (&scene, 0, "913 1\r\n");
  test_host_expect (scene.test, "chat-failed chat=1 * problem=refused-request");
  scene_end (&scene);
}

static void
test_widen (void)
{
  Scene scene;

  scene_start (&scene, 12);
  say (&scene, "bob@example.com", "hi");
  meet_bob (&scene);
  g_assert_cmpuint (
      msnp_session_widen_talk (scene.session, "bob@example.com"), ==, 1);
  test_host_forbid (scene.test, "chat*");
  test_host_settle (scene.test);
  test_host_expect (scene.test, "chat-joined chat=1 *");
  test_host_expect (scene.test, "chat-members * names=alice@example.com,"
                                "bob@example.com arrived=1 present=1");
  /* Nobody to widen it with yet: they are called. */
  g_free (taken (&scene, 0));
  g_assert_cmpuint (
      msnp_session_widen_talk (scene.session, "carol@example.com"), ==, 2);
  wrote (&scene, 0, "XFR 2 SB\r\n");
  scene_end (&scene);
}

/* A lost link, or silence, does not end a conversation of several: the next
 * word calls everybody back. */
static void
test_chat_heals (void)
{
  Scene scene;
  g_autoptr (ImText) text = im_text_new_plain ("back?");

  scene_start (&scene, 12);
  bob_calls (&scene);
  feed (&scene, 1, "JOI carol@example.com C\r\n");
  feed (&scene, 1, "BYE carol@example.com 1\r\n");
  test_host_drop (scene.test, 1, IM_PROBLEM_LOST);
  test_host_expect (scene.test, "chat-members *names=bob@example.com "
                                "arrived=0 *");
  test_host_forbid (scene.test, "chat-left*");
  g_assert_true (msnp_session_say_in_chat (scene.session, 1, text));
  wrote (&scene, 0, "XFR 1 SB\r\n");
  feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI c\r\n");
  test_host_open (scene.test, 2);
  wrote (&scene, 2, "USR 1 alice@example.com c\r\nCAL 2 carol@example.com\r\n"
                    "CAL 3 bob@example.com\r\n");
  feed (&scene, 2, "USR 1 OK alice@example.com A\r\n217 2\r\n"
                   "JOI bob@example.com B\r\n");
  said (&scene, 2, 4, "back?");
  g_assert_cmpuint (test_host_count (scene.test, "chat-message*"), ==, 1);
  g_assert_cmpuint (test_host_count (scene.test, "chat-joined*"), ==, 1);
  scene_end (&scene);

  /* Nobody comes. */
  scene_start (&scene, 12);
  bob_calls (&scene);
  feed (&scene, 1, "JOI carol@example.com C\r\n");
  test_host_drop (scene.test, 1, IM_PROBLEM_LOST);
  msnp_session_say_in_chat (scene.session, 1, text);
  feed (&scene, 0, "XFR 1 SB 10.0.0.7:1864 CKI c\r\n");
  test_host_open (scene.test, 2);
  feed (&scene, 2, "USR 1 OK alice@example.com A\r\n217 2\r\n217 3\r\n");
  test_host_expect (scene.test, "delivery *to=msn-chat-1 outcome=failed "
                                "reason=offline*");
  scene_end (&scene);
}

static void
test_chat_kept_open (void)
{
  Scene scene;
  g_autofree char *seen = NULL;

  scene_start (&scene, 12);
  bob_calls (&scene);
  feed (&scene, 1, "JOI carol@example.com C\r\n");
  test_host_advance (scene.test, 600000);
  g_assert_false (test_host_link (scene.test, 1)->closed);
  seen = taken (&scene, 1);
  g_assert_nonnull (strstr (seen, "text/x-keepalive"));
  scene_end (&scene);
}

/* --- Hostile ------------------------------------------------------------ */

/* Every command of a switchboard with too few words, or wrong ones. */
static void
test_hostile_lines (void)
{
  static const char *const lines[] = {
    "JOI", "JOI \xff", "JOI @", "IRO", "IRO 1", "IRO 1 1 1", "BYE", "BYE x",
    "BYE nobody@example.com 1", "ACK", "ACK 99", "NAK", "NAK 0", "CAL", "CAL 2",
    "USR", "ANS", "OUT OTH", "217", "217 4294967295", "911", "XFR 1", "QNG",
    "MSG x y 0", "MSG bob@example.com 0", "\xc3\xa9", "911 77",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      Scene scene;
      g_autofree char *line = g_strconcat (lines[i], "\r\n", NULL);

      scene_start (&scene, 12);
      say (&scene, "bob@example.com", "hi");
      meet_bob (&scene);
      feed (&scene, 1, line);
      if (!test_host_link (scene.test, 1)->closed)
        feed (&scene, 1, "ACK 3\r\n");
      g_assert_cmpuint (test_host_count (scene.test, "delivery id=1 *"), ==, 1);
      scene_end (&scene);
    }
}

static void
test_crowd (void)
{
  Scene scene;

  scene_start (&scene, 12);
  bob_calls (&scene);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *line =
          g_strdup_printf ("JOI u%u@example.com U\r\n", i);

      feed (&scene, 1, line);
    }
  g_assert_cmpuint (test_host_count (scene.test, "chat-members*"), <, 260);
  scene_end (&scene);
}

/* Everything that was said at once is taken apart the same, byte by byte. */
static void
test_bytewise (void)
{
  feed_by = 1;
  test_call ();
  test_call_places ();
  test_queue ();
  test_ring ();
  test_contents ();
  test_chunks ();
  test_third ();
  test_start_chat ();
  feed_by = 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/talks/call", test_call);
  g_test_add_func ("/msnp/talks/call-places", test_call_places);
  g_test_add_func ("/msnp/talks/queue", test_queue);
  g_test_add_func ("/msnp/talks/refused", test_refused);
  g_test_add_func ("/msnp/talks/throttled", test_throttled);
  g_test_add_func ("/msnp/talks/gives-up", test_gives_up);
  g_test_add_func ("/msnp/talks/silence", test_silence);
  g_test_add_func ("/msnp/talks/drops", test_drops);
  g_test_add_func ("/msnp/talks/bye", test_bye);
  g_test_add_func ("/msnp/talks/session-ends", test_session_ends);
  g_test_add_func ("/msnp/talks/refuses-itself", test_refuses_itself);
  g_test_add_func ("/msnp/talks/long", test_long);
  g_test_add_func ("/msnp/talks/ring", test_ring);
  g_test_add_func ("/msnp/talks/ring-judged", test_ring_judged);
  g_test_add_func ("/msnp/talks/ring-storm", test_ring_storm);
  g_test_add_func ("/msnp/talks/contents", test_contents);
  g_test_add_func ("/msnp/talks/no-nick", test_no_nick);
  g_test_add_func ("/msnp/talks/typing", test_typing);
  g_test_add_func ("/msnp/talks/nudge", test_nudge);
  g_test_add_func ("/msnp/talks/chunks", test_chunks);
  g_test_add_func ("/msnp/talks/own", test_own);
  g_test_add_func ("/msnp/talks/idle", test_idle);
  g_test_add_func ("/msnp/talks/invitation", test_invitation);
  g_test_add_func ("/msnp/talks/p2p", test_p2p);
  g_test_add_func ("/msnp/talks/p2p-hostile", test_p2p_hostile);
  g_test_add_func ("/msnp/talks/third", test_third);
  g_test_add_func ("/msnp/talks/called-into-several", test_called_into_several);
  g_test_add_func ("/msnp/talks/start-chat", test_start_chat);
  g_test_add_func ("/msnp/talks/widen", test_widen);
  g_test_add_func ("/msnp/talks/chat-heals", test_chat_heals);
  g_test_add_func ("/msnp/talks/chat-kept-open", test_chat_kept_open);
  g_test_add_func ("/msnp/talks/hostile-lines", test_hostile_lines);
  g_test_add_func ("/msnp/talks/crowd", test_crowd);
  g_test_add_func ("/msnp/talks/bytewise", test_bytewise);
  return g_test_run ();
}

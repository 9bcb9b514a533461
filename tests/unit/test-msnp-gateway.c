/* Links through the polling gateway: the same bytes in the same order, one
 * request at a time, nothing sent twice. */

#include <string.h>

#include "im-limits.h"
#include "msnp-gateway.h"
#include "test-host.h"

#define URL "http://gw.example.com/gateway/gateway.dll"

typedef struct
{
  TestHost *test;
  ImHost *gateway;
  ImLink *link;
  guint answered; /* requests so far */
  GString *got;   /* bytes */
  gboolean opened;
  gboolean closed;
  int problem;    /* that it closed with; -1: in order */
  guint turns;    /* how often bytes came */
} Scene;

static void
on_opened (gpointer user, ImLink *link)
{
  ((Scene *)user)->opened = TRUE;
}

static void
on_bytes (gpointer user, ImLink *link, const guint8 *data, gsize len)
{
  Scene *scene = user;

  scene->turns++;
  g_string_append_len (scene->got, (const char *)data, (gssize)len);
}

static void
on_closed (gpointer user, ImLink *link, const GError *error)
{
  Scene *scene = user;

  scene->closed = TRUE;
  scene->link = NULL;
  scene->problem = error != NULL ? error->code : -1;
}

static const ImLinkHandlers handlers = { on_opened, on_bytes, on_closed };

static void
scene_start (Scene *scene)
{
  const ImLinkTarget target = { .host = "ns.example.com", .port = 1863 };

  memset (scene, 0, sizeof *scene);
  scene->test = test_host_new ();
  scene->gateway = msnp_gateway_new (test_host_get (scene->test), URL);
  scene->got = g_string_new (NULL);
  scene->link = scene->gateway->ops->link_open (scene->gateway, &target,
                                                &handlers, scene);
  g_assert_false (scene->opened);
  test_host_settle (scene->test);
  g_assert_true (scene->opened);
  g_assert_cmpuint (test_host_n_requests (scene->test), ==, 0);
}

static void
scene_end (Scene *scene)
{
  msnp_gateway_free (scene->gateway);
  g_assert_cmpuint (test_host_n_timers (scene->test), ==, 0);
  test_host_free (scene->test);
  g_string_free (scene->got, TRUE);
}

static void
write_text (Scene *scene, const char *text)
{
  scene->gateway->ops->link_write (scene->gateway, scene->link, text,
                                   strlen (text));
  test_host_settle (scene->test);
}

/* What the next request has to be, as "query|body". */
static void
expect (Scene *scene, const char *expected)
{
  TestRequest *request;
  g_autofree char *seen = NULL;
  gsize len;
  const char *body;

  g_assert_cmpuint (test_host_n_requests (scene->test), ==,
                    scene->answered + 1);
  request = test_host_request (scene->test, scene->answered);
  g_assert_false (request->over);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->content_type, ==, "application/x-msn-messenger");
  g_assert_true (g_str_has_prefix (request->url, URL "?"));
  body = g_bytes_get_data (request->body, &len);
  seen = g_strdup_printf ("%s|%.*s", request->url + strlen (URL "?"),
                          (int)len, body != NULL ? body : "");
  g_assert_cmpstr (seen, ==, expected);
}

static void
answer (Scene *scene, guint status, const char *session, const char *body)
{
  const char *headers[] = { "X-MSN-Messenger", session, NULL };
  ImHttpResponse response = { .status = status, .headers = headers };
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  if (session == NULL)
    headers[0] = NULL;
  response.body = bytes;
  test_host_answer (scene->test, scene->answered++, &response);
}

static void
open_session (Scene *scene)
{
  write_text (scene, "VER 1 MSNP12 CVR0\r\n");
  expect (scene, "Action=open&Server=NS&IP=ns.example.com|"
                 "VER 1 MSNP12 CVR0\r\n");
  answer (scene, 200, "SessionID=a.1; GW-IP=10.0.0.9", "VER 1 MSNP12\r\n");
  g_assert_cmpstr (scene->got->str, ==, "VER 1 MSNP12\r\n");
}

static void
test_talk (void)
{
  Scene scene;

  scene_start (&scene);
  open_session (&scene);
  /* The id changes; what is written while a request is under way waits. */
  write_text (&scene, "CVR 2\r\n");
  expect (&scene, "SessionID=a.1|CVR 2\r\n");
  write_text (&scene, "USR 3\r\n");
  write_text (&scene, "USR 4\r\n");
  answer (&scene, 200, "SessionID=b 2&x; GW-IP=10.0.0.9", "CVR 2 ok\r\n");
  expect (&scene, "SessionID=b%202%26x|USR 3\r\nUSR 4\r\n");
  answer (&scene, 200, "SessionID=c", "");
  /* Nothing to say: it asks, ever more seldom. */
  g_assert_cmpuint (test_host_n_requests (scene.test), ==, scene.answered);
  test_host_advance (scene.test, 500);
  expect (&scene, "Action=poll&SessionID=c|");
  answer (&scene, 200, NULL, "");
  test_host_advance (scene.test, 500);
  g_assert_cmpuint (test_host_n_requests (scene.test), ==, scene.answered);
  test_host_advance (scene.test, 250);
  expect (&scene, "Action=poll&SessionID=c|");
  answer (&scene, 200, NULL, "CHL 0 1\r\n");
  g_assert_cmpstr (scene.got->str, ==, "VER 1 MSNP12\r\nCVR 2 ok\r\nCHL 0 1\r\n");
  scene_end (&scene);
}

static void
test_switchboard (void)
{
  Scene scene;

  scene_start (&scene);
  write_text (&scene, "ANS 1 alice@example.com c s\r\n");
  expect (&scene, "Action=open&Server=SB&IP=ns.example.com|"
                  "ANS 1 alice@example.com c s\r\n");
  scene_end (&scene);
}

static void
test_session_close (void)
{
  Scene scene;

  scene_start (&scene);
  open_session (&scene);
  test_host_advance (scene.test, 500);
  answer (&scene, 200, "SessionID=x; Session=close", "OUT OTH\r\n");
  g_assert_cmpstr (scene.got->str, ==, "VER 1 MSNP12\r\nOUT OTH\r\n");
  g_assert_true (scene.closed);
  g_assert_cmpint (scene.problem, ==, -1);
  test_host_advance (scene.test, 60000);
  g_assert_cmpuint (test_host_n_requests (scene.test), ==, scene.answered);
  scene_end (&scene);
}

static void
test_lost (void)
{
  static const struct
  {
    guint status;
    const char *session;
    int problem;
  } cases[] = {
    { 400, NULL, IM_PROBLEM_UNAVAILABLE }, { 302, NULL, IM_PROBLEM_UNAVAILABLE },
    { 500, NULL, IM_PROBLEM_UNAVAILABLE }, { 200, NULL, IM_PROBLEM_PROTOCOL },
    { 200, "", IM_PROBLEM_PROTOCOL },      { 200, ";;;=", IM_PROBLEM_PROTOCOL },
    { 200, "SessionID=", IM_PROBLEM_PROTOCOL },
  };
  Scene scene;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      scene_start (&scene);
      write_text (&scene, "VER 1\r\n");
      answer (&scene, cases[i].status, cases[i].session, "x");
      g_assert_true (scene.closed);
      g_assert_cmpint (scene.problem, ==, cases[i].problem);
      scene_end (&scene);
    }

  /* Forgotten by the server. */
  scene_start (&scene);
  open_session (&scene);
  test_host_advance (scene.test, 500);
  answer (&scene, 400, NULL, "");
  g_assert_cmpint (scene.problem, ==, IM_PROBLEM_LOST);
  scene_end (&scene);
}

/* A poll may be repeated; what was sent may not, unless it certainly did not
 * arrive. */
static void
test_failures (void)
{
  Scene scene;

  scene_start (&scene);
  open_session (&scene);
  test_host_advance (scene.test, 500);
  test_host_fail_request (scene.test, scene.answered++, IM_PROBLEM_LOST);
  test_host_advance (scene.test, 2000);
  expect (&scene, "Action=poll&SessionID=a.1|");
  answer (&scene, 503, NULL, "");
  g_assert_false (scene.closed);
  test_host_advance (scene.test, 2000);
  test_host_fail_request (scene.test, scene.answered++, IM_PROBLEM_TIMED_OUT);
  g_assert_true (scene.closed);
  g_assert_cmpint (scene.problem, ==, IM_PROBLEM_TIMED_OUT);
  scene_end (&scene);

  scene_start (&scene);
  open_session (&scene);
  write_text (&scene, "MSG\r\n");
  test_host_fail_request (scene.test, scene.answered++,
                          IM_PROBLEM_CONNECT_REFUSED);
  write_text (&scene, "NEXT\r\n");
  expect (&scene, "SessionID=a.1|MSG\r\n");
  answer (&scene, 200, NULL, "");
  expect (&scene, "SessionID=a.1|NEXT\r\n");
  test_host_fail_request (scene.test, scene.answered++, IM_PROBLEM_LOST);
  g_assert_true (scene.closed);
  scene_end (&scene);
}

static void
test_hold (void)
{
  Scene scene;

  scene_start (&scene);
  open_session (&scene);
  test_host_advance (scene.test, 500);
  scene.gateway->ops->link_hold (scene.gateway, scene.link, TRUE);
  answer (&scene, 200, NULL, "LST\r\n");
  test_host_advance (scene.test, 30000);
  g_assert_cmpstr (scene.got->str, ==, "VER 1 MSNP12\r\n");
  g_assert_cmpuint (test_host_n_requests (scene.test), ==, scene.answered);
  scene.gateway->ops->link_hold (scene.gateway, scene.link, FALSE);
  test_host_settle (scene.test);
  g_assert_cmpstr (scene.got->str, ==, "VER 1 MSNP12\r\nLST\r\n");
  test_host_advance (scene.test, 750);
  expect (&scene, "Action=poll&SessionID=a.1|");
  scene_end (&scene);
}

static void
test_slices (void)
{
  Scene scene;
  g_autofree char *much = g_strnfill (1000000, 'x');

  scene_start (&scene);
  open_session (&scene);
  test_host_advance (scene.test, 500);
  scene.turns = 0;
  answer (&scene, 200, NULL, much);
  g_assert_cmpuint (scene.turns, ==, 1);
  test_host_settle (scene.test);
  g_assert_cmpuint (scene.turns, >, 20);
  g_assert_cmpuint (scene.got->len, ==, 1000000 + strlen ("VER 1 MSNP12\r\n"));
  scene_end (&scene);
}

/* What was written before closing still leaves. */
static void
test_close (void)
{
  Scene scene;

  scene_start (&scene);
  open_session (&scene);
  test_host_advance (scene.test, 500);
  write_text (&scene, "OUT\r\n");
  scene.gateway->ops->link_close (scene.gateway, scene.link);
  /* The poll is given up for it. */
  g_assert_true (test_host_request (scene.test, scene.answered++)->over);
  expect (&scene, "SessionID=a.1|OUT\r\n");
  answer (&scene, 200, NULL, "more");
  g_assert_cmpstr (scene.got->str, ==, "VER 1 MSNP12\r\n");
  g_assert_false (scene.closed);
  g_assert_cmpuint (test_host_n_timers (scene.test), ==, 0);
  scene_end (&scene);

  /* Between two polls, and the gateway goes at once. */
  scene_start (&scene);
  open_session (&scene);
  scene.gateway->ops->link_write (scene.gateway, scene.link, "OUT\r\n", 5);
  scene.gateway->ops->link_close (scene.gateway, scene.link);
  expect (&scene, "SessionID=a.1|OUT\r\n");
  msnp_gateway_free (g_steal_pointer (&scene.gateway));
  g_assert_false (test_host_request (scene.test, scene.answered)->over);
  scene_end (&scene);

  /* Before it was open, or ever used. */
  scene_start (&scene);
  scene.gateway->ops->link_close (scene.gateway, scene.link);
  g_assert_cmpuint (test_host_n_requests (scene.test), ==, 0);
  scene_end (&scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/gateway/talk", test_talk);
  g_test_add_func ("/msnp/gateway/switchboard", test_switchboard);
  g_test_add_func ("/msnp/gateway/session-close", test_session_close);
  g_test_add_func ("/msnp/gateway/lost", test_lost);
  g_test_add_func ("/msnp/gateway/failures", test_failures);
  g_test_add_func ("/msnp/gateway/hold", test_hold);
  g_test_add_func ("/msnp/gateway/slices", test_slices);
  g_test_add_func ("/msnp/gateway/close", test_close);
  return g_test_run ();
}

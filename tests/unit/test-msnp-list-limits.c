/* Lists as long as we take them, and longer ones. Version 7 counts each list
 * apart, so that only all of them together are too many. */

#include <string.h>

#include "im-limits.h"
#include "im-secret.h"
#include "msnp-session.h"
#include "test-host.h"

typedef struct
{
  TestHost *host;
  MsnpSession *session;
} Case;

static void
feed (const Case *made, const char *text)
{
  test_host_feed (made->host, 0, text, strlen (text));
}

static Case
begin (void)
{
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  MsnpConfig config = {
    .address = "me@example.com",
    .password = password,
    .server = "ns.msn.example",
    .port = 1863,
    .security = MSNP_SECURITY_REQUIRED,
    .version = 7,
    .status = IM_STATUS_AVAILABLE,
  };
  Case made = { test_host_new (), NULL };

  made.session = msnp_session_new (test_host_get (made.host), &config);
  msnp_session_start (made.session);
  test_host_settle (made.host);
  test_host_open (made.host, 0);
  feed (&made, "VER 1 MSNP7\r\nINF 2 MD5\r\nUSR 3 MD5 S 1.2\r\n"
               "USR 4 OK me@example.com Me 1\r\nSYN 5 1\r\n");
  return made;
}

static void
end (Case *made)
{
  msnp_session_free (made->session);
  g_assert_cmpuint (test_host_n_timers (made->host), ==, 0);
  test_host_free (made->host);
}

static void
feed_groups (const Case *made, guint count)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i <= count; i++)
    g_string_append_printf (text, "LSG 5 1 %u %u %u G%u 0\r\n", i, count, i,
                            i);
  feed (made, text->str);
}

static void
feed_list (const Case *made, const char *list, guint count)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 1; i <= count; i++)
    g_string_append_printf (text, "LST 5 %s 1 %u %u %s%u@example.com n\r\n",
                            list, i, count, list, i);
  if (count == 0)
    g_string_append_printf (text, "LST 5 %s 1 0 0\r\n", list);
  for (const char *p = text->str; *p != '\0'; p += MIN (strlen (p), 65536))
    test_host_feed (made->host, 0, p, MIN (strlen (p), 65536));
}

static void
check (guint n_groups, guint n_contacts, guint n_allowed, guint is_cut,
       guint n_reported)
{
  Case made = begin ();

  feed_groups (&made, n_groups);
  feed_list (&made, "FL", n_contacts);
  feed_list (&made, "AL", n_allowed);
  feed_list (&made, "BL", 0);
  feed_list (&made, "RL", 0);
  test_host_settle (made.host);
  g_assert_cmpuint (test_host_count (made.host, "roster-done"), ==, 1);
  g_assert_cmpuint (test_host_count (made.host, "notice kind=list-cut *"), ==,
                    is_cut);
  g_assert_cmpuint (test_host_count (made.host, "group *"), ==, n_reported);
  g_assert_cmpuint (test_host_count (made.host, "buddy who=*"), ==,
                    n_contacts);
  end (&made);
}

static void
test_groups (void)
{
  check (IM_MAX_MSNP_GROUPS - 1, 1, 0, 0, IM_MAX_MSNP_GROUPS - 1);
  check (IM_MAX_MSNP_GROUPS, 1, 0, 0, IM_MAX_MSNP_GROUPS);
  check (IM_MAX_MSNP_GROUPS + 1, 1, 0, 1, IM_MAX_MSNP_GROUPS);
}

static void
test_contacts (void)
{
  check (0, 10, IM_MAX_MSNP_CONTACTS - 11, 0, 0);
  check (0, 10, IM_MAX_MSNP_CONTACTS - 10, 0, 0);
  check (0, 10, IM_MAX_MSNP_CONTACTS - 9, 1, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/list/limits/groups", test_groups);
  g_test_add_func ("/msnp/list/limits/contacts", test_contacts);
  return g_test_run ();
}

/* Plays the scenarios of tests/scenario/msnweb: a session of the web gateway
 * against scripted answers with virtual time. Beside the verbs of scenario.c:
 *
 *   start [serial] [contacts] [pings] [plain] [fresh] [gateway=URL] [...]
 *   web signs-in | refuses | gives-list XML | has-no-list STATUS
 *   data is URL                  of the request with commands under way
 *   data sends VERB TARGET [| PAYLOAD]
 *   data ends                    nothing more is in it
 *   data repeats                 it is the last one, byte by byte
 *   poll is URL
 *   no data | no poll            there is none under way
 *   says VERB ID TARGET [| PAYLOAD]    for the next answer
 *   raw TEXT                     the same, as it is
 *   sdg FROM TYPE [NAME=VALUE ...] | CONTENT
 *   nfy PUT|DEL FROM KIND | XML
 *   data answers [STATUS] [HEADER: VALUE | ...]
 *   poll answers [STATUS] [HEADER: VALUE | ...]
 *   data fails PROBLEM | poll fails PROBLEM
 *   user ...
 *
 * "$WORD" in what the server says is the number of the last command with that
 * verb, or with that last word of its target. */

#include <stdlib.h>
#include <string.h>

#include "msnweb-session.h"
#include "scenario.h"

#define EPID "{aaaaaaaa-0000-4000-8000-000000000001}"

static MsnwebSession *session;
static GHashTable *ids;   /* owned word => owned number */
static GString *reply;    /* what the next answer carries */
static GBytes *last_data; /* the body of the last request with commands */
static gsize taken;       /* of it, already looked at */
static guint looked_at;   /* its number, or G_MAXUINT */

/* --- Starting ----------------------------------------------------------- */

static const struct
{
  const char *word;
  ImStatus status;
} statuses[] = {
  { "available", IM_STATUS_AVAILABLE },   { "away", IM_STATUS_AWAY },
  { "occupied", IM_STATUS_OCCUPIED },     { "invisible", IM_STATUS_INVISIBLE },
  { "right-back", IM_STATUS_RIGHT_BACK }, { "phone", IM_STATUS_PHONE },
  { "lunch", IM_STATUS_LUNCH },
};

static ImStatus
find_status (const Scenario *play, const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (strcmp (statuses[i].word, word) == 0)
      return statuses[i].status;
  scenario_fail (play, "what is %s?", word);
}

static void
set_option (Scenario *play, MsnwebConfig *config, char *option)
{
  char *value = strchr (option, '=');

  if (value != NULL)
    *value++ = '\0';
  if (strcmp (option, "serial") == 0)
    config->quirks |= MSNWEB_QUIRK_SERIAL;
  else if (strcmp (option, "no-ping") == 0)
    config->quirks |= MSNWEB_QUIRK_NO_PING;
  else if (strcmp (option, "contacts") == 0)
    config->quirks |= MSNWEB_QUIRK_CONTACTS;
  else if (strcmp (option, "plain") == 0)
    config->plain = TRUE;
  else if (value == NULL)
    scenario_fail (play, "start knows no %s", option);
  else if (strcmp (option, "gateway") == 0)
    config->gateway = value;
  else if (strcmp (option, "roster") == 0)
    config->roster = value;
  else if (strcmp (option, "nick") == 0)
    config->nick = value;
  else if (strcmp (option, "status") == 0)
    config->status = find_status (play, value);
  else
    scenario_fail (play, "start knows no %s", option);
}

static GBytes *
cached (gpointer user, const char *name)
{
  GBytes *bytes = g_hash_table_lookup (((Scenario *) user)->kept, name);

  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

static void set_cookies (Scenario *play);

static void
do_start (Scenario *play, const char *rest)
{
  gboolean fresh = FALSE;
  static const char *const domains[] = { "example.com", NULL };
  static const char *const buddies[] = { "8:live:bob", "1:carol@example.com",
                                         NULL };
  g_auto (GStrv) words = g_strsplit (rest, " ", -1);
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  MsnwebConfig config = {
    .address = "alice@example.com",
    .password = password,
    .gateway = "https://gw.example.com",
    .login = "https://login.example.com",
    .domains = domains,
    .quirks = MSNWEB_QUIRK_NO_PING,
    .machine = EPID,
    .place_name = "laptop",
    .caches = cached,
    .cache_user = play,
    .status = IM_STATUS_AVAILABLE,
    .buddies = buddies,
  };

  for (char **word = words; *word != NULL; word++)
    if (strcmp (*word, "pings") == 0)
      config.quirks = MSNWEB_QUIRK_NONE;
    else if (strcmp (*word, "fresh") == 0)
      fresh = TRUE;
    else if (**word != '\0')
      set_option (play, &config, *word);
  if (!fresh)
    set_cookies (play);
  session = msnweb_session_new (test_host_get (play->test), &config);
  msnweb_session_start (session);
  test_host_settle (play->test);
}

/* --- What is under way -------------------------------------------------- */

static gboolean
is_poll (const TestRequest *request)
{
  return strstr (request->url, "Action=poll") != NULL;
}

/* The request of the gateway's that is not answered, or G_MAXUINT. */
static guint
find_request (Scenario *play, gboolean polls)
{
  for (guint i = 0; i < test_host_n_requests (play->test); i++)
    {
      const TestRequest *request = test_host_request (play->test, i);

      if (!request->over && strstr (request->url, "gateway.dll") != NULL &&
          is_poll (request) == polls)
        return i;
    }
  return G_MAXUINT;
}

static guint
need_request (Scenario *play, gboolean polls)
{
  guint i = find_request (play, polls);

  if (i == G_MAXUINT)
    scenario_fail (play, "no %s is under way", polls ? "poll" : "data");
  return i;
}

/* --- The web's pages ----------------------------------------------------- */

#define PAGE                                                                  \
  "<script>var ServerData={sFTTag:'<input type=\"hidden\" name=\"PPFT\" "     \
  "value=\"PPFT-0001\"/>',urlPost:'https://login.example.com/ppsecure/"       \
  "post.srf?id=1'};</script>"

/* The newest request to anybody but the gateway. */
static guint
find_page (Scenario *play, const char *part)
{
  for (guint i = test_host_n_requests (play->test); i > 0; i--)
    {
      const TestRequest *request = test_host_request (play->test, i - 1);

      if (!request->over && strstr (request->url, part) != NULL)
        return i - 1;
    }
  scenario_fail (play, "nobody asks for %s", part);
}

static void
set_cookies (Scenario *play)
{
  static const char *const names[] = { "MSPAuth", "MSPProf", "WLSSC" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("%s=value; Domain=.example.com; Path=/", names[i]);
      g_autofree char *local = g_strdup_printf ("%s=value", names[i]);

      test_host_set_cookie (play->test, "https://login.example.com/", text);
      test_host_set_cookie (play->test, "http://127.0.0.1/", local);
    }
}

/* web signs-in | web refuses | web gives-list XML | web has-no-list STATUS */
static void
do_web (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 2);
  gboolean good = strcmp (words[0], "signs-in") == 0;

  if (good || strcmp (words[0], "refuses") == 0)
    {
      scenario_answer (play, find_page (play, "login.srf"), 200, NULL, PAGE);
      test_host_settle (play->test);
      if (good)
        set_cookies (play);
      scenario_answer (play, find_page (play, "post.srf"), 200, NULL,
                       good ? "<html></html>"
                            : "sErrTxt:'No.',sErrorCode:'80041012'");
    }
  else if (strcmp (words[0], "gives-list") == 0)
    scenario_answer (play, find_page (play, "/people/abcore"), 200, NULL,
                     words[1]);
  else if (strcmp (words[0], "has-no-list") == 0)
    scenario_answer (play, find_page (play, "/people/abcore"),
                     (guint) atoi (words[1]), NULL, "");
  else
    scenario_fail (play, "the web cannot %s", rest);
  test_host_settle (play->test);
}

/* --- What the client sends ---------------------------------------------- */

static void
remember (const char *word, const char *id)
{
  g_hash_table_insert (ids, g_strdup (word), g_strdup (id));
}

static void
look_at (Scenario *play, guint number)
{
  if (number == looked_at)
    return;
  looked_at = number;
  taken = 0;
  g_clear_pointer (&last_data, g_bytes_unref);
  last_data = g_bytes_ref (test_host_request (play->test, number)->body);
}

static void
expect_command (Scenario *play, const char *rest)
{
  g_auto (GStrv) halves = g_strsplit (rest, " | ", 2);
  gsize size;
  const char *data = g_bytes_get_data (last_data, &size);
  const char *end = g_strstr_len (data + taken, (gssize) (size - taken), "\r\n");
  g_autofree char *line = NULL, *payload = NULL, *is = NULL, *pattern = NULL;
  g_auto (GStrv) words = NULL;
  gsize len;

  if (end == NULL)
    scenario_fail (play, "the client sent nothing more");
  line = g_strndup (data + taken, (gsize) (end - data) - taken);
  words = g_strsplit (line, " ", -1);
  g_assert_cmpuint (g_strv_length (words), ==, 4);
  len = (gsize) atoi (words[3]);
  taken = (gsize) (end - data) + 2;
  g_assert_cmpuint (len, <=, size - taken);
  payload = g_strndup (data + taken, len);
  taken += len;
  is = g_strdup_printf ("%s %s", words[0], words[2]);
  if (strcmp (is, halves[0]) != 0)
    scenario_fail (play, "the client sent %s | %s", is, payload);
  if (halves[1] != NULL)
    pattern = g_strcompress (halves[1]);
  if (pattern != NULL && !g_pattern_match_simple (pattern, payload))
    scenario_fail (play, "the payload is %s", payload);
  remember (words[0], words[1]);
  remember (strrchr (is, strchr (is, '\\') != NULL ? '\\' : ' ') + 1,
            words[1]);
}

static void
check_url (Scenario *play, guint number, const char *want)
{
  const TestRequest *request = test_host_request (play->test, number);

  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_true (request->secret);
  if (!g_pattern_match_simple (want, request->url))
    scenario_fail (play, "it is %s", request->url);
}

static void
check_repeat (Scenario *play, guint number)
{
  GBytes *body = test_host_request (play->test, number)->body;

  if (number == looked_at || last_data == NULL ||
      !g_bytes_equal (body, last_data))
    scenario_fail (play, "it is another one");
  looked_at = number;
}

/* --- What the server says ----------------------------------------------- */

static const char *
id_of (Scenario *play, const char *word)
{
  const char *id;

  if (*word != '$')
    return word;
  id = g_hash_table_lookup (ids, word + 1);
  if (id == NULL)
    scenario_fail (play, "the client sent no %s yet", word + 1);
  return id;
}

static void
add_command (Scenario *play, const char *verb, const char *id,
             const char *target, const char *payload)
{
  g_string_append_printf (reply, "%s %s %s %" G_GSIZE_FORMAT "\r\n%s", verb,
                          id_of (play, id), target, strlen (payload), payload);
}

/* says VERB ID TARGET [| PAYLOAD] */
static void
do_says (Scenario *play, const char *rest)
{
  g_auto (GStrv) halves = g_strsplit (rest, " | ", 2);
  g_auto (GStrv) words = g_strsplit (halves[0], " ", 3);
  g_autofree char *payload =
      g_strcompress (halves[1] != NULL ? halves[1] : "");

  g_assert_cmpuint (g_strv_length (words), ==, 3);
  add_command (play, words[0], words[1], words[2], payload);
}

static void
begin_layers (GString *payload, const char *from, const char *to)
{
  g_string_append_printf (payload,
                          "Context: 0011223344556677\r\n\r\nRouting: 1.0\r\n"
                          "To: %s\r\nFrom: %s\r\n\r\nReliability: 1.0\r\n\r\n",
                          to, from);
}

/* sdg FROM TYPE [to=WHO] [ack=ID] [id=N] [client=N] [time=ISO] | CONTENT */
static void
do_sdg (Scenario *play, const char *rest)
{
  g_auto (GStrv) halves = g_strsplit (rest, " | ", 2);
  g_auto (GStrv) words = g_strsplit (halves[0], " ", -1);
  g_autofree char *content =
      g_strcompress (halves[1] != NULL ? halves[1] : "");
  g_autoptr (GString) payload = g_string_new (NULL);
  g_autoptr (GString) extra = g_string_new (NULL);
  const char *to = "8:live:alice";

  for (char **word = words + 2; *word != NULL; word++)
    {
      char *value = strchr (*word, '=');

      g_assert_nonnull (value);
      *value++ = '\0';
      if (strcmp (*word, "to") == 0)
        to = value;
      else if (strcmp (*word, "ack") == 0)
        g_string_append_printf (payload, "Ack-Id: %s\r\n", value);
      else if (strcmp (*word, "id") == 0)
        g_string_append_printf (extra, "Message-ID: %s\r\n", value);
      else if (strcmp (*word, "client") == 0)
        g_string_append_printf (extra, "Client-Message-ID: %s\r\n", value);
      else if (strcmp (*word, "time") == 0)
        g_string_append_printf (extra, "Original-Arrival-Time: %s\r\n", value);
      else
        scenario_fail (play, "sdg knows no %s", *word);
    }
  begin_layers (payload, words[0], to);
  g_string_append_printf (payload,
                          "Messaging: 2.0\r\n%sMessage-Type: %s\r\n"
                          "Content-Type: text/plain; charset=UTF-8\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          extra->str, words[1], strlen (content), content);
  add_command (play, "SDG", "0", "MSGR", payload->str);
}

/* nfy PUT|DEL FROM KIND | XML */
static void
do_nfy (Scenario *play, const char *rest)
{
  g_auto (GStrv) halves = g_strsplit (rest, " | ", 2);
  g_auto (GStrv) words = g_strsplit (halves[0], " ", -1);
  g_autofree char *target = g_strdup_printf ("MSGR\\%s", words[0]);
  g_autoptr (GString) payload = g_string_new (NULL);

  begin_layers (payload, words[1], "8:live:alice");
  g_string_append_printf (payload,
                          "Notification: 1.0\r\nNotifNum: 0\r\nUri: /user\r\n"
                          "NotifType: %s\r\nContent-Type: application/user+xml"
                          "\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          words[2], strlen (halves[1]), halves[1]);
  add_command (play, "NFY", "0", target, payload->str);
}

static void
do_raw (Scenario *play, const char *rest)
{
  g_autofree char *text = g_strcompress (rest);

  g_string_append (reply, text);
}

/* answers [STATUS] [HEADER: VALUE | ...] */
static void
answer (Scenario *play, guint number, const char *rest)
{
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *body = g_string_free (reply, FALSE);
  guint status = 200;
  char *end;

  reply = g_string_new (NULL);
  if (g_ascii_isdigit (*rest))
    {
      status = (guint) strtoul (rest, &end, 10);
      rest = *end == ' ' ? end + 1 : end;
    }
  if (*rest != '\0')
    {
      g_auto (GStrv) lines = g_strsplit (rest, " | ", -1);

      for (char **line = lines; *line != NULL; line++)
        {
          char *colon = strstr (*line, ": ");

          g_assert_nonnull (colon);
          g_ptr_array_add (headers, g_strndup (*line, (gsize) (colon - *line)));
          g_ptr_array_add (headers, g_strdup (colon + 2));
        }
    }
  g_ptr_array_add (headers, NULL);
  scenario_answer (play, number, status,
                   (const char *const *) headers->pdata, body);
  test_host_settle (play->test);
}

static void
do_exchange (Scenario *play, gboolean polls, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 2);
  const char *tail = words[1] != NULL ? words[1] : "";
  guint number;

  if (!polls && strcmp (words[0], "ends") == 0)
    {
      if (last_data == NULL || taken != g_bytes_get_size (last_data))
        scenario_fail (play, "there is more in it");
      return;
    }
  number = need_request (play, polls);
  if (strcmp (words[0], "repeats") == 0)
    check_repeat (play, number);
  else if (strcmp (words[0], "is") == 0)
    check_url (play, number, tail);
  else if (strcmp (words[0], "answers") == 0)
    answer (play, number, tail);
  else if (strcmp (words[0], "fails") == 0)
    {
      test_host_fail_request (play->test, number, test_host_problem (tail));
      test_host_settle (play->test);
    }
  else if (!polls && strcmp (words[0], "sends") == 0)
    {
      look_at (play, number);
      expect_command (play, tail);
    }
  else
    scenario_fail (play, "not for a request: %s", rest);
}

/* no data | no poll */
static void
do_no (Scenario *play, const char *rest)
{
  if (find_request (play, strcmp (rest, "poll") == 0) != G_MAXUINT)
    scenario_fail (play, "there is %s", rest);
}

/* --- The user ----------------------------------------------------------- */

static gboolean
talk (Scenario *play, const char *verb, const char *first, const char *second)
{
  g_autofree char *words = g_strcompress (second);
  g_autoptr (ImText) text = im_text_new_plain (words);

  if (strcmp (verb, "says-to") == 0)
    msnweb_session_send_message (session, first, text);
  else if (strcmp (verb, "types-to") == 0)
    msnweb_session_send_typing (session, first, IM_TYPING_TYPING);
  else if (strcmp (verb, "stops-to") == 0)
    msnweb_session_send_typing (session, first, IM_TYPING_STOPPED);
  else if (strcmp (verb, "nudges") == 0)
    g_assert_true (msnweb_session_send_nudge (session, first));
  else if (strcmp (verb, "cannot-nudge") == 0)
    g_assert_false (msnweb_session_send_nudge (session, first));
  else if (strcmp (verb, "says-in") == 0)
    g_assert_true (msnweb_session_say_in_chat (session, (guint) atoi (first),
                                               text));
  else
    return FALSE;
  return TRUE;
}

static gboolean
chat (const char *verb, const char *first, const char *second)
{
  guint number = (guint) atoi (first);

  if (strcmp (verb, "starts-chat") == 0)
    msnweb_session_start_chat (session);
  else if (strcmp (verb, "widens") == 0)
    msnweb_session_widen_talk (session, first);
  else if (strcmp (verb, "opens") == 0)
    msnweb_session_open_chat (session, first);
  else if (strcmp (verb, "invites") == 0)
    msnweb_session_invite (session, number, second);
  else if (strcmp (verb, "kicks") == 0)
    msnweb_session_kick (session, number, second);
  else if (strcmp (verb, "leaves") == 0)
    msnweb_session_leave_chat (session, number);
  else if (strcmp (verb, "titles") == 0)
    msnweb_session_set_topic (session, number, second);
  else
    return FALSE;
  return TRUE;
}

static void
do_user (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  const char *verb = words[0], *first = words[1] != NULL ? words[1] : "";
  const char *second = *first != '\0' && words[2] != NULL ? words[2] : "";

  if (strcmp (verb, "is") == 0)
    {
      g_autoptr (ImText) text =
          *second != '\0' ? im_text_new_plain (second) : NULL;

      msnweb_session_set_status (session, find_status (play, first), text);
    }
  else if (strcmp (verb, "idles") == 0)
    msnweb_session_set_idle (session, (guint) atoi (first));
  else if (strcmp (verb, "is-called") == 0)
    msnweb_session_set_nick (session, first);
  else if (strcmp (verb, "adds") == 0)
    msnweb_session_add_buddy (session, first, "Buddies", NULL, NULL);
  else if (strcmp (verb, "removes") == 0)
    msnweb_session_remove_buddy (session, first, "Buddies");
  else if (strcmp (verb, "grants") == 0)
    msnweb_session_reply_auth (session, first, TRUE);
  else if (strcmp (verb, "asks-about") == 0)
    msnweb_session_get_info (session, first);
  else if (strcmp (verb, "signs-off-places") == 0)
    msnweb_session_sign_off_places (session);
  else if (strcmp (verb, "has-places") == 0)
    g_assert_cmpuint (msnweb_session_n_places (session), ==,
                      (guint) atoi (first));
  else if (strcmp (verb, "leaves-all") == 0)
    g_clear_pointer (&session, msnweb_session_free);
  else if (!talk (play, verb, first, second) && !chat (verb, first, second))
    scenario_fail (play, "the user cannot %s", verb);
  test_host_settle (play->test);
}

/* --- The rest ----------------------------------------------------------- */

static gboolean
do_verb (Scenario *play, const char *verb, const char *rest)
{
  if (strcmp (verb, "start") == 0)
    do_start (play, rest);
  else if (strcmp (verb, "data") == 0 || strcmp (verb, "poll") == 0)
    do_exchange (play, *verb == 'p', rest);
  else if (strcmp (verb, "web") == 0)
    do_web (play, rest);
  else if (strcmp (verb, "no") == 0)
    do_no (play, rest);
  else if (strcmp (verb, "says") == 0)
    do_says (play, rest);
  else if (strcmp (verb, "sdg") == 0)
    do_sdg (play, rest);
  else if (strcmp (verb, "nfy") == 0)
    do_nfy (play, rest);
  else if (strcmp (verb, "raw") == 0)
    do_raw (play, rest);
  else if (strcmp (verb, "user") == 0)
    do_user (play, rest);
  else
    return FALSE;
  return TRUE;
}

static void
reset (Scenario *play)
{
  g_clear_pointer (&session, msnweb_session_free);
  g_clear_pointer (&last_data, g_bytes_unref);
  taken = 0;
  looked_at = G_MAXUINT;
  if (reply != NULL)
    g_string_free (reply, TRUE);
  reply = g_string_new (NULL);
  if (ids != NULL)
    g_hash_table_unref (ids);
  ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static const ScenarioFuncs funcs = { "msnweb", do_verb, reset };

int
main (int argc, char **argv)
{
  int result = scenario_main (argc, argv, &funcs);

  if (reply != NULL)
    g_string_free (reply, TRUE);
  g_clear_pointer (&ids, g_hash_table_unref);
  return result;
}

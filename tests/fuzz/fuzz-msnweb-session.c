/* A whole session of the web gateway against one that is honest or hostile at
 * every step: opening, polls, what is said and answered, requests that break,
 * time that passes. The input is a script of operations, the first byte
 * settings.
 *
 * Beyond survival: no request goes to a host that was not judged, two polls or
 * two sendings are never under way, a message is reported once; after the end
 * nothing is reported and no timer runs; every text reported is tidy. */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "im-limits.h"
#include "msnweb-frame.h"
#include "msnweb-session.h"
#include "test-host.h"

/* The first byte. */
enum
{
  SET_SERIAL = 1 << 0,
  SET_COMMANDS_INSIDE = 1 << 1, /* commands from inside events */
  SET_LEAVE_INSIDE = 1 << 2,    /* an event makes the owner leave */
  SET_SIGNED_ON = 1 << 3,       /* begins after an honest sign-on */
  SET_DIRECTORY = 1 << 4,
  SET_PINGS = 1 << 5,
};

/* Events, operations and messages after which an input has had its say. */
#define MAX_EVENTS 4000
#define MAX_OPERATIONS 300
#define MAX_MESSAGES 256

typedef struct
{
  TestHost *host;
  MsnwebSession *session;
  ImReader script;
  guint8 settings;
  guint n_events;
  guint n_checked; /* requests */
  gboolean closed;
  gboolean left;   /* the owner does not listen any more */
  gboolean inside; /* a command was given from inside an event */
  guint8 reported[MAX_MESSAGES];
} Fuzz;

static guint8
next_byte (Fuzz *fuzz)
{
  guint8 byte = 0;

  im_reader_u8 (&fuzz->script, &byte, NULL);
  return byte;
}

static char *
next_string (Fuzz *fuzz)
{
  gsize len = MIN (next_byte (fuzz), im_reader_left (&fuzz->script));
  ImReader bytes;

  im_reader_init (&bytes, NULL, 0);
  im_reader_sub (&fuzz->script, len, &bytes, NULL);
  return g_strndup ((const char *) bytes.pos, im_reader_left (&bytes));
}

/* --- Commands ----------------------------------------------------------- */

static const char *
next_name (Fuzz *fuzz)
{
  static const char *const names[] = { "8:live:bob", "BOB@example.com",
                                       "8:live:alice", "19:aa@thread.skype",
                                       "", "é漢", "1:", "live:eve" };

  return names[next_byte (fuzz) % G_N_ELEMENTS (names)];
}

static ImText *
next_text (Fuzz *fuzz)
{
  static const char *const texts[] = { "hello", "", "漢 🙂", "/me <b>&amp;" };
  guint8 choice = next_byte (fuzz);
  g_autofree char *long_text = NULL;

  if (choice < 0xf0)
    return im_text_new_plain (texts[choice % G_N_ELEMENTS (texts)]);
  long_text = g_strnfill ((gsize) (choice - 0xef) * 2500,
                          choice & 1 ? 'x' : '&');
  return im_text_new_plain (long_text);
}

static void
command_chat (Fuzz *fuzz, guint8 choice)
{
  MsnwebSession *session = fuzz->session;
  guint chat = 1 + choice / 16 % 3;
  const char *who = next_name (fuzz);
  g_autoptr (ImText) text = next_text (fuzz);

  switch (choice % 8)
    {
    case 0:
      msnweb_session_start_chat (session);
      break;
    case 1:
      msnweb_session_widen_talk (session, who);
      break;
    case 2:
      msnweb_session_open_chat (session, who);
      break;
    case 3:
      msnweb_session_invite (session, chat, who);
      break;
    case 4:
      msnweb_session_kick (session, chat, who);
      break;
    case 5:
      msnweb_session_set_topic (session, chat, im_text_plain (text));
      break;
    case 6:
      msnweb_session_say_in_chat (session, chat, text);
      break;
    case 7:
      msnweb_session_leave_chat (session, chat);
      break;
    }
}

static void
command_talk (Fuzz *fuzz, guint8 choice)
{
  MsnwebSession *session = fuzz->session;
  const char *who = next_name (fuzz);
  g_autoptr (ImText) text = next_text (fuzz);

  switch (choice % 12)
    {
    case 0:
    case 1:
      msnweb_session_send_message (session, who, text);
      break;
    case 2:
      msnweb_session_send_typing (session, who, IM_TYPING_TYPING);
      break;
    case 3:
      msnweb_session_send_nudge (session, who);
      break;
    case 4:
      msnweb_session_set_status (
          session, (ImStatus) (choice / 12 % IM_N_STATUSES), text);
      break;
    case 5:
      msnweb_session_set_idle (session, choice & 0x40);
      break;
    case 6:
      msnweb_session_set_nick (session, im_text_plain (text));
      break;
    case 7:
      msnweb_session_add_buddy (session, who, "", NULL, NULL);
      break;
    case 8:
      msnweb_session_remove_buddy (session, who, "");
      break;
    case 9:
      msnweb_session_reply_auth (session, who, choice & 0x40);
      break;
    case 10:
      msnweb_session_get_info (session, who);
      break;
    case 11:
      msnweb_session_sign_off_places (session);
      break;
    }
}

static void
command (Fuzz *fuzz)
{
  guint8 choice = next_byte (fuzz);

  if (choice & 0x80)
    command_chat (fuzz, choice & 0x7f);
  else
    command_talk (fuzz, choice);
}

/* --- Events ------------------------------------------------------------- */

static void
assert_tidy_or_none (const char *text)
{
  if (text != NULL)
    fuzz_assert_tidy (text);
}

static void
check_delivery (Fuzz *fuzz, const ImEventDelivery *delivery)
{
  if (delivery->id < MAX_MESSAGES)
    g_assert_cmpuint (fuzz->reported[delivery->id]++, ==, 0);
}

static void
check_event (Fuzz *fuzz, const ImEvent *event)
{
  switch (event->type)
    {
    case IM_EVENT_MESSAGE:
      fuzz_assert_tidy (event->message.from);
      fuzz_assert_tidy (im_text_plain (event->message.text));
      break;
    case IM_EVENT_DELIVERY:
      check_delivery (fuzz, &event->delivery);
      break;
    case IM_EVENT_BUDDY:
      fuzz_assert_tidy (event->buddy.who);
      assert_tidy_or_none (event->buddy.alias);
      break;
    case IM_EVENT_PRESENCE:
      fuzz_assert_tidy (event->presence.who);
      assert_tidy_or_none (event->presence.nick);
      if (event->presence.message != NULL)
        fuzz_assert_tidy (im_text_plain (event->presence.message));
      break;
    case IM_EVENT_CLOSED:
      assert_tidy_or_none (event->closed.detail);
      assert_tidy_or_none (event->closed.host);
      break;
    case IM_EVENT_NOTICE:
      assert_tidy_or_none (event->notice.who);
      assert_tidy_or_none (event->notice.text);
      break;
    case IM_EVENT_MAIL:
      assert_tidy_or_none (event->mail.from);
      assert_tidy_or_none (event->mail.subject);
      break;
    case IM_EVENT_CHAT_MESSAGE:
      fuzz_assert_tidy (event->chat_message.from);
      fuzz_assert_tidy (im_text_plain (event->chat_message.text));
      break;
    case IM_EVENT_CHAT_TOPIC:
      fuzz_assert_tidy (event->chat_topic.topic);
      assert_tidy_or_none (event->chat_topic.by);
      break;
    case IM_EVENT_CHAT_JOINED:
      fuzz_assert_tidy (event->chat.name);
      break;
    default:
      break;
    }
}

static void
on_event (gpointer user, const ImEvent *event)
{
  Fuzz *fuzz = user;

  g_assert_false (fuzz->closed);
  if (fuzz->left)
    return;
  fuzz->n_events++;
  check_event (fuzz, event);
  if (event->type == IM_EVENT_CLOSED)
    fuzz->closed = TRUE;
  else if ((fuzz->settings & SET_LEAVE_INSIDE) && fuzz->n_events > 12)
    fuzz->left = TRUE;
  else if ((fuzz->settings & SET_COMMANDS_INSIDE) && !fuzz->inside &&
           fuzz->session != NULL && fuzz->n_events < MAX_EVENTS)
    {
      fuzz->inside = TRUE;
      command (fuzz);
      fuzz->inside = FALSE;
    }
}

/* --- Requests ----------------------------------------------------------- */

/* The newest request that waits and has @part in its address, or NULL. */
static TestRequest *
find_request (Fuzz *fuzz, const char *part, guint *ret)
{
  for (guint i = test_host_n_requests (fuzz->host); i > 0; i--)
    {
      TestRequest *request = test_host_request (fuzz->host, i - 1);

      if (!request->over && !request->farewell &&
          strstr (request->url, part) != NULL)
        {
          *ret = i - 1;
          return request;
        }
    }
  return NULL;
}

static void
answer (Fuzz *fuzz, guint i, guint status, const char *const *headers,
        const void *data, gsize len)
{
  g_autoptr (GBytes) body = g_bytes_new (data, len);
  ImHttpResponse response = { status, headers, body };

  test_host_answer (fuzz->host, i, &response);
}

static void
check_requests (Fuzz *fuzz)
{
  guint n = test_host_n_requests (fuzz->host), polls = 0, data = 0;

  for (guint i = 0; i < n; i++)
    {
      const TestRequest *request = test_host_request (fuzz->host, i);
      g_autoptr (GUri) uri =
          i >= fuzz->n_checked ? g_uri_parse (request->url, 0, NULL) : NULL;

      if (uri != NULL)
        {
          g_assert_cmpstr (g_uri_get_scheme (uri), ==, "https");
          g_assert_true (
              g_str_has_suffix (g_uri_get_host (uri), ".example.com"));
        }
      else
        g_assert_cmpuint (i, <, fuzz->n_checked);
      if (request->over || request->farewell ||
          strstr (request->url, "gateway.dll") == NULL)
        continue;
      if (strstr (request->url, "Action=poll") != NULL)
        polls++;
      else
        data++;
    }
  fuzz->n_checked = n;
  g_assert_cmpuint (polls, <=, 1);
  g_assert_cmpuint (data, <=, 1);
  if (fuzz->settings & SET_SERIAL)
    g_assert_cmpuint (polls + data, <=, 1);
}

/* --- The honest server -------------------------------------------------- */

static const char *
body_of (const MsnwebCommand *command)
{
  if (strcmp (command->verb, "BND") == 0)
    return "Set-Registration: VE9LRU4x\r\n\r\n<msgr-response><ver>2</ver>"
           "<nonce>12345678901234567</nonce></msgr-response>";
  if (strcmp (command->verb, "PNG") == 0)
    return "\r\n<ping-response><wait>45</wait></ping-response>";
  if (strcmp (command->target, "MSGR\\THREAD") == 0)
    return "\r\n<thread><id>19:aa@thread.skype</id></thread>";
  if (strcmp (command->target, "MSGR\\THREADS") == 0)
    return "\r\n<threads-response><threads><thread><id>19:aa@thread.skype</id>"
           "<members><member><mri>8:live:alice</mri><role>admin</role></member>"
           "</members></thread></threads></threads-response>";
  return "\r\n";
}

static void
answer_honestly (Fuzz *fuzz)
{
  static const char *const headers[] = {
    "X-MSN-Messenger", "SessionID=11.22", "X-MSN-SkypeId", "live:alice",
    "X-MSN-Host",      "gw7.example.com", NULL,
  };
  g_autoptr (GString) out = g_string_new (NULL);
  const TestRequest *request;
  ImReader reader;
  guint i;

  request = find_request (fuzz, "gateway.dll", &i);
  if (request == NULL)
    return;
  im_reader_init_bytes (&reader, request->body);
  for (;;)
    {
      g_auto (MsnwebCommand) sent = { 0 };
      const char *payload;

      if (msnweb_frame_next (&reader, &sent, NULL) != MSNWEB_FRAME_GOT)
        break;
      payload = body_of (&sent);
      g_string_append_printf (
          out, "%s %u %s %" G_GSIZE_FORMAT "\r\n%s", sent.verb, sent.trid,
          g_str_has_prefix (sent.target, "CON") ? "CON" : "MSGR",
          strlen (payload), payload);
    }
  answer (fuzz, i, 200, headers, out->str, out->len);
}

/* --- Operations --------------------------------------------------------- */

static guint
pick (Fuzz *fuzz, guint8 choice, gboolean *ret_found)
{
  static const char *const parts[] = { "Action=poll", "gateway.dll?SessionID",
                                       "gateway.dll", "people", "login" };
  guint i = 0;

  *ret_found =
      find_request (fuzz, parts[choice % G_N_ELEMENTS (parts)], &i) != NULL;
  return i;
}

static void
answer_anything (Fuzz *fuzz)
{
  static const guint statuses[] = { 200, 200, 200, 200, 400, 403, 404, 413,
                                    500, 302, 410, 200 };
  guint8 choice = next_byte (fuzz);
  guint status = statuses[choice / 8 % G_N_ELEMENTS (statuses)];
  g_autofree char *name = choice & 1 ? g_strdup ("X-MSN-Messenger")
                                     : g_strdup ("X-MSN-Host");
  g_autofree char *value = next_string (fuzz);
  g_autofree char *body = next_string (fuzz);
  const char *headers[] = { status == 302 ? "Location" : name, value, NULL };
  gboolean found;
  guint i = pick (fuzz, choice & 7, &found);

  if (found)
    answer (fuzz, i, status, headers, body, strlen (body));
}

/* A command of the server whose lengths are right. */
static void
say_something (Fuzz *fuzz)
{
  static const char *const lines[] = { "SDG 0 MSGR", "NFY 0 MSGR\\PUT",
                                       "NFY 0 MSGR\\DEL", "NFY 0 MSGR\\THREAD",
                                       "NFY 0 MSGR\\HOTMAIL", "OUT 0 CON",
                                       "XFR 1 CON", "GET 8 MSGR" };
  static const char *const none[] = { NULL };
  guint8 choice = next_byte (fuzz);
  g_autofree char *text = next_string (fuzz);
  g_autoptr (GString) payload = g_string_new ("Ack-Id: 1\r\n\r\n");
  g_autofree char *all = NULL;
  gboolean found;
  guint i = pick (fuzz, choice >> 5, &found);

  if (choice % 8 < 3 && !(choice & 0x10))
    g_string_append_printf (
        payload,
        "Routing: 1.0\r\nTo: 8:live:alice\r\nFrom: 8:live:bob\r\n\r\n"
        "Reliability: 1.0\r\n\r\n%s: 1.0\r\nUri: /user\r\nNotifType: Full\r\n"
        "Message-Type: RichText\r\nMessage-ID: %u\r\n\r\n",
        choice % 8 == 0 ? "Messaging" : "Notification", choice);
  g_string_append (payload, text);
  all = g_strdup_printf ("%s %" G_GSIZE_FORMAT "\r\n%s", lines[choice % 8],
                         payload->len, payload->str);
  if (found)
    answer (fuzz, i, 200, none, all, strlen (all));
}

static void
break_request (Fuzz *fuzz)
{
  static const char *const problems[] = { "lost", "connect-refused",
                                          "timed-out", "cert-changed" };
  guint8 choice = next_byte (fuzz);
  gboolean found;
  guint i = pick (fuzz, choice & 7, &found);

  if (found)
    test_host_fail_request (
        fuzz->host, i,
        test_host_problem (problems[choice / 8 % G_N_ELEMENTS (problems)]));
}

static void
operate (Fuzz *fuzz)
{
  guint8 op = next_byte (fuzz);

  if (op < 0x50)
    answer_honestly (fuzz);
  else if (op < 0x80)
    say_something (fuzz);
  else if (op < 0xa0)
    answer_anything (fuzz);
  else if (op < 0xb0)
    break_request (fuzz);
  else if (op < 0xd0)
    test_host_advance (fuzz->host, (guint) next_byte (fuzz) << (op & 15));
  else
    command (fuzz);
  test_host_settle (fuzz->host);
  check_requests (fuzz);
}

/* --- A whole input ------------------------------------------------------ */

static void
begin (Fuzz *fuzz)
{
  static const char *const domains[] = { "example.com", NULL };
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  MsnwebConfig config = {
    .address = "alice@example.com",
    .password = password,
    .gateway = "https://gw.example.com",
    .login = "https://login.example.com",
    .domains = domains,
    .machine = "{aaaaaaaa-0000-4000-8000-000000000001}",
    .status = IM_STATUS_AVAILABLE,
  };

  if (fuzz->settings & SET_SERIAL)
    config.quirks |= MSNWEB_QUIRK_SERIAL;
  if (!(fuzz->settings & SET_PINGS))
    config.quirks |= MSNWEB_QUIRK_NO_PING;
  if (fuzz->settings & SET_DIRECTORY)
    config.roster = "https://people.example.com";
  test_host_set_cookie (fuzz->host, "https://gw.example.com/", "MSPAuth=1");
  test_host_set_cookie (fuzz->host, "https://gw.example.com/", "MSPProf=1");
  test_host_set_cookie (fuzz->host, "https://gw.example.com/", "WLSSC=1");
  fuzz->session = msnweb_session_new (test_host_get (fuzz->host), &config);
  msnweb_session_start (fuzz->session);
  test_host_settle (fuzz->host);
  for (guint i = 0; i < 2 && (fuzz->settings & SET_SIGNED_ON); i++)
    {
      answer_honestly (fuzz);
      test_host_settle (fuzz->host);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { 0 };

  im_reader_init (&fuzz.script, data, size);
  fuzz.settings = next_byte (&fuzz);
  fuzz.host = test_host_new ();
  test_host_set_quiet (fuzz.host, TRUE);
  test_host_on_event (fuzz.host, on_event, &fuzz);
  begin (&fuzz);
  for (guint i = 0; i < MAX_OPERATIONS && !fuzz.left && !fuzz.closed &&
                    fuzz.n_events < MAX_EVENTS &&
                    im_reader_left (&fuzz.script) > 0;
       i++)
    operate (&fuzz);
  fuzz.left = TRUE;
  msnweb_session_free (g_steal_pointer (&fuzz.session));
  g_assert_cmpuint (test_host_n_timers (fuzz.host), ==, 0);
  test_host_free (fuzz.host);
  return 0;
}

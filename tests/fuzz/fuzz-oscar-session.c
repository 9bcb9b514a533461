/* A whole session against a server that is honest or hostile at every step:
 * sign-on, list, messages, commands in between, links that break, time that
 * passes. The input is a script of operations, the first two bytes settings.
 *
 * Beyond survival: after the end nothing is reported, no link stays open and
 * no timer runs; every text reported is tidy. */

#include <string.h>

#include "fuzz-session.h"
#include "im-limits.h"
#include "oscar-flap-signon.h"
#include "oscar-flap.h"
#include "oscar-session.h"
#include "oscar-snac.h"
#include "oscar-types.h"

/* The first byte. */
enum
{
  SET_ICQ = 1 << 0,
  SET_LOCK_STEP = 1 << 1,
  SET_COMMANDS_INSIDE = 1 << 2, /* commands from inside events */
  SET_LEAVE_INSIDE = 1 << 3,    /* an event makes the owner leave */
  SET_AGAIN = 1 << 4,           /* knows what an earlier sign-on left */
  SET_SIGNED_ON = 1 << 5,       /* begins after an honest sign-on */
  SET_SECURE = 1 << 6,
  SET_ROASTED = 1 << 7,
};

/* Events and operations after which an input has had its say. */
#define MAX_EVENTS 4000
#define MAX_OPERATIONS 300
#define MAX_LINKS 64

typedef struct
{
  TestHost *host;
  OscarSession *session;
  ImReader script;
  guint8 settings;
  guint8 leave_after; /* events, with SET_LEAVE_INSIDE */
  guint n_events;
  gboolean closed;
  gboolean left;   /* the owner does not listen any more */
  gboolean inside; /* a command was given from inside an event */
  guint16 sequence;
  guint32 last_request[256]; /* by food group */
} Fuzz;

static guint8
next_byte (Fuzz *fuzz)
{
  return fuzz_next_byte (&fuzz->script);
}

/* At most @len bytes of the script. */
static ImReader
next_bytes (Fuzz *fuzz, gsize len)
{
  return fuzz_next_bytes (&fuzz->script, len);
}

static const char *
next_name (Fuzz *fuzz)
{
  static const char *const names[] = { "bob", "B ob", "12345", "alice",
                                       "",    "é漢",  "Pals",  "Work" };

  return names[next_byte (fuzz) % G_N_ELEMENTS (names)];
}

static ImText *
next_text (Fuzz *fuzz)
{
  static const char *const texts[] = { "hello", "", "漢 🙂", "<b>&amp;" };
  guint8 choice = next_byte (fuzz);
  g_autofree char *long_text = NULL;

  if (choice < 0xf0)
    return im_text_new_plain (texts[choice % G_N_ELEMENTS (texts)]);
  long_text = g_strnfill ((gsize)(choice - 0xef) * 600, choice & 1 ? 'x' : '&');
  return im_text_new_plain (long_text);
}

static void
command_list (Fuzz *fuzz, guint8 choice)
{
  OscarSession *session = fuzz->session;
  const char *who = next_name (fuzz);
  const char *group = next_name (fuzz);
  const char *other = next_name (fuzz);

  switch (choice % 10)
    {
    case 0:
      oscar_session_add_buddy (session, who, group, other);
      break;
    case 1:
      oscar_session_remove_buddy (session, who, group);
      break;
    case 2:
      oscar_session_move_buddy (session, who, group, other);
      break;
    case 3:
      oscar_session_alias_buddy (session, who, other);
      break;
    case 4:
      oscar_session_rename_group (session, group, other);
      break;
    case 5:
      oscar_session_remove_group (session, group);
      break;
    case 6:
      oscar_session_set_privacy (session, (ImPrivacyMode)(1 + *who % 5));
      break;
    case 7:
      oscar_session_permit (session, who, *group & 1);
      break;
    case 8:
      oscar_session_deny (session, who, *group & 1);
      break;
    case 9:
      oscar_session_alias_buddy (session, who, NULL);
      break;
    }
}

static void
command_talk (Fuzz *fuzz, guint8 choice)
{
  OscarSession *session = fuzz->session;
  const char *who = next_name (fuzz);
  g_autoptr (ImText) text = next_text (fuzz);

  switch (choice % 9)
    {
    case 0:
    case 1:
      oscar_session_send_message (session, who, text,
                                  choice & 0x40 ? OSCAR_SEND_AUTO_REPLY : 0);
      break;
    case 2:
      oscar_session_send_typing (session, who, (ImTyping)(choice / 9 % 3));
      break;
    case 3:
      oscar_session_set_status (
          session, (ImStatus)(IM_STATUS_AVAILABLE + choice / 9 % 7), text);
      break;
    case 4:
      oscar_session_set_idle (session, choice * 10u);
      break;
    case 5:
      oscar_session_set_profile (session, choice & 0x40 ? text : NULL);
      break;
    case 6:
      oscar_session_get_info (session, who);
      break;
    case 7:
      oscar_session_request_auth (session, who, im_text_plain (text));
      break;
    case 8:
      oscar_session_reply_auth (session, who, choice & 0x40,
                                im_text_plain (text));
      break;
    }
}

static void
command_room (Fuzz *fuzz, guint8 choice)
{
  OscarSession *session = fuzz->session;
  guint room = 1 + choice / 5 % 3;
  const char *name = next_name (fuzz);
  g_autoptr (ImText) text = next_text (fuzz);

  switch (choice % 5)
    {
    case 0:
      oscar_session_join_room (session, 4 + room % 2, name);
      break;
    case 1:
      oscar_session_say_in_room (session, room, text,
                                 choice & 0x10 ? name : NULL);
      break;
    case 2:
      oscar_session_leave_room (session, room);
      break;
    case 3:
      oscar_session_invite_to_room (session, room, name, "come");
      break;
    case 4:
      oscar_session_join_invited (session, name,
                                  choice & 0x10 ? "4-0-den" : name);
      break;
    }
}

static void
command (Fuzz *fuzz)
{
  guint8 choice = next_byte (fuzz);

  if (choice >= 0x60 && choice < 0x80)
    command_room (fuzz, choice);
  else if (choice & 0x80)
    command_list (fuzz, choice);
  else
    command_talk (fuzz, choice);
}

static void
on_event (gpointer user, const ImEvent *event)
{
  Fuzz *fuzz = user;

  g_assert_false (fuzz->closed);
  if (fuzz->left)
    return;
  fuzz->n_events++;
  fuzz_check_event (event);
  if (event->type == IM_EVENT_CLOSED)
    fuzz->closed = TRUE;
  else if ((fuzz->settings & SET_LEAVE_INSIDE) &&
           fuzz->n_events > fuzz->leave_after)
    fuzz->left = TRUE;
  else if ((fuzz->settings & SET_COMMANDS_INSIDE) && !fuzz->inside &&
           fuzz->n_events < MAX_EVENTS)
    {
      fuzz->inside = TRUE;
      command (fuzz);
      fuzz->inside = FALSE;
    }
}

/* Links. */

static void
feed_frame (Fuzz *fuzz, guint i, guint8 type, const void *payload, gsize len)
{
  ImWriter writer;
  g_autoptr (GBytes) bytes = NULL;

  im_writer_init (&writer, FUZZ_MAX_ENCODED);
  oscar_flap_encode (&writer, (OscarFlapType)type, &fuzz->sequence, payload,
                     len);
  bytes = im_writer_finish (&writer, NULL);
  if (!test_host_link (fuzz->host, i)->closed)
    test_host_feed (fuzz->host, i, g_bytes_get_data (bytes, NULL),
                    g_bytes_get_size (bytes));
}

static void
feed_snac (Fuzz *fuzz, guint i, guint16 group, guint16 subtype, guint16 flags,
           guint32 request, const void *body, gsize len)
{
  ImWriter writer;
  g_autoptr (GBytes) payload = NULL;

  im_writer_init (&writer, FUZZ_MAX_ENCODED);
  oscar_snac_encode_header (&writer, group, subtype, flags, request);
  im_writer_raw (&writer, body, len);
  payload = im_writer_finish (&writer, NULL);
  feed_frame (fuzz, i, OSCAR_FLAP_DATA, g_bytes_get_data (payload, NULL),
              g_bytes_get_size (payload));
}

/* The honest server. */

typedef struct
{
  guint16 group;
  guint16 asked;
  guint16 answer;
  gsize len;
  const char *body;
} Answer;

#define BODY(text) sizeof text - 1, text

static const Answer answers[] = {
  { 0x17, 0x06, 0x07, BODY ("\0\3key") },
  { 0x17, 0x02, 0x03,
    BODY ("\0\1\0\2Me\0\5\0\20bos.example:5191\0\6\0\6cookie") },
  { 0x01, 0x17, 0x18, BODY ("\0\1\0\4\0\2\0\1\0\3\0\1\0\4\0\1\0\x13\0\5") },
  { 0x01, 0x06, 0x07,
    BODY ("\0\1\0\1\0\0\0\x50\0\0\x9\xc4\0\0\x7\xd0\0\0\5\xdc\0\0\3\x20"
          "\0\0\xd\x69\0\0\x17\x70\0\0\0\0\0"
          "\0\1\0\2\0\4\0\6\0\x13\0\x8") },
  { 0x01, 0x0e, 0x0f, BODY ("\2Me\0\0\0\0") },
  { 0x02, 0x02, 0x03, BODY ("") },
  { 0x03, 0x02, 0x03, BODY ("") },
  { 0x04, 0x04, 0x05, BODY ("\0\x64\0\0\0\3\2\0\3\xe7\3\xe7\0\0\0\0") },
  { 0x09, 0x02, 0x03, BODY ("") },
  { 0x13, 0x02, 0x03, BODY ("") },
  { 0x13, 0x04, 0x06,
    BODY ("\0\0\3\0\0\0\0\0\0\0\1\0\6\0\xc8\0\2\0\x10"
          "\0\4Pals\0\x10\0\0\0\1\0\6\0\xc8\0\2\0\x21"
          "\0\3bob\0\x10\0\x21\0\0\0\7\1\x31\0\3Bob\x3b\x9a\xca\0") },
  { 0x13, 0x05, 0x0f, BODY ("\x3b\x9a\xca\0\0\3") },
  { 0x0d, 0x02, 0x09,
    BODY ("\0\4\0\x11\0\4\11"
          "4-0-lobby\0\0\2\0\0") },
  { 0x0d, 0x08, 0x09,
    BODY ("\0\4\0\x1a\0\4\11"
          "4-0-lobby\0\0\2\0\1\0\xd3\0\5lobby") },
  { 0x13, 0x08, 0x0e, BODY ("\0\0") },
  { 0x13, 0x09, 0x0e, BODY ("\0\0") },
  { 0x13, 0x0a, 0x0e, BODY ("\0\0") },
  { 0x02, 0x15, 0x06,
    BODY ("\3bob\0\0\0\0\0\1\0\x1ftext/aolrtf; charset=\"us-ascii\""
          "\0\2\0\5hi %n\0\4\0\4away") },
};

static void
answer (Fuzz *fuzz, guint i, const OscarSnac *snac)
{
  for (guint row = 0; row < G_N_ELEMENTS (answers); row++)
    if (answers[row].group == snac->foodgroup &&
        answers[row].asked == snac->subtype)
      feed_snac (fuzz, i, snac->foodgroup, answers[row].answer, 0,
                 snac->request_id, answers[row].body, answers[row].len);
}

/* Where a service is: the group is copied from the request. */
static void
answer_service (Fuzz *fuzz, guint i, const OscarSnac *snac)
{
  static const char tail[] = "\0\5\0\20bos.example:5191\0\6\0\4room";
  guint8 body[6 + sizeof tail - 1] = { 0, 0x0d, 0, 2 };
  ImReader request = snac->body;
  guint16 group = 0;

  im_reader_u16 (&request, &group, NULL);
  body[4] = (guint8)(group >> 8);
  body[5] = (guint8)group;
  memcpy (body + 6, tail, sizeof tail - 1);
  feed_snac (fuzz, i, 0x01, 0x05, 0, snac->request_id, body, sizeof body);
}

static void
answer_signon (Fuzz *fuzz, guint i, const OscarFlap *flap)
{
  static const char sent_on[] = "\0\1\0\2Me\0\5\0\20bos.example:5191"
                                "\0\6\0\6cookie";
  OscarFlapSignon signon = { 0 };

  g_assert_true (oscar_flap_decode_signon (&flap->payload, &signon, NULL));
  if (signon.roasted != NULL)
    feed_frame (fuzz, i, OSCAR_FLAP_SIGNOFF, sent_on, sizeof sent_on - 1);
  else if (signon.cookie != NULL &&
           memcmp (g_bytes_get_data (signon.cookie, NULL), "room", 4) == 0)
    feed_snac (fuzz, i, 0x01, 0x03, 0, 0, "\0\1\0\xd\0\xe", 6);
  else if (signon.cookie != NULL)
    feed_snac (fuzz, i, 0x01, 0x03, 0, 0, "\0\1\0\2\0\3\0\4\0\x9\0\x13", 12);
  oscar_flap_signon_clear (&signon);
}

static void
answer_frame (Fuzz *fuzz, guint i, const OscarFlap *flap, gboolean honest)
{
  OscarSnac snac;

  if (flap->type == OSCAR_FLAP_SIGNON && honest)
    answer_signon (fuzz, i, flap);
  if (flap->type != OSCAR_FLAP_DATA ||
      !oscar_snac_decode (&flap->payload, &snac, NULL))
    return;
  fuzz->last_request[snac.foodgroup & 0xff] = snac.request_id;
  if (honest && snac.foodgroup == 0x01 && snac.subtype == 0x04)
    answer_service (fuzz, i, &snac);
  else if (honest)
    answer (fuzz, i, &snac);
}

/* Reads what the session wrote on link @i, which must be whole frames. */
static void
read_written (Fuzz *fuzz, guint i, gboolean honest)
{
  g_autoptr (GBytes) bytes = test_host_take_written (fuzz->host, i);
  g_auto (OscarFlapFramer) framer;
  OscarFlap flap;

  oscar_flap_framer_init (&framer);
  g_assert_true (oscar_flap_push (&framer, g_bytes_get_data (bytes, NULL),
                                  g_bytes_get_size (bytes), NULL));
  while (oscar_flap_next (&framer, &flap, NULL) == OSCAR_FLAP_GOT)
    answer_frame (fuzz, i, &flap, honest);
  g_assert_cmpuint (oscar_flap_waiting (&framer), ==, 0);
}

static void
open_link (Fuzz *fuzz, guint i)
{
  const TestLink *link = test_host_link (fuzz->host, i);

  if (!link->opened && !link->closed)
    test_host_open (fuzz->host, i);
}

static void
serve (Fuzz *fuzz)
{
  for (guint i = 0; i < test_host_n_links (fuzz->host); i++)
    {
      if (!test_host_link (fuzz->host, i)->opened &&
          !test_host_link (fuzz->host, i)->closed)
        {
          open_link (fuzz, i);
          if (!test_host_link (fuzz->host, i)->closed)
            feed_frame (fuzz, i, OSCAR_FLAP_SIGNON, "\0\0\0\1", 4);
        }
      read_written (fuzz, i, TRUE);
    }
  test_host_settle (fuzz->host);
}

/* The hostile one. */

static void
hostile_snac (Fuzz *fuzz, guint i)
{
  guint8 group = next_byte (fuzz);
  guint8 subtype = next_byte (fuzz);
  guint8 how = next_byte (fuzz);
  ImReader body = next_bytes (fuzz, next_byte (fuzz));
  guint32 request = how & 1 ? fuzz->last_request[group] : how & 2 ? how : 0;

  feed_snac (fuzz, i, group, subtype, how & 4 ? OSCAR_SNAC_MORE : 0, request,
             body.pos, im_reader_left (&body));
}

static void
operate_on_link (Fuzz *fuzz, guint8 operation, guint i)
{
  ImReader bytes;
  guint8 type;

  read_written (fuzz, i, FALSE);
  switch (operation)
    {
    case 1:
    case 2:
      hostile_snac (fuzz, i);
      break;
    case 3:
      type = next_byte (fuzz);
      bytes = next_bytes (fuzz, next_byte (fuzz));
      feed_frame (fuzz, i, type, bytes.pos, im_reader_left (&bytes));
      break;
    case 4:
      bytes = next_bytes (fuzz, next_byte (fuzz));
      test_host_feed (fuzz->host, i, bytes.pos, im_reader_left (&bytes));
      break;
    case 5:
      type = next_byte (fuzz);
      test_host_drop (fuzz->host, i, type <= IM_PROBLEM_OTHER ? (int)type : -1);
      break;
    }
}

static void
operate (Fuzz *fuzz)
{
  guint8 choice = next_byte (fuzz);
  guint8 operation = choice % 9;
  int link = fuzz_live_link (fuzz->host, choice / 9 % 4);
  guint8 wait;

  switch (operation)
    {
    case 0:
      serve (fuzz);
      break;
    case 6:
      wait = next_byte (fuzz);
      test_host_advance (fuzz->host, wait * wait * 10u);
      break;
    case 7:
      command (fuzz);
      break;
    case 8:
      if (test_host_n_links (fuzz->host) > 0)
        open_link (fuzz, test_host_n_links (fuzz->host) - 1);
      break;
    default:
      if (link >= 0)
        operate_on_link (fuzz, operation, (guint)link);
    }
  if (operation != 6)
    test_host_settle (fuzz->host);
}

/* What an honest sign-on leaves for the next one; owned. */
static GBytes *saved_home;
static GBytes *saved_list;

static OscarSecurity
security (const Fuzz *fuzz)
{
  if (!(fuzz->settings & SET_SECURE))
    return OSCAR_SECURITY_OFF;
  return fuzz->leave_after & 1 ? OSCAR_SECURITY_REQUIRED
                               : OSCAR_SECURITY_OPTIONAL;
}

static void
configure (Fuzz *fuzz)
{
  static const char *const domains[] = { "example", NULL };
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  gboolean again = (fuzz->settings & SET_AGAIN) != 0;
  OscarConfig config = {
    .name = fuzz->settings & SET_ICQ ? "123456" : "Me",
    .password = password,
    .icq = (fuzz->settings & SET_ICQ) != 0,
    .server = "login.example",
    .port = 5190,
    .security = security (fuzz),
    .tls_domains = domains,
    .signon =
        fuzz->settings & SET_ROASTED ? OSCAR_SIGNON_ROASTED : OSCAR_SIGNON_AUTO,
    .quirks = fuzz->settings & SET_LOCK_STEP ? OSCAR_QUIRK_LOCK_STEP
                                             : OSCAR_QUIRK_NONE,
    .charset = "WINDOWS-1251",
    .client_name = "fuzz",
    .list_cache = again ? saved_list : NULL,
    .home = again ? saved_home : NULL,
    .status = IM_STATUS_AVAILABLE,
  };

  fuzz->session = oscar_session_new (test_host_get (fuzz->host), &config);
}

static void
assert_ended (Fuzz *fuzz)
{
  oscar_session_free (fuzz->session);
  fuzz->closed = TRUE;
  fuzz_assert_nothing_left (fuzz->host);
}

/* An honest sign-on, which must succeed unless the owner meddles with it. */
static void
sign_on (Fuzz *fuzz)
{
  const guint8 meddling = SET_COMMANDS_INSIDE | SET_LEAVE_INSIDE | SET_SECURE;

  for (guint i = 0; i < 8 && !fuzz->closed && !fuzz->left; i++)
    serve (fuzz);
  g_assert_true ((fuzz->settings & meddling) ||
                 oscar_session_is_online (fuzz->session));
}

static void
begin (Fuzz *fuzz)
{
  fuzz->host = test_host_new ();
  test_host_set_quiet (fuzz->host, TRUE);
  test_host_on_event (fuzz->host, on_event, fuzz);
  configure (fuzz);
  oscar_session_start (fuzz->session);
  test_host_settle (fuzz->host);
  if (fuzz->settings & SET_SIGNED_ON)
    sign_on (fuzz);
}

static void
end (Fuzz *fuzz)
{
  assert_ended (fuzz);
  test_host_free (fuzz->host);
}

static void
learn_what_is_left (void)
{
  Fuzz fuzz = { .settings = SET_SIGNED_ON };

  im_reader_init (&fuzz.script, NULL, 0);
  begin (&fuzz);
  saved_home = g_bytes_ref (test_host_cache (fuzz.host, "home"));
  saved_list = g_bytes_ref (test_host_cache (fuzz.host, "list"));
  end (&fuzz);
}

static gboolean
goes_on (const Fuzz *fuzz)
{
  return !fuzz->closed && !fuzz->left && im_reader_left (&fuzz->script) > 0 &&
         fuzz->n_events < MAX_EVENTS &&
         test_host_n_links (fuzz->host) < MAX_LINKS;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { 0 };

  if (saved_home == NULL)
    learn_what_is_left ();
  im_reader_init (&fuzz.script, data, size);
  fuzz.settings = next_byte (&fuzz);
  fuzz.leave_after = next_byte (&fuzz);
  begin (&fuzz);
  for (guint i = 0; i < MAX_OPERATIONS && goes_on (&fuzz); i++)
    operate (&fuzz);
  end (&fuzz);
  return 0;
}

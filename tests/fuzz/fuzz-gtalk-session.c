/* A whole session of Google Talk against a server that is honest or hostile at
 * every step: sign-on, list, messages, rooms, commands in between, links and
 * requests that break, time that passes.
 *
 * The input is what the server says, after two bytes of settings. Bytes XML
 * does not have are operations in between:
 *
 *   00          an honest server answers all that was asked
 *   01 PROBLEM  the newest link breaks
 *   02 N        time passes
 *   03 ...      the user does something
 *   04          the newest link opens
 *   05 HOW ...  an answer over HTTPS
 *   06 N        in what is said: the id of the Nth newest question
 *
 * Beyond survival: what is written is XML, after the end nothing is reported,
 * no link stays open and no timer runs; every text reported is tidy. */

#include <string.h>

#include "fuzz-session.h"
#include "gtalk-session.h"
#include "xml-pattern.h"

/* The first byte. */
enum
{
  SET_SIGNED_ON = 1 << 0,       /* begins after an honest sign-on */
  SET_COMMANDS_INSIDE = 1 << 1, /* commands from inside events */
  SET_LEAVE_INSIDE = 1 << 2,    /* an event makes the owner leave */
  SET_STARTTLS = 1 << 3,
  SET_GOOGLE = 1 << 4,
  SET_TOKEN = 1 << 5,
  SET_RESUMES = 1 << 6,         /* the honest server takes lost ones back */
  SET_LOCK_STEP = 1 << 7,
};

/* Events and operations after which an input has had its say. */
#define MAX_EVENTS 4000
#define MAX_OPERATIONS 300
#define MAX_LINKS 32

typedef struct
{
  TestHost *host;
  GtalkSession *session;
  ImReader script;
  guint8 settings;
  guint8 leave_after; /* events, with SET_LEAVE_INSIDE */
  guint n_events;
  gboolean closed;
  gboolean left;   /* the owner does not listen any more */
  gboolean inside; /* a command was given from inside an event */
  gboolean signed_in;
  guint stanzas;   /* the honest server has counted */
  GPtrArray *ids;  /* of questions, the newest last */
  GString *said;   /* by the server, not fed yet */
  char *invitation;
} Fuzz;

static const char *
next_name (Fuzz *fuzz)
{
  static const char *const names[] = {
    "bob@gtalk.example",      "bob@gtalk.example/Phone",
    "eve@elsewhere.example",  "mina@gtalk.example",
    "tea@rooms.gtalk.example", "tea@rooms.gtalk.example/bob",
    "Friends",                "",
    "\xc3\xa9\xe6\xbc\xa2",   "gtalk.example",
    "@/",                     "bob",
  };

  return names[fuzz_next_byte (&fuzz->script) % G_N_ELEMENTS (names)];
}

static ImText *
next_text (Fuzz *fuzz)
{
  static const char *const texts[] = { "hello", "", "\xe6\xbc\xa2 &<>'\"",
                                       "*bold* _it_\n\x01" };

  return im_text_new_plain (
      texts[fuzz_next_byte (&fuzz->script) % G_N_ELEMENTS (texts)]);
}

/* --- commands --------------------------------------------------------------- */

static void
command_talk (Fuzz *fuzz, guint8 choice)
{
  GtalkSession *session = fuzz->session;
  const char *who = next_name (fuzz);
  g_autoptr (ImText) text = next_text (fuzz);

  switch (choice % 8)
    {
    case 0:
    case 1:
      gtalk_session_send_message (session, who, text);
      break;
    case 2:
      gtalk_session_send_typing (session, who, IM_TYPING_TYPING);
      break;
    case 3:
      gtalk_session_send_attention (session, who);
      break;
    case 4:
      gtalk_session_gone (session, who);
      break;
    case 5:
      gtalk_session_get_info (session, who);
      break;
    case 6:
      gtalk_session_fetch_icon (session, who);
      break;
    case 7:
      gtalk_session_set_status (session, (ImStatus) (1 + choice % 5), text);
      break;
    }
}

static void
command_list (Fuzz *fuzz, guint8 choice)
{
  GtalkSession *session = fuzz->session;
  const char *who = next_name (fuzz);
  const char *group = next_name (fuzz);

  switch (choice % 8)
    {
    case 0:
      gtalk_session_add_buddy (session, who, group, NULL, "hi");
      break;
    case 1:
      gtalk_session_remove_buddy (session, who, group);
      break;
    case 2:
      gtalk_session_move_buddy (session, who, group, "Work");
      break;
    case 3:
      gtalk_session_alias_buddy (session, who, group);
      break;
    case 4:
      gtalk_session_rename_group (session, group, who);
      break;
    case 5:
      gtalk_session_block (session, who, choice & 0x10);
      break;
    case 6:
      gtalk_session_reply_auth (session, who, choice & 0x10);
      break;
    case 7:
      gtalk_session_set_idle (session, choice);
      break;
    }
}

static void
command_room (Fuzz *fuzz, guint8 choice)
{
  GtalkSession *session = fuzz->session;
  const char *name = next_name (fuzz);
  g_autoptr (ImText) text = next_text (fuzz);
  guint chat = 1 + choice % 3;

  switch (choice % 9)
    {
    case 0:
    case 1:
      gtalk_session_join_room (session, name, NULL, choice & 1 ? "pw" : NULL);
      break;
    case 2:
      gtalk_session_say_in_room (session, chat, text,
                                 choice & 0x20 ? "bob" : NULL);
      break;
    case 3:
      gtalk_session_leave_room (session, chat);
      break;
    case 4:
      gtalk_session_invite_to_room (session, chat, name, "come");
      break;
    case 5:
      gtalk_session_change_nick (session, chat, name);
      break;
    case 6:
      gtalk_session_kick (session, chat, "bob", NULL, choice & 0x10);
      break;
    case 7:
      gtalk_session_set_topic (session, chat, name);
      break;
    case 8:
      if (fuzz->invitation != NULL && choice & 0x10)
        gtalk_session_join_invited (session, name, fuzz->invitation);
      else if (fuzz->invitation != NULL)
        gtalk_session_decline_invite (session, name, fuzz->invitation);
      else
        gtalk_session_start_room (session, name);
      break;
    }
}

static void
command (Fuzz *fuzz)
{
  guint8 choice = fuzz_next_byte (&fuzz->script);

  if (choice < 0x58)
    command_talk (fuzz, choice);
  else if (choice < 0xa8)
    command_list (fuzz, choice);
  else if (choice < 0xf8)
    command_room (fuzz, choice);
  else
    gtalk_session_answer_prompt (fuzz->session,
                                 choice & 1 ? "goose" : NULL);
}

/* --- events ------------------------------------------------------------------ */

static void
on_event (gpointer user, const ImEvent *event)
{
  Fuzz *fuzz = user;

  g_assert_false (fuzz->closed);
  if (fuzz->left)
    return;
  fuzz->n_events++;
  fuzz_check_event (event);
  if (event->type == IM_EVENT_CHAT_INVITE)
    {
      g_free (fuzz->invitation);
      fuzz->invitation = g_strdup (event->chat_invite.key);
    }
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

/* --- the honest server --------------------------------------------------------- */

#define STANZA_NS(name, ns) "<" name " xmlns='" ns "'/>"
#define SASL "urn:ietf:params:xml:ns:xmpp-sasl"

static void
say (Fuzz *fuzz, guint link, const char *text)
{
  fuzz_feed (fuzz->host, link, text, strlen (text));
}

static void
answer (Fuzz *fuzz, guint link, const char *id, const char *payload)
{
  g_autofree char *text = g_strdup_printf (
      "<iq type='result' id='%s'>%s</iq>", id, payload);

  say (fuzz, link, text);
}

static void
open_stream (Fuzz *fuzz, guint link)
{
  say (fuzz, link,
       "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
       "xmlns:stream='http://etherx.jabber.org/streams' version='1.0' "
       "from='gtalk.example' id='1'><stream:features>");
  if (!test_host_link (fuzz->host, link)->tls)
    say (fuzz, link,
         STANZA_NS ("starttls", "urn:ietf:params:xml:ns:xmpp-tls"));
  else if (!fuzz->signed_in)
    say (fuzz, link,
         "<mechanisms xmlns='" SASL "'><mechanism>PLAIN</mechanism>"
         "<mechanism>X-GOOGLE-TOKEN</mechanism></mechanisms>");
  else
    say (fuzz, link,
         STANZA_NS ("bind", "urn:ietf:params:xml:ns:xmpp-bind")
             STANZA_NS ("sm", "urn:xmpp:sm:3")
                 STANZA_NS ("ver", "urn:xmpp:features:rosterver"));
  say (fuzz, link, "</stream:features>");
}

#define ROSTER                                                                \
  "<query xmlns='jabber:iq:roster' ver='1'><item jid='bob@gtalk.example' "    \
  "subscription='both'><group>Friends</group></item></query>"

#define FEATURES                                                              \
  "<query xmlns='http://jabber.org/protocol/disco#info'><identity "           \
  "category='conference' type='text'/><feature var='urn:xmpp:carbons:2'/>"    \
  "<feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:blocking'/>"         \
  "<feature var='http://jabber.org/protocol/muc'/>"                           \
  "<feature var='http://jabber.org/protocol/pubsub#publish'/>"                \
  "<feature var='google:roster'/><feature var='google:setting'/>"             \
  "<feature var='google:mail:notify'/><feature var='google:nosave'/></query>"

static const struct
{
  const char *about;
  const char *payload;
} answers[] = {
  { "xmpp-bind'", "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                  "<jid>mina@gtalk.example/Desk</jid></bind>" },
  { "jabber:iq:roster", ROSTER },
  { "disco#info", FEATURES },
  { "disco#items", "<query xmlns='http://jabber.org/protocol/disco#items'>"
                   "<item jid='rooms.gtalk.example'/></query>" },
  { "urn:xmpp:mam:2'", "<fin xmlns='urn:xmpp:mam:2' complete='true'/>" },
  { "urn:xmpp:blocking", "<blocklist xmlns='urn:xmpp:blocking'><item "
                         "jid='eve@elsewhere.example'/></blocklist>" },
  { "bookmarks", "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items>"
                 "<item id='tea@rooms.gtalk.example'><conference "
                 "xmlns='urn:xmpp:bookmarks:1' autojoin='true'/></item>"
                 "</items></pubsub>" },
};

static void
answer_question (Fuzz *fuzz, guint link, const char *text, const char *id)
{
  g_autofree char *from = NULL;
  const char *to = strstr (text, " to='");

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (strstr (text, answers[i].about) != NULL && to == NULL)
      {
        answer (fuzz, link, id, answers[i].payload);
        return;
      }
  if (to == NULL)
    {
      answer (fuzz, link, id, "");
      return;
    }
  to += strlen (" to='");
  from = g_strdup_printf (
      "<iq type='result' from='%.*s' id='%s'>%s</iq>",
      (int) strcspn (to, "'"), to, id,
      strstr (text, "disco#info") != NULL    ? FEATURES
      : strstr (text, "disco#items") != NULL ? answers[3].payload
                                             : "");
  say (fuzz, link, from);
}

static void
count (Fuzz *fuzz, guint link, const char *name, const char *attribute)
{
  g_autofree char *text =
      g_strdup_printf ("<%s xmlns='urn:xmpp:sm:3' %s='%u'/>", name, attribute,
                       fuzz->stanzas);

  say (fuzz, link, text);
}

static void
answer_resume (Fuzz *fuzz, guint link)
{
  if (fuzz->settings & SET_RESUMES)
    count (fuzz, link, "resumed", "h");
  else
    say (fuzz, link, STANZA_NS ("failed", "urn:xmpp:sm:3"));
}

static void
answer_element (Fuzz *fuzz, guint link, const char *text, const char *id)
{
  if (g_str_has_prefix (text, "<stream:stream"))
    open_stream (fuzz, link);
  else if (g_str_has_prefix (text, "<starttls"))
    say (fuzz, link, STANZA_NS ("proceed", "urn:ietf:params:xml:ns:xmpp-tls"));
  else if (g_str_has_prefix (text, "<auth"))
    {
      fuzz->signed_in = TRUE;
      say (fuzz, link, STANZA_NS ("success", SASL));
    }
  else if (g_str_has_prefix (text, "<enable"))
    {
      fuzz->stanzas = 0;
      say (fuzz, link,
           "<enabled xmlns='urn:xmpp:sm:3' resume='true' id='x'/>");
    }
  else if (g_str_has_prefix (text, "<resume"))
    answer_resume (fuzz, link);
  else if (g_str_has_prefix (text, "<r "))
    count (fuzz, link, "a", "h");
  else if (id != NULL)
    answer_question (fuzz, link, text, id);
}

/* --- what the session writes ------------------------------------------------------ */

/* Returns: (transfer full) (nullable): the id of a question */
static char *
question_id (const XmlPattern *element)
{
  static const char *const kinds[] = { "<iq type='get' id='$id'/>",
                                       "<iq type='set' id='$id'/>" };
  g_autoptr (GHashTable) names =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (XmlPattern) kind = xml_pattern_parse (kinds[i]);

      if (xml_pattern_fits (kind, element, names))
        return g_strdup (g_hash_table_lookup (names, "id"));
    }
  return NULL;
}

static void
read_element (Fuzz *fuzz, guint link, const char *text, gboolean honest)
{
  g_autoptr (XmlPattern) element = NULL;
  g_autofree char *id = NULL;

  if (g_str_has_prefix (text, "</"))
    return;
  element = xml_pattern_parse (text);
  g_assert_nonnull (element);
  id = question_id (element);
  if (id != NULL)
    g_ptr_array_add (fuzz->ids, g_strdup (id));
  if (g_str_has_prefix (text, "<iq") || g_str_has_prefix (text, "<message") ||
      g_str_has_prefix (text, "<presence"))
    fuzz->stanzas++;
  if (honest)
    answer_element (fuzz, link, text, id);
}

static void
read_written (Fuzz *fuzz, guint link, gboolean honest)
{
  g_autoptr (GBytes) bytes = test_host_take_written (fuzz->host, link);
  gsize len;
  const char *data = g_bytes_get_data (bytes, &len);
  g_autoptr (GString) sent = g_string_new_len (data, (gssize) len);
  char *text;

  while ((text = xml_pattern_split (sent)) != NULL)
    {
      read_element (fuzz, link, text, honest);
      g_free (text);
    }
  g_assert_cmpstr (sent->str, ==, "");
}

static void
read_all (Fuzz *fuzz, gboolean honest)
{
  for (guint i = 0; i < test_host_n_links (fuzz->host); i++)
    read_written (fuzz, i, honest);
}

/* --- operations ------------------------------------------------------------------ */

static void
open_link (Fuzz *fuzz)
{
  guint n = test_host_n_links (fuzz->host);
  const TestLink *link = n > 0 ? test_host_link (fuzz->host, n - 1) : NULL;

  if (link == NULL || link->opened || link->closed)
    return;
  fuzz->signed_in = FALSE;
  test_host_open (fuzz->host, n - 1);
}

static void
answer_request (Fuzz *fuzz, guint8 how, const ImReader *body)
{
  static const char *const none[] = { NULL };
  static const char good[] = "SID=s\nLSID=l\nAuth=a\n";
  g_autoptr (GBytes) bytes =
      how & 1 ? g_bytes_new_static (good, sizeof good - 1)
              : g_bytes_new (body->pos, im_reader_left (body));
  const ImHttpResponse response = { how & 2 ? 403 : 200, none, bytes };

  for (guint i = 0; i < test_host_n_requests (fuzz->host); i++)
    if (!test_host_request (fuzz->host, i)->over)
      {
        if (how & 4)
          test_host_fail_request (fuzz->host, i, IM_PROBLEM_TIMED_OUT);
        else
          test_host_answer (fuzz->host, i, &response);
        return;
      }
}

static void
serve (Fuzz *fuzz)
{
  const ImReader nothing = { 0 };

  open_link (fuzz);
  read_all (fuzz, TRUE);
  answer_request (fuzz, 1, &nothing);
  test_host_settle (fuzz->host);
}

/* What was said until now reaches the session. */
static void
flush (Fuzz *fuzz)
{
  int link = fuzz_live_link (fuzz->host, 0);

  if (link >= 0)
    fuzz_feed (fuzz->host, (guint) link, fuzz->said->str, fuzz->said->len);
  g_string_truncate (fuzz->said, 0);
  test_host_settle (fuzz->host);
}

static void
append_id (Fuzz *fuzz)
{
  guint back = fuzz_next_byte (&fuzz->script);

  read_all (fuzz, FALSE);
  if (back < fuzz->ids->len)
    g_string_append (fuzz->said,
                     fuzz->ids->pdata[fuzz->ids->len - 1 - back]);
}

static void
break_link (Fuzz *fuzz)
{
  int link = fuzz_live_link (fuzz->host, 0);
  guint8 type = fuzz_next_byte (&fuzz->script);

  if (link >= 0)
    test_host_drop (fuzz->host, (guint) link,
                    type <= IM_PROBLEM_OTHER ? (int) type : -1);
}

static void
operate (Fuzz *fuzz, guint8 operation)
{
  guint8 byte;
  ImReader body;

  flush (fuzz);
  if (fuzz->closed || fuzz->left)
    return;
  switch (operation)
    {
    case 0:
      serve (fuzz);
      break;
    case 1:
      break_link (fuzz);
      break;
    case 2:
      byte = fuzz_next_byte (&fuzz->script);
      test_host_advance (fuzz->host, byte * byte * 10u);
      break;
    case 3:
      command (fuzz);
      break;
    case 4:
      open_link (fuzz);
      break;
    case 5:
      byte = fuzz_next_byte (&fuzz->script);
      body = fuzz_next_bytes (&fuzz->script,
                              fuzz_next_byte (&fuzz->script));
      answer_request (fuzz, byte, &body);
      break;
    }
  test_host_settle (fuzz->host);
  read_all (fuzz, FALSE);
}

/* --- one input ---------------------------------------------------------------------- */

static void
configure (Fuzz *fuzz)
{
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  const GtalkConfig config = {
    .address = "mina@gtalk.example",
    .password = password,
    .resource = "Desk",
    .security = fuzz->settings & SET_STARTTLS ? GTALK_SECURITY_REQUIRED
                                              : GTALK_SECURITY_DIRECT,
    .signin = fuzz->settings & SET_TOKEN ? GTALK_SIGNIN_TOKEN
                                         : GTALK_SIGNIN_AUTO,
    .token_url = "https://accounts.gtalk.example",
    .quirks = (fuzz->settings & SET_GOOGLE ? GTALK_QUIRK_GOOGLE : 0) |
              (fuzz->settings & SET_LOCK_STEP ? GTALK_QUIRK_LOCK_STEP : 0),
    .watch_mail = TRUE,
    .client_name = "fuzz",
    .client_version = "1",
    .status = IM_STATUS_AVAILABLE,
  };

  fuzz->session = gtalk_session_new (test_host_get (fuzz->host), &config);
}

/* An honest sign-on, which must succeed unless the owner meddles with it. */
static void
sign_on (Fuzz *fuzz)
{
  const guint8 meddling = SET_COMMANDS_INSIDE | SET_LEAVE_INSIDE;

  for (guint i = 0; i < 16 && !fuzz->closed && !fuzz->left; i++)
    serve (fuzz);
  g_assert_true ((fuzz->settings & meddling) ||
                 gtalk_session_is_online (fuzz->session));
}

static void
begin (Fuzz *fuzz)
{
  fuzz->host = test_host_new ();
  fuzz->ids = g_ptr_array_new_with_free_func (g_free);
  fuzz->said = g_string_new (NULL);
  test_host_set_quiet (fuzz->host, TRUE);
  test_host_on_event (fuzz->host, on_event, fuzz);
  configure (fuzz);
  gtalk_session_start (fuzz->session);
  test_host_settle (fuzz->host);
  if (fuzz->settings & SET_SIGNED_ON)
    sign_on (fuzz);
}

static void
end (Fuzz *fuzz)
{
  gtalk_session_free (fuzz->session);
  fuzz->closed = TRUE;
  fuzz_assert_nothing_left (fuzz->host);
  read_all (fuzz, FALSE);
  g_ptr_array_unref (fuzz->ids);
  g_string_free (fuzz->said, TRUE);
  g_free (fuzz->invitation);
  test_host_free (fuzz->host);
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
  guint operations = 0;

  im_reader_init (&fuzz.script, data, size);
  fuzz.settings = fuzz_next_byte (&fuzz.script);
  fuzz.leave_after = fuzz_next_byte (&fuzz.script);
  begin (&fuzz);
  while (operations < MAX_OPERATIONS && goes_on (&fuzz))
    {
      guint8 byte = fuzz_next_byte (&fuzz.script);

      if (byte == 6)
        append_id (&fuzz);
      else if (byte < 6 && ++operations > 0)
        operate (&fuzz, byte);
      else
        g_string_append_c (fuzz.said, (char) byte);
    }
  if (!fuzz.closed && !fuzz.left)
    flush (&fuzz);
  end (&fuzz);
  return 0;
}

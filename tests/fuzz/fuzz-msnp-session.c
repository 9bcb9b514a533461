/* A whole MSN session against servers that are honest or hostile at every
 * step: sign-on, list, messages, commands in between, links and requests that
 * break, time that passes. The input is a script of operations, the first two
 * bytes settings.
 *
 * Beyond survival: after the end nothing is reported, no link stays open and
 * no timer runs; every text reported is tidy. */

#include <stdlib.h>
#include <string.h>

#include "fuzz-session.h"
#include "im-limits.h"
#include "msnp-frame.h"
#include "msnp-session.h"

/* The first byte. */
enum
{
  SET_VERSION = 7 << 0,         /* which of @versions */
  SET_LOCK_STEP = 1 << 3,
  SET_COMMANDS_INSIDE = 1 << 4, /* commands from inside events */
  SET_LEAVE_INSIDE = 1 << 5,    /* an event makes the owner leave */
  SET_SIGNED_ON = 1 << 6,       /* begins after an honest sign-on */
  SET_GATEWAY = 1 << 7,
};

static const guint versions[] = { 18, 12, 8, 7, 15, 2, 10, 0 };

/* Events and operations after which an input has had its say. */
#define MAX_EVENTS 4000
#define MAX_OPERATIONS 300
#define MAX_LINKS 64

typedef struct
{
  TestHost *host;
  MsnpSession *session;
  ImReader script;
  guint8 settings;
  guint8 leave_after; /* events, with SET_LEAVE_INSIDE */
  guint n_events;
  gboolean closed;
  gboolean left;   /* the owner does not listen any more */
  gboolean inside; /* a command was given from inside an event */
  guint32 last_id; /* the newest transaction id of the session */
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
  static const char *const names[] = { "bob@example.com", "BOB@example.com",
                                       "eve@example.com", "me@example.com",
                                       "",                "é漢",
                                       "Pals",            "tel:+491" };

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

/* --- Commands ----------------------------------------------------------- */

static void
command_list (Fuzz *fuzz, guint8 choice)
{
  MsnpSession *session = fuzz->session;
  const char *who = next_name (fuzz);
  const char *group = next_name (fuzz);
  const char *other = next_name (fuzz);

  switch (choice % 11)
    {
    case 0:
      msnp_session_add_buddy (session, who, group, other, NULL);
      break;
    case 1:
      msnp_session_remove_buddy (session, who, group);
      break;
    case 2:
      msnp_session_move_buddy (session, who, group, other);
      break;
    case 3:
      msnp_session_alias_buddy (session, who, other);
      break;
    case 4:
      msnp_session_rename_group (session, group, other);
      break;
    case 5:
      msnp_session_remove_group (session, group);
      break;
    case 6:
      msnp_session_set_privacy (session, (ImPrivacyMode)(1 + *who % 5));
      break;
    case 7:
      msnp_session_permit (session, who, *group & 1);
      break;
    case 8:
      msnp_session_deny (session, who, *group & 1);
      break;
    case 9:
      msnp_session_reply_auth (session, who, *group & 1);
      break;
    case 10:
      msnp_session_invite_by_mail (session, who);
      break;
    }
}

static void
command_own (Fuzz *fuzz, guint8 choice)
{
  MsnpSession *session = fuzz->session;
  g_autoptr (ImText) text = next_text (fuzz);

  switch (choice % 6)
    {
    case 0:
      msnp_session_set_status (
          session, (ImStatus)(choice / 6 % IM_N_STATUSES), text);
      break;
    case 1:
      msnp_session_set_idle (session, choice & 0x40);
      break;
    case 2:
      msnp_session_set_media (session, im_text_plain (text), NULL, NULL);
      break;
    case 3:
      msnp_session_set_nick (session, im_text_plain (text));
      break;
    case 4:
      msnp_session_set_phone (session, (MsnpPhone)(choice / 6 % 4),
                              im_text_plain (text));
      break;
    case 5:
      msnp_session_sign_off_places (session);
      break;
    }
}

static void
command_talk (Fuzz *fuzz, guint8 choice)
{
  MsnpSession *session = fuzz->session;
  guint chat = 1 + choice / 10 % 3;
  const char *who = next_name (fuzz);
  g_autoptr (ImText) text = next_text (fuzz);

  switch (choice % 10)
    {
    case 0:
    case 1:
      msnp_session_send_message (session, who, text);
      break;
    case 2:
      msnp_session_send_typing (session, who, IM_TYPING_TYPING);
      break;
    case 3:
      msnp_session_send_nudge (session, who);
      break;
    case 4:
      msnp_session_close_talk (session, who);
      break;
    case 5:
      msnp_session_start_chat (session);
      break;
    case 6:
      msnp_session_widen_talk (session, who);
      break;
    case 7:
      msnp_session_invite (session, chat, who);
      break;
    case 8:
      msnp_session_leave_chat (session, chat);
      break;
    case 9:
      msnp_session_say_in_chat (session, chat, text);
      break;
    }
}

static void
command (Fuzz *fuzz)
{
  guint8 choice = next_byte (fuzz);

  if (choice < 0x60)
    command_talk (fuzz, choice);
  else if (choice < 0xb0)
    command_list (fuzz, choice);
  else
    command_own (fuzz, choice);
}

/* --- Events ------------------------------------------------------------- */

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

/* --- Links -------------------------------------------------------------- */

static void
feed (Fuzz *fuzz, guint i, const void *data, gsize len)
{
  fuzz_feed (fuzz->host, i, data, len);
}

static void
say (Fuzz *fuzz, guint i, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
say (Fuzz *fuzz, guint i, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  feed (fuzz, i, line, strlen (line));
}

/* --- The honest server -------------------------------------------------- */

static void
answer_user (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  ImWord how = msnp_command_param (command, 0);
  gboolean asks = im_word_is (msnp_command_param (command, 1), "I");
  guint32 id = command->trid;

  if (!asks)
    say (fuzz, i, "USR %u OK me@example.com 1 0\r\n", id);
  else if (im_word_is (how, "MD5"))
    say (fuzz, i, "USR %u MD5 S 4778dd8dca148a6\r\n", id);
  else if (im_word_is (how, "TWN"))
    say (fuzz, i,
         "USR %u TWN S ct=1,rver=1,wp=FS_40SEC_0_COMPACT,lc=1,id=1\r\n", id);
  else
    say (fuzz, i, "USR %u SSO S MBI_KEY_OLD 01234567890123456789\r\n", id);
}

static void
answer_list (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  guint version = msnp_session_version (fuzz->session);
  guint32 id = command->trid;

  if (version < 8)
    say (fuzz, i,
         "SYN %u 1\r\nLST %u FL 1 1 1 bob@example.com Bob 0\r\n"
         "LST %u AL 1 0 0\r\nLST %u BL 1 0 0\r\nLST %u RL 1 0 0\r\n",
         id, id, id, id, id);
  else if (version < 10)
    say (fuzz, i,
         "SYN %u 1 1 1\r\nLSG 0 Other 0\r\nLST bob@example.com Bob 3 0\r\n", id);
  else
    say (fuzz, i,
         "SYN %u 1 1 1 1\r\nLSG Pals aaaa\r\n"
         "LST N=bob@example.com F=Bob C=bbbb 3%s aaaa\r\n",
         id, version >= 12 ? " 1" : "");
}

static void
answer_transfer (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  say (fuzz, i, "XFR %u SB 127.0.0.1:1864 CKI 17262740.1050826919.32308\r\n",
       command->trid);
}

static void
echo (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  g_autofree char *word = im_word_dup (msnp_command_param (command, 0));

  say (fuzz, i, "%s %u %s 0\r\n", command->verb, command->trid, word);
}

static void
agree (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  say (fuzz, i, "%s %u OK\r\n", command->verb, command->trid);
}

static void
call (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  g_autofree char *who = im_word_dup (msnp_command_param (command, 0));

  say (fuzz, i, "CAL %u RINGING 1234\r\nJOI %s Bob 0\r\n", command->trid, who);
}

static void
acknowledge (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  say (fuzz, i, "ACK %u\r\n", command->trid);
}

static void
answer_version (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  g_autofree char *best = im_word_dup (msnp_command_param (command, 0));

  say (fuzz, i, "VER %u %s\r\n", command->trid, best);
}

static void
answer_command (Fuzz *fuzz, guint i, const MsnpCommand *command)
{
  static const struct
  {
    char verb[4];
    void (*answer) (Fuzz *fuzz, guint i, const MsnpCommand *command);
  } rows[] = {
    { "VER", answer_version },  { "CVR", echo },  { "INF", echo },
    { "USR", answer_user },     { "SYN", answer_list },
    { "CHG", echo },            { "UUX", echo },  { "XFR", answer_transfer },
    { "ADL", agree },           { "RML", agree }, { "CAL", call },
    { "MSG", acknowledge },     { "PRP", echo },  { "REA", echo },
    { "BLP", echo },            { "ANS", agree }, { "URL", echo },
  };

  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    if (msnp_command_is (command, rows[row].verb))
      rows[row].answer (fuzz, i, command);
}

/* Reads what the session wrote on link @i, which must be whole commands. */
static void
read_written (Fuzz *fuzz, guint i, gboolean honest)
{
  g_autoptr (GBytes) bytes = test_host_take_written (fuzz->host, i);
  g_auto (MsnpFramer) framer = { 0 };
  MsnpCommand command;

  msnp_framer_init (&framer, MSNP_FROM_CLIENT);
  g_assert_true (msnp_push (&framer, g_bytes_get_data (bytes, NULL),
                            g_bytes_get_size (bytes), NULL));
  while (msnp_next (&framer, &command, NULL) == MSNP_GOT)
    {
      if (command.has_trid)
        fuzz->last_id = command.trid;
      if (honest)
        answer_command (fuzz, i, &command);
    }
  g_assert_cmpuint (msnp_waiting (&framer), ==, 0);
}

/* --- The honest services ------------------------------------------------ */

#define SOAP "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\">"

#define TOKEN(site, proof)                                                    \
  "<RequestSecurityTokenResponse><AppliesTo><EndpointReference><Address>"     \
  site "</Address></EndpointReference></AppliesTo><LifeTime><Created>"        \
  "2026-01-01T00:00:00Z</Created><Expires>2026-01-02T00:00:00Z</Expires>"     \
  "</LifeTime><RequestedSecurityToken><BinarySecurityToken>t=abc&amp;p="      \
  "</BinarySecurityToken></RequestedSecurityToken>" proof                     \
  "</RequestSecurityTokenResponse>"

static const char *const tickets =
    SOAP "<S:Body><RequestSecurityTokenResponseCollection>" TOKEN (
        "messengerclear.live.com",
        "<RequestedProofToken><BinarySecret>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "</BinarySecret></RequestedProofToken>")
        TOKEN ("messenger.msn.com", "") TOKEN ("contacts.msn.com", "")
            TOKEN ("messengersecure.live.com", "")
    "</RequestSecurityTokenResponseCollection></S:Body></S:Envelope>";

static const char *const memberships =
    SOAP "<S:Body><FindMembershipResponse><FindMembershipResult><Services>"
         "<Service><Memberships><Membership><MemberRole>Allow</MemberRole>"
         "<Members><Member><MembershipId>1</MembershipId><Type>Passport</Type>"
         "<PassportName>bob@example.com</PassportName></Member></Members>"
         "</Membership></Memberships><Info><Handle><Id>1</Id><Type>Messenger"
         "</Type></Handle></Info></Service></Services></FindMembershipResult>"
         "</FindMembershipResponse></S:Body></S:Envelope>";

static const char *const contacts =
    SOAP "<S:Body><ABFindAllResponse><ABFindAllResult><contacts><Contact>"
         "<contactId>1</contactId><contactInfo><contactType>Regular"
         "</contactType><passportName>bob@example.com</passportName>"
         "<isMessengerUser>true</isMessengerUser></contactInfo></Contact>"
         "</contacts></ABFindAllResult></ABFindAllResponse></S:Body>"
         "</S:Envelope>";

static void
answer_request (Fuzz *fuzz, guint i, guint status, const char *const *headers,
                const void *body, gsize len)
{
  static const char *const none[] = { NULL };
  g_autoptr (GBytes) bytes = g_bytes_new (body, len);
  ImHttpResponse response = { status, headers != NULL ? headers : none,
                              bytes };

  test_host_answer (fuzz->host, i, &response);
}

static void
serve_request (Fuzz *fuzz, guint i)
{
  static const char *const nexus[] = {
    "PassportURLs", "DALogin=login.example/in,ConfigVersion=1", NULL
  };
  static const char *const login[] = {
    "Authentication-Info", "Passport1.4 da-status=success,from-PP='t=a&p='",
    NULL
  };
  const char *url = test_host_request (fuzz->host, i)->url;

  if (strstr (url, "pprdr") != NULL)
    answer_request (fuzz, i, 200, nexus, "", 0);
  else if (strstr (url, "/in") != NULL)
    answer_request (fuzz, i, 200, login, "", 0);
  else if (strstr (url, "RST") != NULL)
    answer_request (fuzz, i, 200, NULL, tickets, strlen (tickets));
  else if (strstr (url, "Sharing") != NULL)
    answer_request (fuzz, i, 200, NULL, memberships, strlen (memberships));
  else if (strstr (url, "abservice") != NULL)
    answer_request (fuzz, i, 200, NULL, contacts, strlen (contacts));
  else
    answer_request (fuzz, i, 404, NULL, "", 0);
}

static void
serve_requests (Fuzz *fuzz)
{
  guint n = test_host_n_requests (fuzz->host);

  for (guint i = 0; i < n; i++)
    if (!test_host_request (fuzz->host, i)->over)
      serve_request (fuzz, i);
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
      open_link (fuzz, i);
      read_written (fuzz, i, TRUE);
    }
  serve_requests (fuzz);
  test_host_settle (fuzz->host);
}

/* --- The hostile ones --------------------------------------------------- */

static const char *const verbs[] = {
  "VER", "CVR", "INF", "USR", "XFR", "SYN", "GTC", "BLP", "LSG", "LST", "PRP",
  "BPR", "CHG", "ILN", "NLN", "FLN", "UBX", "UBN", "UBM", "MSG", "NOT", "IPG",
  "CHL", "QRY", "QNG", "OUT", "RNG", "ADD", "ADC", "REM", "ADG", "RMG", "REG",
  "ADL", "RML", "FQY", "URL", "REA", "SBP", "GCF", "SBS", "CAL", "JOI", "IRO",
  "ANS", "ACK", "NAK", "BYE", "911", "715", "800", "201", "XYZ", "UUX", "UUN",
};

/* A line of a verb that is known, with words of the script, maybe with the
 * number of the last command, maybe with a payload. */
static void
hostile_line (Fuzz *fuzz, guint i)
{
  const char *verb = verbs[next_byte (fuzz) % G_N_ELEMENTS (verbs)];
  guint8 how = next_byte (fuzz);
  ImReader words = next_bytes (fuzz, next_byte (fuzz) & 0x3f);
  ImReader payload = next_bytes (fuzz, how & 4 ? next_byte (fuzz) : 0);
  g_autoptr (GString) line = g_string_new (verb);

  if (how & 1)
    g_string_append_printf (line, " %u", fuzz->last_id - (how >> 5));
  else if (how & 2)
    g_string_append (line, " 0");
  if (im_reader_left (&words) > 0)
    {
      g_string_append_c (line, ' ');
      g_string_append_len (line, (const char *)words.pos,
                           (gssize)im_reader_left (&words));
    }
  if (how & 4)
    g_string_append_printf (line, " %u", (guint)im_reader_left (&payload));
  g_string_append (line, "\r\n");
  if (how & 4)
    g_string_append_len (line, (const char *)payload.pos,
                         (gssize)im_reader_left (&payload));
  feed (fuzz, i, line->str, line->len);
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
    case 3:
      hostile_line (fuzz, i);
      break;
    case 4:
      bytes = next_bytes (fuzz, next_byte (fuzz));
      feed (fuzz, i, bytes.pos, im_reader_left (&bytes));
      break;
    case 5:
      type = next_byte (fuzz);
      test_host_drop (fuzz->host, i,
                      type <= IM_PROBLEM_OTHER ? (int)type : -1);
      break;
    }
}

/* The newest request that waits, or -1. */
static int
live_request (Fuzz *fuzz)
{
  for (guint i = test_host_n_requests (fuzz->host); i > 0; i--)
    if (!test_host_request (fuzz->host, i - 1)->over)
      return (int)i - 1;
  return -1;
}

static void
hostile_answer (Fuzz *fuzz)
{
  static const guint statuses[] = { 200, 302, 401, 403, 404, 500, 503, 0 };
  int request = live_request (fuzz);
  guint8 how = next_byte (fuzz);
  ImReader body = next_bytes (fuzz, next_byte (fuzz));
  g_autofree char *value = NULL;
  const char *headers[] = { "Location", NULL, NULL };

  if (request < 0)
    return;
  value = g_strndup ((const char *)body.pos, im_reader_left (&body));
  headers[1] = value;
  if (how < 0x40)
    serve_request (fuzz, (guint)request);
  else if (how < 0x60)
    test_host_fail_request (fuzz->host, (guint)request,
                            how % (IM_PROBLEM_OTHER + 1));
  else
    answer_request (fuzz, (guint)request,
                    statuses[how % G_N_ELEMENTS (statuses)], headers, body.pos,
                    im_reader_left (&body));
}

static void
operate (Fuzz *fuzz)
{
  guint8 choice = next_byte (fuzz);
  guint8 operation = choice % 10;
  int link = fuzz_live_link (fuzz->host, choice / 10 % 4);
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
    case 9:
      hostile_answer (fuzz);
      break;
    default:
      if (link >= 0)
        operate_on_link (fuzz, operation, (guint)link);
    }
  if (operation != 6)
    test_host_settle (fuzz->host);
}

/* --- One input ---------------------------------------------------------- */

static void
configure (Fuzz *fuzz)
{
  static const char *const domains[] = { "example", NULL };
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  MsnpConfig config = {
    .address = "me@example.com",
    .password = password,
    .server = "ns.example",
    .port = 1863,
    .domains = domains,
    .version = versions[fuzz->settings & SET_VERSION],
    .connection = fuzz->settings & SET_GATEWAY ? MSNP_CONNECTION_HTTP
                                               : MSNP_CONNECTION_DIRECT,
    .places = fuzz->leave_after & 1 ? MSNP_PLACES_SIGN_OFF : MSNP_PLACES_KEEP,
    .machine = "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}",
    .services = {
      .nexus = "https://nexus.example/pprdr.asp",
      .rst = "https://login.example/RST.srf",
      .address_book = "https://ab.example/abservice.asmx",
      .sharing = "https://ab.example/SharingService.asmx",
      .oim = "https://oim.example/rsi.asmx",
      .oim_store = "https://oim.example/oim.asmx",
      .gateway = "http://gw.example/gateway/gateway.dll",
    },
    .quirks = fuzz->settings & SET_LOCK_STEP ? MSNP_QUIRK_LOCK_STEP
                                             : MSNP_QUIRK_NONE,
    .place_name = "fuzz",
    .status = IM_STATUS_AVAILABLE,
  };

  fuzz->session = msnp_session_new (test_host_get (fuzz->host), &config);
}

static void
assert_ended (Fuzz *fuzz)
{
  msnp_session_free (fuzz->session);
  fuzz->closed = TRUE;
  fuzz_assert_nothing_left (fuzz->host);
}

/* An honest sign-on, which must succeed unless the owner meddles with it. */
static void
sign_on (Fuzz *fuzz)
{
  const guint8 meddling = SET_COMMANDS_INSIDE | SET_LEAVE_INSIDE | SET_GATEWAY;

  for (guint i = 0; i < 10 && !fuzz->closed && !fuzz->left; i++)
    serve (fuzz);
  g_assert_true ((fuzz->settings & meddling) ||
                 msnp_session_is_online (fuzz->session));
}

static void
begin (Fuzz *fuzz)
{
  fuzz->host = test_host_new ();
  test_host_set_quiet (fuzz->host, TRUE);
  test_host_on_event (fuzz->host, on_event, fuzz);
  configure (fuzz);
  msnp_session_start (fuzz->session);
  test_host_settle (fuzz->host);
  if (fuzz->settings & SET_SIGNED_ON)
    sign_on (fuzz);
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

  im_reader_init (&fuzz.script, data, size);
  fuzz.settings = next_byte (&fuzz);
  fuzz.leave_after = next_byte (&fuzz);
  begin (&fuzz);
  for (guint i = 0; i < MAX_OPERATIONS && goes_on (&fuzz); i++)
    operate (&fuzz);
  assert_ended (&fuzz);
  test_host_free (fuzz.host);
  return 0;
}

/* Plays the scenarios of tests/scenario/msnp: a session against scripted
 * servers with virtual time. Beside the verbs of scenario.c:
 *
 *   start [version=N] [server=HOST] [port=N] [...]
 *   client N sends COMMAND [| PAYLOAD]
 *   client N is silent
 *   server N COMMAND [| PAYLOAD]
 *   server N raw TEXT
 *   http N gives tickets [life=SECONDS] [policy=...]
 *   http N redirects URL | refuses FAULT
 *   http N makes [ID] | denies FAULT
 *   user ...
 *
 * "#" in what the client sends stands for a transaction id, which is "$VERB"
 * in what the server says. */

#include <stdlib.h>
#include <string.h>

#include "msnp-session.h"
#include "scenario.h"

static MsnpSession *session;
static GHashTable *ids; /* "link VERB" => the last transaction id sent */

/* --- Starting ----------------------------------------------------------- */

typedef struct
{
  const char *word;
  int value;
} Word;

static const Word statuses[] = {
  { "available", IM_STATUS_AVAILABLE },   { "away", IM_STATUS_AWAY },
  { "occupied", IM_STATUS_OCCUPIED },     { "invisible", IM_STATUS_INVISIBLE },
  { "right-back", IM_STATUS_RIGHT_BACK }, { "phone", IM_STATUS_PHONE },
  { "lunch", IM_STATUS_LUNCH },           { NULL, 0 },
};

static const Word securities[] = {
  { "required", MSNP_SECURITY_REQUIRED },
  { "optional", MSNP_SECURITY_OPTIONAL },
  { "off", MSNP_SECURITY_OFF },
  { NULL, 0 },
};

static const Word connections[] = {
  { "direct", MSNP_CONNECTION_DIRECT },
  { "http", MSNP_CONNECTION_HTTP },
  { "http-if-blocked", MSNP_CONNECTION_HTTP_IF_BLOCKED },
  { NULL, 0 },
};

static int
find_word (const Scenario *play, const Word *words, const char *word)
{
  for (; words->word != NULL; words++)
    if (strcmp (words->word, word) == 0)
      return words->value;
  scenario_fail (play, "what is %s?", word);
}

static void
set_option (Scenario *play, MsnpConfig *config, char *option)
{
  char *value = strchr (option, '=');

  if (value != NULL)
    *value++ = '\0';
  if (strcmp (option, "lock-step") == 0)
    config->quirks |= MSNP_QUIRK_LOCK_STEP;
  else if (strcmp (option, "alone") == 0)
    config->places = MSNP_PLACES_SIGN_OFF;
  else if (value == NULL)
    scenario_fail (play, "start knows no %s", option);
  else if (strcmp (option, "version") == 0)
    config->version = (guint) atoi (value);
  else if (strcmp (option, "server") == 0)
    config->server = value;
  else if (strcmp (option, "address") == 0)
    config->address = value;
  else if (strcmp (option, "port") == 0)
    config->port = (guint16) atoi (value);
  else if (strcmp (option, "nick") == 0)
    config->nick = value;
  else if (strcmp (option, "rst") == 0)
    config->services.rst = value;
  else if (strcmp (option, "status") == 0)
    config->status = (ImStatus) find_word (play, statuses, value);
  else if (strcmp (option, "security") == 0)
    config->security = (MsnpSecurity) find_word (play, securities, value);
  else if (strcmp (option, "connection") == 0)
    config->connection =
        (MsnpConnection) find_word (play, connections, value);
  else
    scenario_fail (play, "start knows no %s", option);
}

static void
do_start (Scenario *play, const char *rest)
{
  static const char *const domains[] = { "example.org", NULL };
  g_auto (GStrv) words = g_strsplit (rest, " ", -1);
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  MsnpConfig config = {
    .address = "me@example.com",
    .password = password,
    .server = "ns.msn.example",
    .port = 1863,
    .security = MSNP_SECURITY_REQUIRED,
    .domains = domains,
    .version = 12,
    .machine = "{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}",
    .services = {
      .nexus = "https://nexus.msn.example/rdr/pprdr.asp",
      .rst = "https://login.msn.example/RST.srf",
      .address_book = "https://ab.msn.example/abservice.asmx",
      .sharing = "https://ab.msn.example/SharingService.asmx",
      .oim = "https://oim.msn.example/rsi.asmx",
      .oim_store = "https://oim.msn.example/oim.asmx",
      .gateway = "http://gw.msn.example/gateway/gateway.dll",
    },
    .place_name = "here",
    .status = IM_STATUS_AVAILABLE,
    .list_cache = scenario_kept (play, "list"),
    .home = scenario_kept (play, "home"),
  };

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      set_option (play, &config, *word);
  session = msnp_session_new (test_host_get (play->test), &config);
  msnp_session_start (session);
  test_host_settle (play->test);
}

/* --- What is said ------------------------------------------------------- */

static gboolean
has_payload (const char *verb)
{
  static const char *const verbs[] = { "QRY", "UUX", "ADL", "RML", "FQY",
                                       "UUN", "UUM", "MSG", NULL };

  return g_strv_contains (verbs, verb);
}

/* Takes the next command off what was sent: its line, with "#" for the
 * transaction id, and its payload. */
static char *
next_command (Scenario *play, guint link, char **ret_payload)
{
  GString *sent = scenario_sent (play, link);
  char *end = strstr (sent->str, "\r\n");
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  gsize size = 0, taken;

  *ret_payload = NULL;
  if (end == NULL)
    return NULL;
  line = g_strndup (sent->str, (gsize) (end - sent->str));
  words = g_strsplit (line, " ", -1);
  if (has_payload (words[0]))
    size = (gsize) atoi (words[g_strv_length (words) - 1]);
  taken = strlen (line) + 2 + size;
  if (taken > sent->len)
    scenario_fail (play, "half a command: %s", line);
  if (has_payload (words[0]))
    *ret_payload = g_strndup (end + 2, size);
  g_string_erase (sent, 0, (gssize) taken);
  if (words[1] != NULL && g_ascii_isdigit (*words[1]))
    {
      g_hash_table_insert (ids, g_strdup_printf ("%u %s", link, words[0]),
                           words[1]);
      words[1] = g_strdup ("#");
    }
  return g_strjoinv (" ", words);
}

static void
expect_command (Scenario *play, guint link, const char *rest)
{
  g_auto (GStrv) halves = g_strsplit (rest, " | ", 2);
  g_autofree char *payload = NULL;
  g_autofree char *line = next_command (play, link, &payload);

  if (line == NULL)
    scenario_fail (play, "the client sent nothing");
  if (!g_pattern_match_simple (halves[0], line))
    scenario_fail (play, "the client sent %s | %s", line,
                   payload != NULL ? payload : "");
  if (halves[1] == NULL)
    return;
  if (payload == NULL || !g_pattern_match_simple (halves[1], payload))
    scenario_fail (play, "the payload is %s", payload != NULL ? payload : "");
}

/* client N sends COMMAND [| PAYLOAD] | client N is silent */
static void
do_client (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  guint link = scenario_link (play, words[0]);

  if (strcmp (words[1], "sends") == 0)
    expect_command (play, link, words[2]);
  else if (scenario_sent (play, link)->len > 0)
    scenario_fail (play, "the client sent %s", play->sent[link]->str);
}

static void
append_id (Scenario *play, guint link, GString *out, const char *verb)
{
  g_autofree char *key = g_strdup_printf ("%u %s", link, verb);
  const char *id = g_hash_table_lookup (ids, key);

  if (id == NULL)
    scenario_fail (play, "the client sent no %s yet", verb);
  g_string_append (out, id);
}

/* server N COMMAND [| PAYLOAD] | server N raw TEXT */
static void
do_server (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 2);
  guint link = scenario_link (play, words[0]);
  g_auto (GStrv) halves = g_strsplit (words[1], " | ", 2);
  g_auto (GStrv) parts = g_strsplit (halves[0], " ", -1);
  g_autofree char *payload = halves[1] ? g_strcompress (halves[1]) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  if (strcmp (parts[0], "raw") == 0)
    {
      g_autofree char *text = g_strcompress (words[1] + 4);

      scenario_feed (play, link, text, strlen (text));
      return;
    }
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      if (*parts[i] == '$')
        append_id (play, link, out, parts[i] + 1);
      else
        g_string_append (out, parts[i]);
    }
  if (payload != NULL)
    g_string_append_printf (out, " %u", (guint) strlen (payload));
  g_string_append (out, "\r\n");
  if (payload != NULL)
    g_string_append (out, payload);
  scenario_feed (play, link, out->str, out->len);
}

/* --- Passport ----------------------------------------------------------- */

#define ENVELOPE                                                              \
  "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\" "        \
  "xmlns:psf=\"http://schemas.microsoft.com/Passport/SoapServices/SOAPFault\">"

static void
append_token (GString *out, guint number, const char *address,
              const char *expires)
{
  g_string_append_printf (
      out,
      "<RequestSecurityTokenResponse><AppliesTo><EndpointReference><Address>%s"
      "</Address></EndpointReference></AppliesTo><LifeTime><Created>"
      "2026-01-01T00:00:00Z</Created><Expires>%s</Expires></LifeTime>"
      "<RequestedSecurityToken><BinarySecurityToken Id=\"Compact%u\">"
      "t=ticket%u&amp;p=</BinarySecurityToken></RequestedSecurityToken>",
      address, expires, number, number);
  if (strcmp (address, "messengerclear.live.com") == 0)
    g_string_append (out, "<RequestedProofToken><BinarySecret>"
                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                          "</BinarySecret></RequestedProofToken>");
  g_string_append (out, "</RequestSecurityTokenResponse>");
}

static char *
tickets_body (const char *expires)
{
  static const char *const sites[] = {
    "http://Passport.NET/tb", "messengerclear.live.com", "messenger.msn.com",
    "contacts.msn.com",       "messengersecure.live.com", "storage.msn.com",
  };
  GString *out = g_string_new (ENVELOPE "<S:Body>"
                               "<RequestSecurityTokenResponseCollection>");

  for (guint i = 0; i < G_N_ELEMENTS (sites); i++)
    append_token (out, i, sites[i], expires);
  g_string_append (out, "</RequestSecurityTokenResponseCollection></S:Body>"
                        "</S:Envelope>");
  return g_string_free (out, FALSE);
}

static char *
fault_body (const char *fault, const char *url)
{
  return g_strdup_printf (
      ENVELOPE "<S:Fault><faultcode>%s</faultcode><faultstring>no"
               "</faultstring><psf:redirectUrl>%s</psf:redirectUrl></S:Fault>"
               "</S:Envelope>",
      fault, url);
}

/* An edit of the list that was made, maybe with what it made. */
static char *
made_body (const char *id)
{
  return g_strdup_printf (
      ENVELOPE "<S:Body><Response xmlns=\"http://www.msn.com/webservices/"
               "AddressBook\"><guid>%s</guid></Response></S:Body></S:Envelope>",
      id);
}

static char *
denied_body (const char *code)
{
  return g_strdup_printf (
      ENVELOPE "<S:Body><S:Fault><faultcode>S:Client</faultcode><faultstring>"
               "no</faultstring><detail><errorcode xmlns=\"http://www.msn.com/"
               "webservices/AddressBook\">%s</errorcode></detail></S:Fault>"
               "</S:Body></S:Envelope>",
      code);
}

/* http N gives tickets [until TIME] | redirects URL | refuses FAULT | makes
 * [ID] | denies FAULT */
static gboolean
do_http (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 5);
  guint n = g_strv_length (words);
  g_autofree char *body = NULL;

  if (n >= 3 && strcmp (words[1], "gives") == 0)
    body = tickets_body (n == 5 ? words[4] : "2026-01-02T00:00:00Z");
  else if (n == 3 && strcmp (words[1], "redirects") == 0)
    body = fault_body ("psf:Redirect", words[2]);
  else if (n == 3 && strcmp (words[1], "refuses") == 0)
    body = fault_body (words[2], "");
  else if (n >= 2 && strcmp (words[1], "makes") == 0)
    body = made_body (n > 2 ? words[2] : "");
  else if (n == 3 && strcmp (words[1], "denies") == 0)
    body = denied_body (words[2]);
  else
    return FALSE;
  scenario_answer (play, scenario_request (play, words[0]), 200, NULL, body);
  test_host_settle (play->test);
  return TRUE;
}

/* --- The user ----------------------------------------------------------- */

static void
take_status (Scenario *play, const char *word, const char *rest)
{
  g_autoptr (ImText) text = rest != NULL ? im_text_new_plain (rest) : NULL;

  msnp_session_set_status (
      session, (ImStatus) find_word (play, statuses, word), text);
}

/* user adds WHO GROUP [WORDS] | removes WHO GROUP | moves WHO FROM TO | calls
 * WHO ALIAS | renames-group FROM TO | drops-group GROUP | permits WHO |
 * unpermits WHO | blocks WHO | unblocks WHO | grants WHO | refuses WHO |
 * opens | closes | invites-by-mail WHO */
static gboolean
change_list (const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 4);
  const char *verb = words[0];
  guint n = g_strv_length (words);
  const char *who = n > 1 ? words[1] : "";
  const char *second = n > 2 ? words[2] : "";
  const char *third = n > 3 ? words[3] : NULL;

  if (strcmp (verb, "adds") == 0)
    msnp_session_add_buddy (session, who, second, NULL, third);
  else if (strcmp (verb, "removes") == 0)
    msnp_session_remove_buddy (session, who, second);
  else if (strcmp (verb, "moves") == 0)
    msnp_session_move_buddy (session, who, second, third);
  else if (strcmp (verb, "calls") == 0)
    msnp_session_alias_buddy (session, who, second);
  else if (strcmp (verb, "renames-group") == 0)
    msnp_session_rename_group (session, who, second);
  else if (strcmp (verb, "drops-group") == 0)
    msnp_session_remove_group (session, who);
  else if (strcmp (verb, "permits") == 0 || strcmp (verb, "unpermits") == 0)
    msnp_session_permit (session, who, *verb == 'p');
  else if (strcmp (verb, "blocks") == 0 || strcmp (verb, "unblocks") == 0)
    msnp_session_deny (session, who, *verb == 'b');
  else if (strcmp (verb, "grants") == 0 || strcmp (verb, "refuses") == 0)
    msnp_session_reply_auth (session, who, *verb == 'g');
  else if (strcmp (verb, "opens") == 0)
    msnp_session_set_privacy (session, IM_PRIVACY_DENY_LISTED);
  else if (strcmp (verb, "closes") == 0)
    msnp_session_set_privacy (session, IM_PRIVACY_ALLOW_LISTED);
  else if (strcmp (verb, "invites-by-mail") == 0)
    msnp_session_invite_by_mail (session, who);
  else
    return FALSE;
  return TRUE;
}

static void
do_user (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  const char *verb = words[0];
  const char *first = words[1], *second = first != NULL ? words[2] : NULL;

  if (strcmp (verb, "is") == 0)
    take_status (play, first, second);
  else if (strcmp (verb, "idles") == 0)
    msnp_session_set_idle (session, (guint) atoi (first));
  else if (strcmp (verb, "plays") == 0)
    msnp_session_set_media (session, first, second, NULL);
  else if (strcmp (verb, "is-called") == 0)
    msnp_session_set_nick (
        session, first != NULL ? rest + strlen ("is-called ") : "");
  else if (strcmp (verb, "phones-at") == 0)
    msnp_session_set_phone (session, (MsnpPhone) atoi (first), second);
  else if (strcmp (verb, "signs-off-places") == 0)
    msnp_session_sign_off_places (session);
  else if (strcmp (verb, "leaves") == 0)
    g_clear_pointer (&session, msnp_session_free);
  else if (!change_list (rest))
    scenario_fail (play, "a user never %s", verb);
  test_host_settle (play->test);
}

/* --- The player --------------------------------------------------------- */

static gboolean
play_verb (Scenario *play, const char *verb, const char *rest)
{
  static const struct
  {
    const char *verb;
    void (*func) (Scenario *play, const char *rest);
  } verbs[] = {
    { "start", do_start },
    { "client", do_client },
    { "server", do_server },
    { "user", do_user },
  };

  if (strcmp (verb, "http") == 0)
    return do_http (play, rest);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].verb, verb) == 0)
      {
        verbs[i].func (play, rest);
        return TRUE;
      }
  return FALSE;
}

static void
reset (Scenario *play)
{
  g_clear_pointer (&session, msnp_session_free);
  g_clear_pointer (&ids, g_hash_table_unref);
  ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

int
main (int argc, char **argv)
{
  static const ScenarioFuncs funcs = { "msnp", play_verb, reset };
  int status = scenario_main (argc, argv, &funcs);

  g_clear_pointer (&ids, g_hash_table_unref);
  return status;
}

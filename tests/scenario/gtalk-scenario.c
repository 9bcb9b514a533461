/* Plays the scenarios of tests/scenario/gtalk: a session against scripted
 * servers with virtual time. Beside the verbs of scenario.c:
 *
 *   start [address=WHO] [server=HOST] [port=N] [security=...] [...]
 *   client N sends XML
 *   client N never XML
 *   client N lacks TEXT
 *   client N drops
 *   client N silent
 *   server N XML
 *   server N raw TEXT
 *   server N repeat COUNT XML
 *   server N scram [wrong]
 *   server N scram2 [XML]
 *   user ...
 *
 * Each element the client sends is looked for among all that nobody has looked
 * for yet: what leaves together has no order that matters. xml-pattern.h has
 * the patterns; "$name" of one is what it stands for in what the server says
 * later. */

#include <stdlib.h>
#include <string.h>

#include "gtalk-session.h"
#include "scenario.h"
#include "scram-server.h"
#include "xml-pattern.h"

static GtalkSession *session;
static GHashTable *names;  /* "name" => what "$name" stands for */
static GPtrArray *untaken[SCENARIO_MAX_LINKS]; /* elements as text */
static GString *all[SCENARIO_MAX_LINKS];       /* all that was sent */
static char *invitation;   /* what the last one wants back */
static ScramServer *scram;
static guint n_files;       /* that were to be sent */

/* --- Starting ----------------------------------------------------------- */

typedef struct
{
  const char *word;
  int value;
} Word;

static const Word statuses[] = {
  { "available", IM_STATUS_AVAILABLE },
  { "chatty", IM_STATUS_FREE_FOR_CHAT },
  { "away", IM_STATUS_AWAY },
  { "xa", IM_STATUS_NOT_AVAILABLE },
  { "dnd", IM_STATUS_DND },
  { "invisible", IM_STATUS_INVISIBLE },
  { NULL, 0 },
};

static const Word securities[] = {
  { "required", GTALK_SECURITY_REQUIRED },
  { "direct", GTALK_SECURITY_DIRECT },
  { "optional", GTALK_SECURITY_OPTIONAL },
  { "off", GTALK_SECURITY_OFF },
  { NULL, 0 },
};

static const Word signins[] = {
  { "auto", GTALK_SIGNIN_AUTO },
  { "plain", GTALK_SIGNIN_PLAIN },
  { "token", GTALK_SIGNIN_TOKEN },
  { "oauth2", GTALK_SIGNIN_OAUTH2 },
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
set_option (Scenario *play, GtalkConfig *config, char *option)
{
  char *value = strchr (option, '=');

  if (value != NULL)
    *value++ = '\0';
  if (strcmp (option, "lock-step") == 0)
    config->quirks |= GTALK_QUIRK_LOCK_STEP;
  else if (strcmp (option, "google") == 0)
    config->quirks |= GTALK_QUIRK_GOOGLE;
  else if (strcmp (option, "mail") == 0)
    config->watch_mail = TRUE;
  else if (value == NULL)
    scenario_fail (play, "start knows no %s", option);
  else if (strcmp (option, "address") == 0)
    config->address = value;
  else if (strcmp (option, "server") == 0)
    config->server = value;
  else if (strcmp (option, "port") == 0)
    config->port = (guint16) atoi (value);
  else if (strcmp (option, "resource") == 0)
    config->resource = *value != '\0' ? value : NULL;
  else if (strcmp (option, "token") == 0)
    config->token_url = value;
  else if (strcmp (option, "oauth") == 0)
    config->oauth_url = value;
  else if (strcmp (option, "security") == 0)
    config->security = (GtalkSecurity) find_word (play, securities, value);
  else if (strcmp (option, "signin") == 0)
    config->signin = (GtalkSignin) find_word (play, signins, value);
  else if (strcmp (option, "status") == 0)
    config->status = (ImStatus) find_word (play, statuses, value);
  else
    scenario_fail (play, "start knows no %s", option);
}

static GBytes *
find_cache (gpointer user, const char *name)
{
  GBytes *bytes = scenario_kept (user, name);

  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

static void
on_event (gpointer user, const ImEvent *event)
{
  if (event->type != IM_EVENT_CHAT_INVITE)
    return;
  g_free (invitation);
  invitation = g_strdup (event->chat_invite.key);
}

static void
do_start (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", -1);
  g_autoptr (ImSecret) password = im_secret_new ("Tea & Biscuits");
  GtalkConfig config = {
    .address = "mina@gtalk.example",
    .password = password,
    .resource = "Desk",
    .security = GTALK_SECURITY_REQUIRED,
    .client_name = "Google Talk for Pidgin",
    .client_version = "1",
    .status = IM_STATUS_AVAILABLE,
    .caches = find_cache,
    .cache_user = play,
  };

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      set_option (play, &config, *word);
  test_host_on_event (play->test, on_event, NULL);
  session = gtalk_session_new (test_host_get (play->test), &config);
  gtalk_session_start (session);
  test_host_settle (play->test);
}

/* --- What the client says ------------------------------------------------- */

static void
take_sent (Scenario *play, guint link)
{
  GString *sent = scenario_sent (play, link);
  char *element;

  g_string_append_len (all[link], sent->str, (gssize) sent->len);
  while ((element = xml_pattern_split (sent)) != NULL)
    g_ptr_array_add (untaken[link], element);
  if (sent->len > 0)
    scenario_fail (play, "half an element: %s", sent->str);
}

/* Returns: which of the elements that were not taken yet fits, or G_MAXUINT */
static guint
find_element (Scenario *play, guint link, const char *text)
{
  g_autoptr (XmlPattern) pattern = xml_pattern_parse (text);
  gboolean is_end = g_str_has_prefix (text, "</");

  if (pattern == NULL && !is_end)
    scenario_fail (play, "no element: %s", text);
  for (guint i = 0; i < untaken[link]->len; i++)
    {
      const char *is = untaken[link]->pdata[i];
      g_autoptr (XmlPattern) element =
          is_end ? NULL : xml_pattern_parse (is);

      if (is_end ? strcmp (is, text) == 0
                 : element != NULL &&
                       xml_pattern_fits (pattern, element, names))
        return i;
    }
  return G_MAXUINT;
}

static G_GNUC_NORETURN void
fail_with_sent (Scenario *play, guint link, const char *words)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < untaken[link]->len; i++)
    g_string_append_printf (text, "  %s\n",
                            (const char *) untaken[link]->pdata[i]);
  scenario_fail (play, "%s:\n%s", words, text->str);
}

static void
do_client (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  guint link = scenario_link (play, words[0]);
  const char *what = words[1], *text = words[2] != NULL ? words[2] : "";
  guint index;

  take_sent (play, link);
  if (strcmp (what, "sends") == 0)
    {
      index = find_element (play, link, text);
      if (index == G_MAXUINT)
        fail_with_sent (play, link, "the client sent only");
      g_ptr_array_remove_index (untaken[link], index);
    }
  else if (strcmp (what, "never") == 0)
    {
      if (find_element (play, link, text) != G_MAXUINT)
        fail_with_sent (play, link, "the client sent, too");
    }
  else if (strcmp (what, "lacks") == 0)
    {
      if (strstr (all[link]->str, text) != NULL)
        scenario_fail (play, "the client sent %s", all[link]->str);
    }
  else if (strcmp (what, "drops") == 0)
    g_ptr_array_set_size (untaken[link], 0);
  else if (strcmp (what, "silent") != 0)
    scenario_fail (play, "a client never %s", what);
  else if (untaken[link]->len > 0)
    fail_with_sent (play, link, "the client sent");
}

/* --- What the server says -------------------------------------------------- */

/* Returns: (transfer full): @text with all "$name" replaced */
static char *
expand (Scenario *play, const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0';)
    {
      gsize len = *p == '$' ? strspn (p + 1, "abcdefghijklmnopqrstuvwxyz") : 0;
      g_autofree char *name = g_strndup (p + 1, len);
      const char *value = g_hash_table_lookup (names, name);

      if (len == 0)
        {
          g_string_append_c (out, *p++);
          continue;
        }
      if (value == NULL)
        scenario_fail (play, "nothing is called $%s", name);
      g_string_append (out, value);
      p += 1 + len;
    }
  return g_string_free (out, FALSE);
}

/* COUNT XML: "%u" in it is a number that counts up from 0. What is large is
 * never fed byte by byte. */
static void
repeat (Scenario *play, guint link, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 2);
  g_auto (GStrv) parts = g_strsplit (words[1], "%u", -1);
  GString *out = g_string_new (NULL);
  guint count = (guint) atoi (words[0]);

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autofree char *one = g_strjoinv (number, parts);

      g_string_append (out, one);
    }
  for (gsize at = 0; at < out->len; at += 8192)
    if (!test_host_link (play->test, link)->closed)
      test_host_feed (play->test, link, out->str + at,
                      MIN (8192, out->len - at));
  test_host_settle (play->test);
  g_string_free (out, TRUE);
}

/* The base64 in the last element of that name the client sent; SASL2 has that
 * of the first in another. */
static char *
take_base64 (Scenario *play, guint link, const char *frame, const char *name)
{
  g_autofree char *text =
      strcmp (name, "authenticate") == 0
          ? g_strdup_printf ("<authenticate xmlns='%s'><initial-response>$base"
                             "</initial-response></authenticate>", frame)
          : g_strdup_printf ("<%s xmlns='%s'>$base</%s>", name, frame, name);
  char *value;

  g_hash_table_remove (names, "base");
  take_sent (play, link);
  if (find_element (play, link, text) == G_MAXUINT)
    fail_with_sent (play, link, "no sign-in");
  g_ptr_array_remove_index (untaken[link], find_element (play, link, text));
  value = g_strdup (g_hash_table_lookup (names, "base"));
  g_hash_table_remove (names, "base");
  return value;
}

/* Returns: (transfer full): what the server answers to the client's next
 * message of SCRAM, named @first or "response"; whether it was the first goes
 * to @is_first */
static char *
next_of_scram (Scenario *play, guint link, const char *frame,
               const char *first, gboolean *is_first)
{
  g_autofree char *said = NULL;
  char *answer;

  *is_first = scram == NULL;
  said = take_base64 (play, link, frame, *is_first ? first : "response");
  if (*is_first)
    {
      scram = scram_server_new ("Tea & Biscuits");
      answer = scram_server_challenge (scram, said);
    }
  else
    {
      answer = scram_server_prove (scram, said);
      g_clear_pointer (&scram, scram_server_free);
    }
  if (answer == NULL)
    scenario_fail (play, "the client's SCRAM is wrong: %s", said);
  return answer;
}

/* Answers a sign-in by SCRAM: a challenge to the first message, success to the
 * second, with a proof that is wrong if @rest says so. */
static void
do_scram (Scenario *play, guint link, const char *rest)
{
  const char *frame = "urn:ietf:params:xml:ns:xmpp-sasl";
  gboolean first;
  g_autofree char *answer =
      next_of_scram (play, link, frame, "auth", &first);
  const char *name = first ? "challenge" : "success";
  g_autofree char *xml = g_strdup_printf (
      "<%s xmlns='%s'>%s</%s>", name, frame,
      strcmp (rest, "wrong") == 0 ? "dj1BQUFB" : answer, name);

  scenario_feed (play, link, xml, strlen (xml));
}

/* The same in SASL2's frame. @rest is what is in the success, where "$proof" is
 * the proof. */
static void
do_scram2 (Scenario *play, guint link, const char *rest)
{
  const char *frame = "urn:xmpp:sasl:2";
  gboolean first;
  g_autofree char *answer =
      next_of_scram (play, link, frame, "authenticate", &first);
  g_autofree char *inside = NULL;
  g_autofree char *xml = NULL;

  g_hash_table_replace (names, g_strdup ("proof"), g_strdup (answer));
  inside = expand (play, first ? answer : rest);
  xml = g_strdup_printf (first ? "<challenge xmlns='%s'>%s</challenge>"
                               : "<success xmlns='%s'>%s</success>",
                         frame, inside);
  scenario_feed (play, link, xml, strlen (xml));
}

static void
do_server (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 2);
  guint link = scenario_link (play, words[0]);
  const char *text = words[1] != NULL ? words[1] : "";
  g_autofree char *plain = NULL;

  if (g_str_has_prefix (text, "repeat "))
    {
      repeat (play, link, text + strlen ("repeat "));
      return;
    }
  if (g_str_has_prefix (text, "scram2"))
    {
      do_scram2 (play, link, text[6] == ' ' ? text + 7 : "");
      return;
    }
  if (g_str_has_prefix (text, "scram"))
    {
      do_scram (play, link, text[5] == ' ' ? text + 6 : "");
      return;
    }
  plain = g_str_has_prefix (text, "raw ") ? g_strcompress (text + 4)
                                          : expand (play, text);
  scenario_feed (play, link, plain, strlen (plain));
}

/* --- The user ----------------------------------------------------------- */

static void
say (Scenario *play, const char *who, const char *words)
{
  g_autoptr (ImText) text = im_text_new_plain (words);

  if (gtalk_session_send_message (session, who, text) == 0)
    scenario_fail (play, "that is too long");
}

static void
say_in_room (Scenario *play, guint chat, const char *words)
{
  g_autoptr (ImText) text = im_text_new_plain (words);

  gtalk_session_say_in_room (session, chat, text, NULL);
}

/* user adds WHO GROUP [ALIAS] | removes WHO GROUP | moves WHO FROM TO | calls
 * WHO ALIAS | renames-group FROM TO | blocks WHO | unblocks WHO | grants WHO |
 * refuses WHO | begs WHO | revokes WHO */
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
    gtalk_session_add_buddy (session, who, second, third, NULL);
  else if (strcmp (verb, "removes") == 0)
    gtalk_session_remove_buddy (session, who, second);
  else if (strcmp (verb, "moves") == 0)
    gtalk_session_move_buddy (session, who, second, third);
  else if (strcmp (verb, "calls") == 0)
    gtalk_session_alias_buddy (session, who, second);
  else if (strcmp (verb, "renames-group") == 0)
    gtalk_session_rename_group (session, who, second);
  else if (strcmp (verb, "blocks") == 0 || strcmp (verb, "unblocks") == 0)
    gtalk_session_block (session, who, *verb == 'b');
  else if (strcmp (verb, "grants") == 0 || strcmp (verb, "refuses") == 0)
    gtalk_session_reply_auth (session, who, *verb == 'g');
  else if (strcmp (verb, "begs") == 0)
    gtalk_session_request_auth (session, who, NULL);
  else if (strcmp (verb, "revokes") == 0)
    gtalk_session_revoke_auth (session, who);
  else
    return FALSE;
  return TRUE;
}

/* user joins ROOM [NICK] | talks CHAT TEXT | quits CHAT | topics CHAT TEXT |
 * renames CHAT NICK | kicks CHAT NICK | bids CHAT WHO | accepts ROOM |
 * declines ROOM */
static gboolean
go_to_rooms (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  const char *verb = words[0];
  guint n = g_strv_length (words);
  const char *first = n > 1 ? words[1] : "";
  const char *second = n > 2 ? words[2] : NULL;
  guint chat = (guint) atoi (first);

  if (strcmp (verb, "joins") == 0)
    gtalk_session_join_room (session, first, second, NULL);
  else if (strcmp (verb, "talks") == 0)
    say_in_room (play, chat, second);
  else if (strcmp (verb, "quits") == 0)
    gtalk_session_leave_room (session, chat);
  else if (strcmp (verb, "topics") == 0)
    gtalk_session_set_topic (session, chat, second);
  else if (strcmp (verb, "renames") == 0)
    gtalk_session_change_nick (session, chat, second);
  else if (strcmp (verb, "kicks") == 0)
    gtalk_session_kick (session, chat, second, NULL, FALSE);
  else if (strcmp (verb, "bids") == 0)
    gtalk_session_invite_to_room (session, chat, second, NULL);
  else if (strcmp (verb, "accepts") == 0)
    gtalk_session_join_invited (session, first, invitation);
  else if (strcmp (verb, "declines") == 0)
    gtalk_session_decline_invite (session, first, invitation);
  else
    return FALSE;
  return TRUE;
}

static void
take_status (Scenario *play, const char *word, const char *words)
{
  g_autoptr (ImText) text = words != NULL ? im_text_new_plain (words) : NULL;

  gtalk_session_set_status (
      session, (ImStatus) find_word (play, statuses, word), text);
}

static void
wear (const char *base64)
{
  gsize length;
  guchar *data = g_base64_decode (base64, &length);
  g_autoptr (GBytes) picture = g_bytes_new_take (data, length);

  gtalk_session_set_icon (session, picture);
}

static gssize
read_nothing (gpointer user, void *buffer, gsize len)
{
  return 0;
}

static gboolean
rewind_nothing (gpointer user)
{
  return TRUE;
}

/* WHO NAME SIZE; files are numbered from 1 */
static void
give_file (const char *who, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 2);
  const GtalkFile file = {
    .id = n_files++,
    .to = who,
    .name = words[0],
    .source = { .size = (guint64) atoi (words[1]),
                .read = read_nothing,
                .rewind = rewind_nothing },
  };

  gtalk_session_send_file (session, &file);
}

static gboolean
do_more (const char *verb, const char *who, const char *rest)
{
  if (strcmp (verb, "wears") == 0)
    wear (who);
  else if (strcmp (verb, "gives") == 0)
    give_file (who, rest);
  else if (strcmp (verb, "keeps") == 0)
    gtalk_session_cancel_file (session, (guint) atoi (who));
  else if (strcmp (verb, "hushes") == 0)
    gtalk_session_set_off_record (session, who, TRUE);
  else if (strcmp (verb, "reads") == 0)
    gtalk_session_seen (session, who);
  else if (strcmp (verb, "gathers") == 0)
    gtalk_session_start_room (session, who);
  else
    return FALSE;
  return TRUE;
}

/* user says WHO TEXT | types WHO | is STATUS [TEXT] | idles SECONDS | asks WHO
 * | sees WHO | buzzes WHO | closes WHO | answers [TEXT] | wears PICTURE
 * | hushes WHO | reads WHO | gathers WHO | gives WHO NAME SIZE
 * | keeps FILE | leaves */
static void
do_user (Scenario *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  const char *verb = words[0];
  const char *first = words[1], *second = first != NULL ? words[2] : NULL;

  if (strcmp (verb, "says") == 0)
    say (play, first, second);
  else if (strcmp (verb, "types") == 0)
    gtalk_session_send_typing (session, first, IM_TYPING_TYPING);
  else if (strcmp (verb, "is") == 0)
    take_status (play, first, second);
  else if (strcmp (verb, "idles") == 0)
    gtalk_session_set_idle (session, (guint) atoi (first));
  else if (strcmp (verb, "asks") == 0)
    gtalk_session_get_info (session, first);
  else if (strcmp (verb, "sees") == 0)
    gtalk_session_fetch_icon (session, first);
  else if (strcmp (verb, "buzzes") == 0)
    gtalk_session_send_attention (session, first);
  else if (strcmp (verb, "closes") == 0)
    gtalk_session_gone (session, first);
  else if (strcmp (verb, "answers") == 0)
    gtalk_session_answer_prompt (session, first);
  else if (strcmp (verb, "leaves") == 0)
    g_clear_pointer (&session, gtalk_session_free);
  else if (!change_list (rest) && !go_to_rooms (play, rest) &&
           !do_more (verb, first, second))
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

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (verbs[i].verb, verb) == 0)
      {
        verbs[i].func (play, rest);
        return TRUE;
      }
  return FALSE;
}

static void
forget (void)
{
  g_clear_pointer (&session, gtalk_session_free);
  g_clear_pointer (&names, g_hash_table_unref);
  g_clear_pointer (&invitation, g_free);
  g_clear_pointer (&scram, scram_server_free);
  n_files = 1;
  for (guint i = 0; i < SCENARIO_MAX_LINKS; i++)
    {
      g_clear_pointer (&untaken[i], g_ptr_array_unref);
      if (all[i] != NULL)
        g_string_free (g_steal_pointer (&all[i]), TRUE);
    }
}

static void
reset (Scenario *play)
{
  forget ();
  names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < SCENARIO_MAX_LINKS; i++)
    {
      untaken[i] = g_ptr_array_new_with_free_func (g_free);
      all[i] = g_string_new (NULL);
    }
}

int
main (int argc, char **argv)
{
  static const ScenarioFuncs funcs = { "gtalk", play_verb, reset };
  int status = scenario_main (argc, argv, &funcs);

  forget ();
  return status;
}

/* Plays the scenarios of tests/scenario/oscar: a session against a scripted
 * server with virtual time. tests/README.md describes the language.
 *
 * Every scenario is played three ways: with the server's bytes whole, one at
 * a time, and ended after each of its steps, where nothing may be left. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "im-host.h"
#include "oscar-session.h"
#include "oscar-snac.h"
#include "test-host.h"

#define MAX_LINKS 8

typedef enum
{
  PLAY_WHOLE,
  PLAY_BYTEWISE,
} Delivery;

typedef struct
{
  const char *path;
  guint line_number;
  Delivery delivery;
  TestHost *test;
  OscarSession *session;
  OscarFlapFramer sent[MAX_LINKS];  /* what the client sent, as frames */
  guint16 sequence[MAX_LINKS];
  GHashTable *ids;   /* "link group/subtype" => guint last request id */
  GBytes *list_cache;
  GBytes *home;
} Play;

/* --- Helpers ------------------------------------------------------------ */

static void fail (const Play *play, const char *format, ...)
    G_GNUC_PRINTF (2, 3) G_GNUC_NORETURN;

static void
fail (const Play *play, const char *format, ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("%s:%u: %s\nevents so far:\n%s", play->path, play->line_number,
              text, test_host_log (play->test));
  abort ();
}

static guint
link_number (const Play *play, const char *word)
{
  guint i = (guint) atoi (word);

  if (i >= test_host_n_links (play->test) || i >= MAX_LINKS)
    fail (play, "there is no link %u", i);
  return i;
}

static guint32
parse_snac (const Play *play, const char *word)
{
  guint group, subtype;

  if (sscanf (word, "%x/%x", &group, &subtype) != 2)
    fail (play, "not a SNAC: %s", word);
  return OSCAR_SNAC (group, subtype);
}

static void
take_sent (Play *play, guint link)
{
  g_autoptr (GBytes) bytes = test_host_take_written (play->test, link);
  gsize len;
  const void *data = g_bytes_get_data (bytes, &len);

  g_assert_true (oscar_flap_push (&play->sent[link], data, len, NULL));
}

static gboolean
next_sent (Play *play, guint link, OscarFlap *ret)
{
  g_autoptr (GError) error = NULL;
  OscarFlapResult result;

  take_sent (play, link);
  result = oscar_flap_next (&play->sent[link], ret, &error);
  if (result == OSCAR_FLAP_FAILED)
    fail (play, "the client sent no FLAP: %s", error->message);
  return result == OSCAR_FLAP_GOT;
}

static void
remember_id (Play *play, guint link, const OscarSnac *snac)
{
  g_hash_table_insert (play->ids,
                       g_strdup_printf ("%u %02x/%02x", link, snac->foodgroup,
                                        snac->subtype),
                       GUINT_TO_POINTER (snac->request_id));
}

static char *
unquote (const char *word)
{
  gsize len = strlen (word);

  if (len >= 2 && word[0] == '"' && word[len - 1] == '"')
    {
      g_autofree char *inner = g_strndup (word + 1, len - 2);

      return g_strcompress (inner);
    }
  return NULL;
}

/* The closing quote; a backslash protects the character after it. */
static const char *
end_of_text (const Play *play, const char *p)
{
  for (; *p != '"'; p++)
    {
      if (*p == '\\')
        p++;
      if (*p == '\0')
        fail (play, "a text does not end");
    }
  return p;
}

/* Bytes are written as hex, "text", 8"text" and 16"text" (with a length in
 * front), or as TLV:0005( ... ) around any of them. */
static void
append_bytes (Play *play, GByteArray *out, const char **cursor)
{
  while (**cursor != '\0' && **cursor != ')')
    {
      const char *p = *cursor;
      guint prefix = 0;

      if (*p == ' ')
        {
          (*cursor)++;
          continue;
        }
      if (g_str_has_prefix (p, "TLV:"))
        {
          guint16 tag = GUINT16_TO_BE ((guint16) strtoul (p + 4, NULL, 16));
          guint16 len;
          g_autoptr (GByteArray) value = g_byte_array_new ();

          *cursor = strchr (p, '(') + 1;
          append_bytes (play, value, cursor);
          (*cursor)++;
          len = GUINT16_TO_BE ((guint16) value->len);
          g_byte_array_append (out, (guint8 *) &tag, 2);
          g_byte_array_append (out, (guint8 *) &len, 2);
          g_byte_array_append (out, value->data, value->len);
          continue;
        }
      if (g_str_has_prefix (p, "8\""))
        prefix = 1, p += 1;
      else if (g_str_has_prefix (p, "16\""))
        prefix = 2, p += 2;
      if (*p == '"')
        {
          const char *end = end_of_text (play, p + 1);
          g_autofree char *word = g_strndup (p, (gsize) (end + 1 - p));
          g_autofree char *text = unquote (word);
          guint8 len[2] = { (guint8) (strlen (text) >> 8),
                            (guint8) strlen (text) };

          if (prefix > 0)
            g_byte_array_append (out, len + 2 - prefix, prefix);
          g_byte_array_append (out, (guint8 *) text, (guint) strlen (text));
          *cursor = end + 1;
          continue;
        }
      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        fail (play, "neither hex nor text: %s", p);
      guint8 byte = (guint8) (g_ascii_xdigit_value (p[0]) << 4 |
                              g_ascii_xdigit_value (p[1]));
      g_byte_array_append (out, &byte, 1);
      *cursor = p + 2;
    }
}

static GByteArray *
parse_bytes (Play *play, const char *text)
{
  GByteArray *out = g_byte_array_new ();
  const char *cursor = text;

  append_bytes (play, out, &cursor);
  return out;
}

static void
feed (Play *play, guint link, const GByteArray *bytes)
{
  if (play->delivery == PLAY_WHOLE)
    test_host_feed (play->test, link, bytes->data, bytes->len);
  else
    for (guint i = 0; i < bytes->len; i++)
      if (!test_host_link (play->test, link)->closed)
        test_host_feed (play->test, link, bytes->data + i, 1);
  test_host_settle (play->test);
}

static void
feed_frame (Play *play, guint link, OscarFlapType type, const guint8 *data,
            gsize len)
{
  g_auto (ImWriter) frame = { 0 };

  im_writer_init (&frame, G_MAXUINT16 + 16);
  oscar_flap_encode (&frame, type, &play->sequence[link], data, len);
  feed (play, link, frame.bytes);
}

/* --- Verbs -------------------------------------------------------------- */

/* start name=... server=... [icq] [lock-step] [security=...] [status=...] */
static void
do_start (Play *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", -1);
  g_autoptr (ImSecret) password = im_secret_new ("secret");
  g_autofree char *server = g_strdup ("login.example.net");
  g_autofree char *name = g_strdup ("Me");
  g_autoptr (ImText) away = im_text_new_plain ("gone");
  const char *domains[] = { "example.org", NULL };
  OscarConfig config = {
    .password = password,
    .port = 5190,
    .security = OSCAR_SECURITY_OFF,
    .tls_domains = domains,
    .web_url = "https://api.example.net/",
    .web_key = "devkey",
    .charset = "ISO-8859-1",
    .client_name = "scenario",
    .status = IM_STATUS_AVAILABLE,
    .list_cache = play->list_cache,
    .home = play->home,
  };

  for (char **word = words; *word != NULL; word++)
    {
      if (strcmp (*word, "icq") == 0)
        config.icq = TRUE;
      else if (g_str_has_prefix (*word, "charset="))
        config.charset = *word + 8;
      else if (strcmp (*word, "lock-step") == 0)
        config.quirks |= OSCAR_QUIRK_LOCK_STEP;
      else if (strcmp (*word, "one-address") == 0)
        config.quirks |= OSCAR_QUIRK_ONE_ADDRESS;
      else if (strcmp (*word, "alone") == 0)
        config.alone = TRUE;
      else if (strcmp (*word, "weak") == 0)
        config.signon = OSCAR_SIGNON_MD5_WEAK;
      else if (strcmp (*word, "roasted") == 0)
        config.signon = OSCAR_SIGNON_ROASTED;
      else if (strcmp (*word, "kerberos") == 0)
        config.signon = OSCAR_SIGNON_KERBEROS;
      else if (strcmp (*word, "web") == 0)
        config.signon = OSCAR_SIGNON_WEB;
      else if (strcmp (*word, "token-is-cookie") == 0)
        config.quirks |= OSCAR_QUIRK_TOKEN_IS_COOKIE;
      else if (g_str_has_prefix (*word, "session-url="))
        config.session_url = *word + 12;
      else if (g_str_has_prefix (*word, "web="))
        config.web_url = *word + 4;
      else if (g_str_has_prefix (*word, "password="))
        {
          im_secret_unref (password);
          config.password = password = im_secret_new (*word + 9);
        }
      else if (strcmp (*word, "security=required") == 0)
        config.security = OSCAR_SECURITY_REQUIRED;
      else if (strcmp (*word, "security=optional") == 0)
        config.security = OSCAR_SECURITY_OPTIONAL;
      else if (strcmp (*word, "status=away") == 0)
        config.status = IM_STATUS_AWAY, config.status_text = away;
      else if (strcmp (*word, "status=invisible") == 0)
        config.status = IM_STATUS_INVISIBLE;
      else if (g_str_has_prefix (*word, "server="))
        g_free (server), server = g_strdup (*word + 7);
      else if (g_str_has_prefix (*word, "name="))
        g_free (name), name = g_strdup (*word + 5);
      else if (**word != '\0')
        fail (play, "start knows no %s", *word);
    }
  config.server = server;
  config.name = name;
  play->session = oscar_session_new (test_host_get (play->test), &config);
  oscar_session_start (play->session);
}

/* link N is HOST:PORT [tls] [verify=NAME] | opens | closes [PROBLEM] */
static void
do_link (Play *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", -1);
  guint link = link_number (play, words[0]);
  TestLink *record = test_host_link (play->test, link);

  if (strcmp (words[1], "opens") == 0)
    test_host_open (play->test, link);
  else if (strcmp (words[1], "closes") == 0)
    test_host_drop (play->test, link,
                    words[2] ? test_host_problem (words[2]) : -1);
  else if (strcmp (words[1], "is") == 0)
    {
      g_autofree char *is = g_strdup_printf (
          "%s:%u%s%s%s", record->host, record->port,
          record->tls ? " tls" : "", record->verify_name ? " verify=" : "",
          record->verify_name ? record->verify_name : "");
      g_autofree char *want = g_strjoinv (" ", words + 2);

      if (strcmp (is, want) != 0)
        fail (play, "link %u is %s, not %s", link, is, want);
    }
  else if (strcmp (words[1], "closed") == 0)
    {
      if (!record->closed)
        fail (play, "link %u is still open", link);
    }
  else
    fail (play, "a link does not %s", words[1]);
  test_host_settle (play->test);
}

static guint
request_number (const Play *play, const char *word)
{
  guint i = (guint) atoi (word);

  if (i >= test_host_n_requests (play->test))
    fail (play, "there is no request %u", i);
  return i;
}

/* Text is taken as it stands, the rest as bytes are written everywhere. */
static void
answer_request (Play *play, guint request, const char *status,
                const char *type, const char *body)
{
  const char *headers[] = { "Content-Type", type, NULL };
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GBytes) data = NULL;
  ImHttpResponse response = {
    .status = (guint) atoi (status),
    .headers = headers,
  };

  if (g_str_has_prefix (type, "application/x-snac"))
    bytes = parse_bytes (play, body);
  data = bytes != NULL ? g_bytes_new (bytes->data, bytes->len)
                       : g_bytes_new (body, strlen (body));
  response.body = data;
  test_host_answer (play->test, request, &response);
}

static void
compare_request (Play *play, const TestRequest *record, const char *text)
{
  g_autoptr (GByteArray) want = parse_bytes (play, text);
  g_autoptr (GBytes) bytes = g_bytes_new (want->data, want->len);
  g_autofree char *have = NULL;

  if (g_bytes_equal (record->body, bytes))
    return;
  have = g_uri_escape_bytes (g_bytes_get_data (record->body, NULL),
                             g_bytes_get_size (record->body), " =&");
  fail (play, "the request's body is %s", have);
}

/* http N is METHOD URL | sends BYTES | answers STATUS TYPE [BODY]
 * | fails PROBLEM | over */
static void
do_http (Play *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  guint request = request_number (play, words[0]);
  const TestRequest *record = test_host_request (play->test, request);
  const char *verb = words[1], *tail = words[2] ? words[2] : "";

  if (strcmp (verb, "is") == 0)
    {
      g_autofree char *is =
          g_strdup_printf ("%s %s", record->method, record->url);

      /* No request of ours may ever be logged. */
      g_assert_true (record->secret);
      if (strcmp (is, tail) != 0)
        fail (play, "request %u is %s", request, is);
    }
  else if (strcmp (verb, "sends") == 0)
    compare_request (play, record, tail);
  else if (strcmp (verb, "answers") == 0)
    {
      g_auto (GStrv) parts = g_strsplit (tail, " ", 3);

      answer_request (play, request, parts[0], parts[1],
                      parts[2] ? parts[2] : "");
    }
  else if (strcmp (verb, "fails") == 0)
    test_host_fail_request (play->test, request, test_host_problem (tail));
  else if (strcmp (verb, "over") == 0)
    {
      if (!record->over)
        fail (play, "request %u still waits", request);
    }
  else
    fail (play, "a request never %s", verb);
  test_host_settle (play->test);
}

static guint32
reply_id (Play *play, guint link, const char *word)
{
  g_autofree char *lower = NULL;
  g_autofree char *key = NULL;
  gpointer id;

  if (!g_str_has_prefix (word, "re:"))
    return 0x80000000u;
  lower = g_ascii_strdown (word + 3, -1);
  key = g_strdup_printf ("%u %s", link, lower);
  if (!g_hash_table_lookup_extended (play->ids, key, NULL, &id))
    fail (play, "the client sent no %s yet", word + 3);
  return GPOINTER_TO_UINT (id);
}

/* server N signon | signoff BYTES | raw BYTES | GG/SS [re:GG/SS] [more] BYTES */
static void
do_server (Play *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 3);
  guint link = link_number (play, words[0]);
  const char *what = words[1], *tail = words[2] ? words[2] : "";

  if (strcmp (what, "signon") == 0)
    feed_frame (play, link, OSCAR_FLAP_SIGNON, (const guint8 *) "\0\0\0\1", 4);
  else if (strcmp (what, "signoff") == 0)
    {
      g_autoptr (GByteArray) bytes = parse_bytes (play, tail);

      feed_frame (play, link, OSCAR_FLAP_SIGNOFF, bytes->data, bytes->len);
    }
  else if (strcmp (what, "raw") == 0)
    {
      g_autoptr (GByteArray) bytes = parse_bytes (play, tail);

      feed (play, link, bytes);
    }
  else
    {
      guint32 snac = parse_snac (play, what);
      guint32 id = 0x80000000u;
      guint16 flags = 0;
      g_auto (ImWriter) frame = { 0 };
      g_autoptr (GByteArray) bytes = NULL;

      if (g_str_has_prefix (tail, "re:"))
        {
          g_auto (GStrv) more = g_strsplit (tail, " ", 2);

          id = reply_id (play, link, more[0]);
          tail += strlen (more[0]);
          tail += *tail == ' ';
        }
      if (g_str_has_prefix (tail, "more"))
        flags = OSCAR_SNAC_MORE, tail += 4;
      bytes = parse_bytes (play, tail);
      im_writer_init (&frame, G_MAXUINT16);
      oscar_snac_encode_header (&frame, snac >> 16, snac & 0xffff, flags, id);
      im_writer_raw (&frame, bytes->data, bytes->len);
      feed_frame (play, link, OSCAR_FLAP_DATA, frame.bytes->data,
                  frame.bytes->len);
    }
}

static gboolean
frame_is (Play *play, guint link, const OscarFlap *flap, const char *what)
{
  OscarSnac snac;

  if (flap->type == OSCAR_FLAP_DATA &&
      oscar_snac_decode (&flap->payload, &snac, NULL))
    {
      remember_id (play, link, &snac);
      return strchr (what, '/') != NULL &&
             parse_snac (play, what) ==
                 OSCAR_SNAC (snac.foodgroup, snac.subtype);
    }
  return (flap->type == OSCAR_FLAP_SIGNON && strcmp (what, "signon") == 0) ||
         (flap->type == OSCAR_FLAP_SIGNOFF && strcmp (what, "signoff") == 0) ||
         (flap->type == OSCAR_FLAP_KEEPALIVE &&
          strcmp (what, "keepalive") == 0);
}

static void
compare_body (Play *play, const OscarFlap *flap, const char *text)
{
  g_autoptr (GByteArray) want = parse_bytes (play, text);
  ImReader have = flap->payload;

  if (flap->type == OSCAR_FLAP_DATA)
    g_assert_true (im_reader_skip (&have, 10, NULL));
  if (im_reader_left (&have) == want->len &&
      memcmp (have.pos, want->data, want->len) == 0)
    return;
  g_autoptr (GString) hex = g_string_new (NULL);
  while (im_reader_left (&have) > 0)
    g_string_append_printf (hex, "%02x", *have.pos++);
  fail (play, "the client sent instead: %s", hex->str);
}

/* client N sends GG/SS|signon|keepalive [BYTES] | is silent | has sent ... */
static void
do_client (Play *play, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 4);
  guint link = link_number (play, words[0]);
  OscarFlap flap;

  if (strcmp (words[1], "is") == 0)
    {
      if (next_sent (play, link, &flap))
        fail (play, "the client is not silent on link %u", link);
      return;
    }
  /* Frames on the way are passed over: most scenarios are about one. */
  while (next_sent (play, link, &flap))
    if (frame_is (play, link, &flap, words[2]))
      {
        if (words[3] != NULL)
          compare_body (play, &flap, words[3]);
        return;
      }
  fail (play, "the client did not send %s on link %u", words[2], link);
}

static ImStatus
parse_status (const Play *play, const char *word)
{
  static const struct
  {
    const char *word;
    ImStatus status;
  } table[] = {
    { "available", IM_STATUS_AVAILABLE }, { "away", IM_STATUS_AWAY },
    { "invisible", IM_STATUS_INVISIBLE }, { "dnd", IM_STATUS_DND },
    { "free", IM_STATUS_FREE_FOR_CHAT },  { "na", IM_STATUS_NOT_AVAILABLE },
    { "occupied", IM_STATUS_OCCUPIED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].word, word) == 0)
      return table[i].status;
  fail (play, "no such status: %s", word);
}

/* user says WHO TEXT | typing WHO N | status S [TEXT] | adds WHO GROUP ... */
static void
do_user (Play *play, const char *rest)
{
  g_auto (GStrv) w = g_strsplit (rest, " ", 4);
  OscarSession *session = play->session;
  const char *verb = w[0];

  if (strcmp (verb, "says") == 0)
    {
      g_autofree char *line = g_strjoinv (" ", w + 2);
      g_autoptr (ImText) text = im_text_new_plain (line);

      oscar_session_send_message (session, w[1], text, 0);
    }
  else if (strcmp (verb, "types") == 0)
    oscar_session_send_typing (session, w[1], IM_TYPING_TYPING);
  else if (strcmp (verb, "is") == 0)
    {
      g_autoptr (ImText) text = w[2] ? im_text_new_plain (w[2]) : NULL;

      oscar_session_set_status (session, parse_status (play, w[1]), text);
    }
  else if (strcmp (verb, "idles") == 0)
    oscar_session_set_idle (session, (guint) atoi (w[1]));
  else if (strcmp (verb, "adds") == 0)
    oscar_session_add_buddy (session, w[1], w[2], w[3]);
  else if (strcmp (verb, "removes") == 0)
    oscar_session_remove_buddy (session, w[1], w[2]);
  else if (strcmp (verb, "moves") == 0)
    oscar_session_move_buddy (session, w[1], w[2], w[3]);
  else if (strcmp (verb, "aliases") == 0)
    oscar_session_alias_buddy (session, w[1], w[2]);
  else if (strcmp (verb, "renames") == 0)
    oscar_session_rename_group (session, w[1], w[2]);
  else if (strcmp (verb, "drops") == 0)
    oscar_session_remove_group (session, w[1]);
  else if (strcmp (verb, "blocks") == 0)
    oscar_session_deny (session, w[1], TRUE);
  else if (strcmp (verb, "unblocks") == 0)
    oscar_session_deny (session, w[1], FALSE);
  else if (strcmp (verb, "privacy") == 0)
    oscar_session_set_privacy (session, (ImPrivacyMode) atoi (w[1]));
  else if (strcmp (verb, "asks") == 0)
    oscar_session_get_info (session, w[1]);
  else if (strcmp (verb, "ignores") == 0)
    oscar_session_ignore (session, w[1], TRUE);
  else if (strcmp (verb, "heeds") == 0)
    oscar_session_ignore (session, w[1], FALSE);
  else if (strcmp (verb, "trusts") == 0)
    oscar_session_authorize_ahead (session, w[1]);
  else if (strcmp (verb, "begs") == 0)
    oscar_session_request_auth (session, w[1], w[2]);
  else if (strcmp (verb, "grants") == 0)
    oscar_session_reply_auth (session, w[1], TRUE, w[2]);
  else if (strcmp (verb, "refuses") == 0)
    oscar_session_reply_auth (session, w[1], FALSE, w[2]);
  else if (strcmp (verb, "searches") == 0)
    {
      const ImField field = { (ImFieldId) atoi (w[1]), w[2] };

      oscar_session_search (session, &field, 1);
    }
  else if (strcmp (verb, "describes") == 0)
    {
      const ImField field = { (ImFieldId) atoi (w[1]), w[2] };

      oscar_session_set_own_fields (session, &field, 1);
    }
  else if (strcmp (verb, "reads") == 0)
    oscar_session_set_encoding (session, w[1], w[2]);
  else if (strcmp (verb, "feels") == 0)
    oscar_session_set_mood (session, w[1],
                            g_strv_length (w) > 3 ? w[3] : NULL,
                            g_strv_length (w) > 2 ? w[2] : NULL);
  else if (strcmp (verb, "joins") == 0)
    oscar_session_join_room (session, 4, w[1]);
  else if (strcmp (verb, "accepts") == 0)
    {
      g_autofree char *key = g_strjoinv (" ", w + 2);

      oscar_session_join_invited (session, w[1], key);
    }
  else if (strcmp (verb, "tells") == 0)
    {
      g_autoptr (ImText) text = im_text_new_plain (w[2]);

      oscar_session_say_in_room (session, (guint) atoi (w[1]), text, NULL);
    }
  else if (strcmp (verb, "bids") == 0)
    oscar_session_invite_to_room (session, (guint) atoi (w[1]), w[2], "come");
  else if (strcmp (verb, "asks-email") == 0)
    oscar_session_ask_email (session);
  else if (strcmp (verb, "warns") == 0)
    oscar_session_warn (session, w[1], w[2] != NULL);
  else if (strcmp (verb, "recalls") == 0)
    oscar_session_get_own_fields (session);
  else if (strcmp (verb, "confirms") == 0)
    oscar_session_confirm_account (session);
  else if (strcmp (verb, "formats") == 0)
    {
      g_autofree char *name = g_strjoinv (" ", w + 1);

      oscar_session_format_name (session, name);
    }
  else if (strcmp (verb, "counts") == 0)
    oscar_session_ask_places (session);
  else if (strcmp (verb, "wants") == 0)
    oscar_session_fetch_icon (session, w[1]);
  else if (strcmp (verb, "wears") == 0)
    {
      g_autoptr (GBytes) picture =
          w[1] ? g_bytes_new (w[1], strlen (w[1])) : NULL;

      oscar_session_set_icon (session, picture);
    }
  else if (strcmp (verb, "quits") == 0)
    oscar_session_leave_room (session, (guint) atoi (w[1]));
  else if (strcmp (verb, "answers") == 0)
    oscar_session_answer_prompt (session, w[1]);
  else if (strcmp (verb, "leaves") == 0)
    {
      oscar_session_free (play->session);
      play->session = NULL;
    }
  else
    fail (play, "a user never %s", verb);
}

static void
reset (Play *play)
{
  g_clear_pointer (&play->session, oscar_session_free);
  g_hash_table_remove_all (play->ids);
  for (guint i = 0; i < MAX_LINKS; i++)
    {
      oscar_flap_framer_clear (&play->sent[i]);
      oscar_flap_framer_init (&play->sent[i]);
      play->sequence[i] = 100;
    }
}

static void
keep_cache (GBytes **slot, GBytes *fresh)
{
  if (fresh == NULL)
    return;
  g_clear_pointer (slot, g_bytes_unref);
  *slot = g_bytes_ref (fresh);
}

/* again: the next sign-on of the same account, with what the last one left */
static void
do_again (Play *play)
{
  keep_cache (&play->list_cache, test_host_cache (play->test, "list"));
  keep_cache (&play->home, test_host_cache (play->test, "home"));
  reset (play);
  test_host_free (play->test);
  play->test = test_host_new ();
}

static void play_file (Play *play, const char *path, guint steps);

static void
play_line (Play *play, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 2);
  const char *verb = words[0], *rest = words[1] ? words[1] : "";

  if (strcmp (verb, "start") == 0)
    do_start (play, rest);
  else if (strcmp (verb, "link") == 0)
    do_link (play, rest);
  else if (strcmp (verb, "http") == 0)
    do_http (play, rest);
  else if (strcmp (verb, "server") == 0)
    do_server (play, rest);
  else if (strcmp (verb, "client") == 0)
    do_client (play, rest);
  else if (strcmp (verb, "user") == 0)
    do_user (play, rest);
  else if (strcmp (verb, "wait") == 0)
    test_host_advance (play->test, (guint) atoi (rest));
  else if (strcmp (verb, "again") == 0)
    do_again (play);
  else if (strcmp (verb, "links") == 0)
    {
      if (test_host_n_links (play->test) != (guint) atoi (rest))
        fail (play, "%u links were asked for",
              test_host_n_links (play->test));
    }
  else if (strcmp (verb, "requests") == 0)
    {
      if (test_host_n_requests (play->test) != (guint) atoi (rest))
        fail (play, "%u requests were made",
              test_host_n_requests (play->test));
    }
  else if (strcmp (verb, "forget") == 0)
    test_host_clear_log (play->test);
  else if (strcmp (verb, "expect") == 0)
    {
      if (test_host_count (play->test, rest) == 0)
        fail (play, "expected %s", rest);
    }
  else if (strcmp (verb, "once") == 0)
    {
      if (test_host_count (play->test, rest) != 1)
        fail (play, "expected once: %s", rest);
    }
  else if (strcmp (verb, "forbid") == 0)
    {
      if (test_host_count (play->test, rest) > 0)
        fail (play, "did not expect %s", rest);
    }
  else
    fail (play, "no such verb: %s", verb);
}

static char *
expand (const char *line)
{
  g_autofree char *stripped = g_strstrip (g_strdup (line));

  return *stripped == '#' || *stripped == '\0' ||
                 g_str_has_prefix (stripped, "title:")
             ? NULL
             : g_steal_pointer (&stripped);
}

/* Plays the first @steps lines; "use FILE" counts as one. */
static void
play_file (Play *play, const char *path, guint steps)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && i < steps; i++)
    {
      g_autofree char *line = expand (lines[i]);

      if (line == NULL)
        continue;
      if (g_str_has_prefix (line, "use "))
        {
          g_autofree char *dir = g_path_get_dirname (path);
          g_autofree char *other = g_build_filename (dir, line + 4, NULL);

          play_file (play, other, G_MAXUINT);
        }
      else
        {
          play->path = path;
          play->line_number = i + 1;
          play_line (play, line);
        }
    }
}

static guint
count_lines (const char *path)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  lines = g_strsplit (text, "\n", -1);
  return g_strv_length (lines);
}

static void
play_scenario (const char *path, Delivery delivery, guint steps)
{
  Play play = { .path = path, .delivery = delivery };

  play.test = test_host_new ();
  play.ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  reset (&play);
  play_file (&play, path, steps);
  reset (&play);
  /* What a session leaves behind after its end would fire into nothing. */
  g_assert_cmpuint (test_host_n_timers (play.test), ==, 0);
  for (guint i = 0; i < test_host_n_links (play.test); i++)
    g_assert_true (test_host_link (play.test, i)->closed);
  for (guint i = 0; i < test_host_n_requests (play.test); i++)
    g_assert_true (test_host_request (play.test, i)->over);
  for (guint i = 0; i < MAX_LINKS; i++)
    oscar_flap_framer_clear (&play.sent[i]);
  g_hash_table_unref (play.ids);
  g_clear_pointer (&play.list_cache, g_bytes_unref);
  g_clear_pointer (&play.home, g_bytes_unref);
  test_host_free (play.test);
}

static void
test_whole (gconstpointer path)
{
  play_scenario (path, PLAY_WHOLE, G_MAXUINT);
}

static void
test_bytewise (gconstpointer path)
{
  play_scenario (path, PLAY_BYTEWISE, G_MAXUINT);
}

static void
test_cut (gconstpointer path)
{
  guint lines = count_lines (path);

  for (guint steps = 0; steps < lines; steps++)
    play_scenario (path, PLAY_WHOLE, steps);
}

static void
add_scenario (const char *dir, const char *file)
{
  g_autofree char *name = g_strndup (file, strlen (file) - strlen (".scn"));
  /* Kept until the process ends: the tests run after this returns. */
  char *path = g_build_filename (dir, file, NULL);
  g_autofree char *whole = g_strdup_printf ("/oscar/%s/whole", name);
  g_autofree char *bytewise = g_strdup_printf ("/oscar/%s/bytewise", name);
  g_autofree char *cut = g_strdup_printf ("/oscar/%s/cut", name);

  g_test_add_data_func_full (whole, g_strdup (path), test_whole, g_free);
  g_test_add_data_func_full (bytewise, g_strdup (path), test_bytewise, g_free);
  g_test_add_data_func_full (cut, path, test_cut, g_free);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

int
main (int argc, char **argv)
{
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  const char *file;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  dir = g_dir_open (argv[1], 0, NULL);
  g_assert_nonnull (dir);
  while ((file = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (file, ".scn"))
      g_ptr_array_add (files, g_strdup (file));
  g_ptr_array_sort (files, by_name);
  for (guint i = 0; i < files->len; i++)
    add_scenario (argv[1], g_ptr_array_index (files, i));
  return g_test_run ();
}

/* The web gateway's wire where the vectors do not reach: edges, ceilings, and
 * what must never get onto it. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "msnweb-address.h"
#include "msnweb-connect.h"
#include "msnweb-contacts.h"
#include "msnweb-error.h"
#include "msnweb-history.h"
#include "msnweb-layers.h"
#include "msnweb-thread.h"
#include "msnweb-user.h"

#define ALICE "8:live:alice"
#define PLACE "{aaaaaaaa-0000-4000-8000-000000000001}"
#define NOW 1412227800

/* --- commands ---------------------------------------------------------- */

static MsnwebFrameResult
next (const char *text, gsize len, MsnwebCommand *command, GError **error)
{
  ImReader reader;

  im_reader_init (&reader, text, len);
  return msnweb_frame_next (&reader, command, error);
}

static void
check_frame_error (const char *text, gsize len, ImWireError expected)
{
  g_auto (MsnwebCommand) command = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (next (text, len, &command, &error), ==, MSNWEB_FRAME_FAILED);
  g_assert_error (error, IM_WIRE_ERROR, (int)expected);
}

static void
check_line_error (const char *text, ImWireError expected)
{
  check_frame_error (text, strlen (text), expected);
}

static void
test_lines (void)
{
  static const char *const malformed[] = {
    "\r\n",
    "PU 1 MSGR 2\r\n\r\n",
    "pUT 1 MSGR 2\r\n\r\n",
    "12 1 CON 2\r\n\r\n",
    "<html>\r\n",
    "PUTT 1 MSGR 2\r\n\r\n",
    " PUT 1 MSGR 2\r\n\r\n",
  };
  static const char *const older[] = {
    "USR 3 OK a@b 1 0\r\n",   "VER 1 MSNP21\r\n",
    "PUT  1 MSGR 2\r\n\r\n",  "PUT x MSGR 2\r\n\r\n",
    "PUT 1 MSGR\\ 2\r\n\r\n", "PUT 1 MSGR -2\r\n\r\n",
    "PUT 1 MSGR 2 3\r\n\r\n", "PUT 99999999999 MSGR 2\r\n\r\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    check_line_error (malformed[i], IM_WIRE_ERROR_MALFORMED);
  for (guint i = 0; i < G_N_ELEMENTS (older); i++)
    check_line_error (older[i], IM_WIRE_ERROR_UNSUPPORTED);
  check_line_error ("PUT 1 MSGR 2\r\n\r", IM_WIRE_ERROR_TRUNCATED);
  check_line_error ("PUT 1 MSGR 2", IM_WIRE_ERROR_TRUNCATED);
  check_line_error ("PUT 1 MSGR 1048577\r\n", IM_WIRE_ERROR_TOO_LARGE);
  check_line_error ("PUT 1 MSGR 1048576\r\n", IM_WIRE_ERROR_TRUNCATED);
}

/* The line's ceiling, from both sides. */
static void
test_long_line (void)
{
  g_autofree char *text = g_strnfill (IM_MAX_MSNWEB_LINE + 10, '0');
  g_auto (MsnwebCommand) command = { 0 };

  memcpy (text, "OUT 1 CON ", 10);
  text[IM_MAX_MSNWEB_LINE - 1] = '\n';
  g_assert_cmpint (next (text, strlen (text), &command, NULL), ==,
                   MSNWEB_FRAME_GOT);
  text[IM_MAX_MSNWEB_LINE - 1] = '0';
  text[IM_MAX_MSNWEB_LINE] = '\n';
  check_line_error (text, IM_WIRE_ERROR_TOO_LARGE);
}

/* What belongs to the headers, and what is the body. */
static void
test_payloads (void)
{
  static const struct
  {
    const char *text;
    const char *token;
    const char *body;
  } rows[] = {
    { "OUT 5 CON 0\r\n", NULL, "" },
    { "OUT 5 CON 2\r\n\r\n", NULL, "" },
    { "OUT 5 CON 1\n\n", NULL, "" },
    { "PNG 5 CON 7\r\n\r\nhello", NULL, "hello" },
    /* Without an empty line it is all headers. */
    { "PNG 5 CON 23\r\nSet-Registration: abc\r\n", "abc", "" },
    { "PNG 5 CON 21\r\nSet-Registration: abc", "abc", "" },
    { "PNG 5 CON 32\r\nx\r\nSET-REGISTRATION:  abc \r\n\r\nhi", "abc", "hi" },
    /* The last counts. */
    { "PNG 5 CON 46\r\nSet-Registration: a\r\nSet-Registration: b\r\n\r\nhi",
      "b", "hi" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (MsnwebCommand) command = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *words = NULL;
      MsnwebFrameResult result =
          next (rows[i].text, strlen (rows[i].text), &command, &error);

      g_assert_no_error (error);
      g_assert_cmpint (result, ==, MSNWEB_FRAME_GOT);
      g_assert_cmpstr (msnweb_command_registration (&command), ==,
                       rows[i].token);
      words = msnweb_command_words (&command);
      g_assert_cmpstr (words, ==, rows[i].body);
    }
}

static void
test_header_ceilings (void)
{
  for (gsize extra = 0; extra < 2; extra++)
    {
      g_autoptr (GString) text = g_string_new ("X: ");
      g_autoptr (GError) error = NULL;
      g_auto (MsnwebHeaders) headers = { 0 };
      ImReader reader;

      while (text->len < IM_MAX_MSNWEB_HEADER + extra)
        g_string_append_c (text, 'y');
      g_string_append (text, "\r\n\r\n");
      im_reader_init (&reader, text->str, text->len);
      g_assert_true (msnweb_headers_decode (&reader, &headers, &error) ==
                     (extra == 0));
    }
  for (guint extra = 0; extra < 2; extra++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_auto (MsnwebHeaders) headers = { 0 };
      ImReader reader;

      for (guint i = 0; i < IM_MAX_MSNWEB_HEADERS + extra; i++)
        g_string_append_printf (text, "X%u: y\n", i);
      im_reader_init (&reader, text->str, text->len);
      g_assert_true (msnweb_headers_decode (&reader, &headers, &error) ==
                     (extra == 0));
    }
}

static void
test_older (void)
{
  static const struct
  {
    const char *text;
    const char *verb;
    guint32 trid;
    const char *target;
    gsize length;
  } rows[] = {
    { "SDG 58 3\r\nabc", "SDG", 58, "", 3 },
    { "NFY PUT 3\r\nabc", "NFY", 0, "PUT", 3 },
    { "PUT 35 OK 3\r\nabc", "PUT", 35, "OK", 3 },
    { "801 45 5\r\n0 6 6", "801", 45, "", 5 },
    { "QNG 43\r\n", "QNG", 0, "", 0 },
    { "OUT OTH\r\n", "OUT", 0, "OTH", 0 },
    { "OUT\r\n", "OUT", 0, "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (MsnwebCommand) command = { 0 };

      g_assert_cmpint (
          next (rows[i].text, strlen (rows[i].text), &command, NULL), ==,
          MSNWEB_FRAME_GOT);
      g_assert_cmpint (command.framing, ==, MSNWEB_MSNP21);
      g_assert_cmpstr (command.verb, ==, rows[i].verb);
      g_assert_cmpuint (command.trid, ==, rows[i].trid);
      g_assert_cmpstr (command.target, ==, rows[i].target);
      g_assert_cmpuint (im_reader_left (&command.body), ==, rows[i].length);
    }
}

/* The founding exchange: what the first request of a session is. */
static void
test_open (void)
{
  static const char epid[] = "{006213cd-00b8-7e9c-0022-df0d0013802a}";
  g_autofree char *uic = g_strnfill (264, 'U');
  g_auto (MsnwebRequest) cnt = msnweb_connect_encode (NULL);
  g_auto (MsnwebRequest) ath = msnweb_connect_encode_auth (NULL, uic);
  g_auto (MsnwebRequest) bnd = msnweb_connect_encode_bind (epid);
  g_auto (ImWriter) writer = { 0 };
  g_autoptr (GBytes) body = NULL;

  im_writer_init (&writer, IM_MAX_MSNWEB_POST);
  msnweb_request_write (&cnt, 1, NULL, &writer);
  msnweb_request_write (&ath, 2, NULL, &writer);
  msnweb_request_write (&bnd, 3, NULL, &writer);
  body = im_writer_finish (&writer, NULL);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 621);
}

/* Tickets have characters XML gives a meaning. */
static void
test_ticket (void)
{
  g_autoptr (ImSecret) ticket = im_secret_new ("t=rps-test-ticket&p=");
  g_auto (MsnwebRequest) with = msnweb_connect_encode_auth (ticket, "u<");
  g_auto (MsnwebRequest) without = msnweb_connect_encode_auth (NULL, NULL);

  g_assert_cmpstr (with.body, ==,
                   "<user><ssl-compact-ticket>t=rps-test-ticket&amp;p="
                   "</ssl-compact-ticket><uic>u&lt;</uic><ssl-site-name>"
                   "chatservice.live.com</ssl-site-name></user>");
  g_assert_cmpstr (without.body, ==, "<user><web-compact-ticket /></user>");
}

/* --- layers ------------------------------------------------------------ */

#define BLOCKS                                                                 \
  "Routing: 1.0\r\nTo: 8:a\r\nFrom: 8:b\r\n\r\nReliability: 1.0\r\n\r\n"

static void
check_content (const char *about, const char *expected)
{
  g_autofree char *body =
      g_strconcat (BLOCKS "Messaging: 2.0\r\n", about, NULL);
  g_auto (MsnwebLayers) layers = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  ImReader reader;

  im_reader_init (&reader, body, strlen (body));
  if (!msnweb_layers_decode (&reader, &layers, &error))
    {
      g_assert_null (expected);
      g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
      return;
    }
  content = msnweb_layers_dup_content (&layers);
  g_assert_cmpstr (content, ==, expected);
}

static void
test_content_length (void)
{
  check_content ("Content-Length: 5\r\n\r\nhello", "hello");
  check_content ("Content-Length: 4\r\n\r\nhello", "hell");
  check_content ("Content-Length: 0\r\n\r\nhello", "");
  check_content ("\r\nhello", "hello");
  check_content ("Content-Length: 6\r\n\r\nhello", NULL);
  check_content ("Content-Length: -1\r\n\r\nhello", NULL);
  check_content ("Content-Length: 18446744073709551616\r\n\r\nhello", NULL);
  check_content ("Content-Length: five\r\n\r\nhello", NULL);
}

/* A name with line ends must not become headers. */
static void
test_injection (void)
{
  const MsnwebSender sender = { ALICE, PLACE,
                                "Eve\r\nMessage-Type: Nudge\r\n\r\nhi" };
  g_autoptr (ImText) text = im_text_new_plain ("x");
  g_auto (MsnwebRequest) request =
      msnweb_message_encode_text (&sender, "8:bob\r\nTo: 8:carol", 1, text);

  g_assert_nonnull (strstr (request.body,
                            "IM-Display-Name: Eve  Message-Type: Nudge    "
                            "hi\r\n"));
  g_assert_nonnull (strstr (request.body, "To: 8:bob  To: 8:carol\r\n"));
  g_assert_null (strstr (request.body, "\r\nMessage-Type: Nudge"));
}

static void
test_acknowledge (void)
{
  g_auto (MsnwebRequest) ack = msnweb_request_ack ("1\r\nVerb: x");
  g_auto (ImWriter) writer = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  static const char expected[] =
      "ACK 7 MSGR 44\r\nAck-Id: 1  Verb: x\r\nRegistration: to ken\r\n\r\n";

  im_writer_init (&writer, 1000);
  msnweb_request_write (&ack, 7, "to\nken", &writer);
  bytes = im_writer_finish (&writer, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   expected, sizeof expected - 1);
}

/* --- addresses --------------------------------------------------------- */

static void
test_normalize (void)
{
  static const char *const rows[][2] = {
    { "bob@Example.com", "1:bob@example.com" },
    { "live:Bob", "8:live:bob" },
    { "Bob", "8:bob" },
    { "8:live:Bob", "8:live:bob" },
    { "1:Bob@x;epid={A}", "1:bob@x" },
    { " 19:AB@thread.skype ", "19:ab@thread.skype" },
    { "28:bot", "28:bot" },
    { "7:seven", "8:7:seven" },
    { "8:", "8:8:" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *normal = msnweb_address_normalize (rows[i][0]);

      g_assert_cmpstr (normal, ==, rows[i][1]);
    }
  g_assert_false (msnweb_address_equal (NULL, NULL));
  g_assert_false (msnweb_address_equal ("8:bob", "1:bob"));
  g_assert_true (msnweb_address_equal ("8:Bob;epid={1}", "08:bob"));
}

static void
test_endpoints (void)
{
  g_autofree char *plain = msnweb_address_epid ("8:b;via=9:x;epid=ABC-1;y=z");
  g_autofree char *none = msnweb_address_epid ("8:b;via=9:x");

  g_assert_cmpstr (plain, ==, "{abc-1}");
  g_assert_null (none);
  g_assert_true (msnweb_epid_equal ("{ABC-1}", "abc-1"));
  g_assert_false (msnweb_epid_equal ("", ""));
  g_assert_false (msnweb_epid_equal ("{abc-1}", NULL));
}

/* --- people ------------------------------------------------------------ */

static MsnwebChange
change_of (const char *verb, const char *kind, const char *services)
{
  g_autofree char *body = g_strdup_printf (
      "\r\n" BLOCKS "Notification: 1.0\r\nUri: /user\r\nNotifType: %s\r\n\r\n"
      "<user>%s</user>",
      kind, services);
  g_autofree char *text = g_strdup_printf ("NFY 0 MSGR\\%s %u\r\n%s", verb,
                                           (guint)strlen (body), body);
  g_auto (MsnwebCommand) command = { 0 };
  g_auto (MsnwebUser) user = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (next (text, strlen (text), &command, NULL), ==,
                   MSNWEB_FRAME_GOT);
  g_assert_true (msnweb_user_decode (&command, &user, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (user.who, ==, "8:b");
  return msnweb_user_change (&user);
}

static void
test_changes (void)
{
  static const struct
  {
    const char *verb;
    const char *kind;
    const char *services;
    MsnwebChange change;
  } rows[] = {
    { "PUT", "Full", "<s n='IM'><Status>AWY</Status></s>", MSNWEB_CHANGE },
    { "PUT", "Partial", "<s n='IM'><Status>XYZ</Status></s>", MSNWEB_CHANGE },
    { "PUT", "Full", "<s n='IM'><Status>FLN</Status></s>", MSNWEB_LEAVE },
    { "PUT", "Full", "<s n='IM'/>", MSNWEB_LEAVE },
    { "PUT", "Partial", "<s n='IM'/>", MSNWEB_STAY },
    { "PUT", "Full", "<s n='PE'><PSM>x</PSM></s>", MSNWEB_STAY },
    { "PUT", "Full", "<sep n='IM' epid='{1}'/>", MSNWEB_STAY },
    { "DEL", "Full", "<s n='IM'/><sep n='IM' epid='{1}'/>", MSNWEB_LEAVE },
    { "DEL", "Full", "<s n='PE'/>", MSNWEB_STAY },
    { "DEL", "Partial", "<sep n='IM' epid='{1}'/>", MSNWEB_STAY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (change_of (rows[i].verb, rows[i].kind, rows[i].services),
                     ==, rows[i].change);
}

/* 128 characters, not bytes, and one line. */
static void
test_long_message (void)
{
  g_autoptr (GString) message = g_string_new ("a\nb");
  const MsnwebSelf self = {
    ALICE, PLACE, MSNP_STATUS_ONLINE, NULL, NULL, NULL
  };
  MsnwebSelf with = self;
  g_auto (MsnwebRequest) request = { 0 };
  const char *psm;

  while (g_utf8_strlen (message->str, -1) < 300)
    g_string_append (message, "é");
  with.message = message->str;
  request = msnweb_user_encode (&with, MSNWEB_PART_MESSAGE);
  psm = strstr (request.body, "<PSM>a b");
  g_assert_nonnull (psm);
  g_assert_cmpuint (strstr (psm, "</PSM>") - psm - strlen ("<PSM>"), ==,
                    3 + 125 * 2);
}

static void
test_many_contacts (void)
{
  MsnwebContact contacts[250];
  gsize done = 0;
  guint commands = 0;

  for (guint i = 0; i < G_N_ELEMENTS (contacts); i++)
    contacts[i] = (MsnwebContact){ i % 2 ? "8:live:bob" : "1:bob@example.com",
                                   MSNP_LIST_FORWARD | MSNP_LIST_ALLOW };
  while (done < G_N_ELEMENTS (contacts))
    {
      gsize used = 0;
      g_auto (MsnwebRequest) request = msnweb_contacts_encode (
          contacts + done, G_N_ELEMENTS (contacts) - done, TRUE, FALSE, &used);

      g_assert_cmpuint (used, >, 0);
      g_assert_cmpuint (used, <=, 100);
      g_assert_cmpuint (strlen (request.body), <, IM_MAX_MSNWEB_POST);
      done += used;
      commands++;
    }
  g_assert_cmpuint (commands, ==, 3);
}

static void
test_odd_contacts (void)
{
  const MsnwebContact contacts[] = {
    { "19:x@thread.skype", MSNP_LIST_FORWARD },
    { "1:nobody", MSNP_LIST_FORWARD },
    { "8:a\"<", MSNP_LIST_FORWARD | MSNP_LIST_BLOCK },
  };
  gsize used;
  g_auto (MsnwebRequest) none =
      msnweb_contacts_encode (contacts, 2, TRUE, FALSE, &used);
  g_auto (MsnwebRequest) one =
      msnweb_contacts_encode (contacts, 3, FALSE, TRUE, &used);

  g_assert_null (none.body);
  g_assert_cmpuint (used, ==, 3);
  g_assert_cmpstr (one.verb, ==, "DEL");
  g_assert_nonnull (strstr (one.body, "<ml l=\"0\"><skp><c n=\"a&quot;&lt;\""
                                      " t=\"8\"><s l=\"5\" n=\"PE\"/>"));
}

static void
test_roster (void)
{
  static const char text[] =
      "<ab><persons>"
      "<Person><onHideList>true</onHideList><contacts><Contact><sourceId>SKYPE"
      "</sourceId><objectId>h</objectId></Contact></contacts></Person>"
      "<Person><firstName>Ann</firstName><lastName>Lee</lastName><contacts>"
      "<Contact><sourceId>WL</sourceId><domainTag>Ann@X.com</domainTag>"
      "<isBlocked>true</isBlocked></Contact><Contact><sourceId>SKYPE</sourceId>"
      "<objectId>ann</objectId><contactState>2</contactState></Contact>"
      "<Contact><sourceId>FB</sourceId></Contact></contacts></Person>"
      "<Person><nickname>nobody</nickname></Person></persons></ab>";
  g_autoptr (GBytes) body = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GBytes) json = g_bytes_new_static ("<json>{}", 8);
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GError) error = NULL;
  gboolean cut;
  const MsnwebPerson *person;
  const MsnwebBuddy *skype;
  const MsnwebBuddy *live;

  people = msnweb_contacts_decode_roster (body, &cut, &error);
  g_assert_no_error (error);
  g_assert_false (cut);
  g_assert_cmpuint (people->len, ==, 1);
  person = people->pdata[0];
  g_assert_cmpstr (person->name, ==, "Ann Lee");
  skype = person->buddies->pdata[0];
  live = person->buddies->pdata[1];
  g_assert_cmpstr (skype->address, ==, "8:ann");
  g_assert_true (skype->pending && !skype->blocked);
  g_assert_cmpstr (live->address, ==, "1:ann@x.com");
  g_assert_true (live->blocked && !live->pending);
  g_assert_null (msnweb_contacts_decode_roster (json, &cut, &error));
  g_assert_nonnull (error);
}

/* A list as long as we take, and one longer. */
static void
test_long_roster (void)
{
  for (guint extra = 0; extra < 2; extra++)
    {
      GString *text = g_string_new ("<ab><persons>");
      g_autoptr (GBytes) body = NULL;
      g_autoptr (GPtrArray) people = NULL;
      g_autoptr (GError) error = NULL;
      gboolean cut;

      for (guint i = 0; i < IM_MAX_MSNP_CONTACTS + extra; i++)
        g_string_append_printf (
            text,
            "<Person><nickname>P%u</nickname><contacts><Contact><sourceId>SKYPE"
            "</sourceId><objectId>p%u</objectId></Contact></contacts></Person>",
            i, i);
      g_string_append (text, "</persons></ab>");
      body = g_string_free_to_bytes (text);
      people = msnweb_contacts_decode_roster (body, &cut, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (people->len, ==, IM_MAX_MSNP_CONTACTS);
      g_assert_true (cut == (extra == 1));
    }
}

/* --- messages ---------------------------------------------------------- */

static gboolean
decode_message (const char *headers, const char *content, MsnwebMessage *ret)
{
  g_autofree char *body = g_strdup_printf (
      "Message-ID: 1412227000000\r\n\r\n" BLOCKS
      "Messaging: 2.0\r\n%s\r\nContent-Type: text/plain\r\n\r\n%s",
      headers, content);
  g_autofree char *text =
      g_strdup_printf ("SDG 0 MSGR %u\r\n%s", (guint)strlen (body), body);
  g_auto (MsnwebCommand) command = { 0 };

  g_assert_cmpint (next (text, strlen (text), &command, NULL), ==,
                   MSNWEB_FRAME_GOT);
  return msnweb_message_decode (&command, NOW, ret, NULL);
}

static void
check_text (const char *headers, const char *content, const char *expected)
{
  g_auto (MsnwebMessage) message = { 0 };

  g_assert_true (decode_message (headers, content, &message));
  g_assert_cmpstr (message.text != NULL ? im_text_plain (message.text) : NULL,
                   ==, expected);
}

static void
test_contents (void)
{
  check_text ("Message-Type: Text", "<b>&amp;</b>", "<b>&amp;</b>");
  check_text ("Message-Type: RichText", "<b>&amp;</b><x>y</x>", "&y");
  check_text ("Message-Type: RichText\r\nSkype-EmoteOffset: 4", "Bob waves",
              "/me waves");
  check_text ("Message-Type: Text\r\nSkype-EmoteOffset: 4",
              "B\xf0\x9f\x98\x80 waves", "/me waves");
  check_text ("Message-Type: Text\r\nSkype-EmoteOffset: 2",
              "B\xf0\x9f\x98\x80 waves", "B\xf0\x9f\x98\x80 waves");
  check_text ("Message-Type: Text\r\nSkype-EmoteOffset: 99", "short", "short");
  check_text ("Message-Type: RichText/UriObject",
              "<URIObject uri=\"https://x.example/1\"/>",
              "https://x.example/1");
  check_text ("Message-Type: RichText/Contacts",
              "<contacts><c t=\"s\" s=\"ann\"/><c f=\"Bob\"/></contacts>",
              "ann\nBob");
  check_text ("Message-Type: Unheard/Of", "well", "well");
  check_text ("Message-Type: Signal/P2P", "x", NULL);
  check_text ("Message-Type: Event/Call", "<x/>", NULL);
}

static void
check_time (const char *headers, gint64 expected, gboolean delayed)
{
  g_auto (MsnwebMessage) message = { 0 };

  g_assert_true (decode_message (headers, "x", &message));
  g_assert_cmpint (message.time, ==, expected);
  g_assert_true (message.delayed == delayed);
}

static void
test_times (void)
{
  /* The outer Message-ID is the server's too. */
  check_time ("Message-Type: Text", 1412227000, TRUE);
  check_time ("Message-Type: Text\r\nMessage-ID: 1412227790000", 1412227790,
              FALSE);
  check_time ("Message-Type: Text\r\n"
              "Original-Arrival-Time: 2014-10-02T04:28:18.765Z",
              1412224098, TRUE);
  /* From the future, or not a time at all. */
  check_time ("Message-Type: Text\r\n"
              "Original-Arrival-Time: 2034-10-02T04:28:18.765Z",
              1412227000, TRUE);
  check_time ("Message-Type: Text\r\nMessage-ID: 77", NOW, FALSE);
}

static void
test_no_message (void)
{
  g_auto (MsnwebMessage) message = { 0 };

  g_assert_false (decode_message ("X: y", "x", &message));
  g_assert_null (message.from);
}

static void
test_split (void)
{
  const MsnwebSender sender = { ALICE, PLACE, "Alice" };
  g_autoptr (GString) plain = g_string_new ("/me ");
  g_autoptr (ImText) text = NULL;
  g_autoptr (GPtrArray) parts = NULL;
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; i < 5000; i++)
    g_string_append (plain, i % 10 == 0 ? "\n" : "é");
  text = im_text_new_plain (plain->str);
  parts = msnweb_message_split (&sender, text);
  g_assert_cmpuint (parts->len, ==, 2);
  for (guint i = 0; i < parts->len; i++)
    {
      g_auto (MsnwebRequest) request =
          msnweb_message_encode_text (&sender, "8:bob", 1, parts->pdata[i]);
      const char *length = strstr (request.body, "Content-Length: ");

      g_assert_cmpuint (strtoul (length + 16, NULL, 10), <=,
                        MSNWEB_MAX_CONTENT);
      g_string_append (joined, im_text_plain (parts->pdata[i]));
    }
  g_assert_cmpstr (joined->str, ==, plain->str);
}

static void
test_action (void)
{
  const MsnwebSender sender = { ALICE, PLACE, "Al\xf0\x9f\x98\x80" };
  g_autoptr (ImText) text = im_text_new_plain ("/me waves");
  g_auto (MsnwebRequest) request =
      msnweb_message_encode_text (&sender, "8:bob", 1, text);

  g_assert_nonnull (strstr (request.body, "\r\nSkype-EmoteOffset: 5\r\n"));
  g_assert_true (
      g_str_has_suffix (request.body, "\r\n\r\nAl\xf0\x9f\x98\x80 waves"));
}

/* --- threads, history -------------------------------------------------- */

static void
decode_xml (const char *xml, MsnwebCommand *command, char **text)
{
  *text =
      g_strdup_printf ("GET 3 MSGR %u\r\n\r\n%s", (guint)strlen (xml) + 2, xml);
  g_assert_cmpint (next (*text, strlen (*text), command, NULL), ==,
                   MSNWEB_FRAME_GOT);
}

static void
test_history (void)
{
  g_auto (MsnwebCommand) command = { 0 };
  g_auto (MsnwebConversation) one = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const MsnwebMessage *first;
  const MsnwebMessage *second;
  g_auto (MsnwebRequest) more =
      msnweb_history_encode_conversation ("8:bob", 5, "a&b", 20);

  decode_xml (
      "<r><id>8:bob</id><hasmore>true</hasmore><messagessyncstate>s"
      "</messagessyncstate><messages><message><messageid>2</messageid>"
      "<from>8:live:alice;epid={1}</from><messagetype>Text</messagetype>"
      "<content>&lt;new&gt;</content></message><message><from>8:x</from>"
      "</message><message><messageid>1</messageid><from>8:bob</from>"
      "<messagetype>RichText</messagetype><content>&lt;b&gt;old"
      "</content></message></messages></r>",
      &command, &text);
  g_assert_true (
      msnweb_history_decode_conversation (&command, ALICE, NOW, &one, &error));
  g_assert_no_error (error);
  g_assert_true (one.has_more);
  g_assert_cmpuint (one.messages->len, ==, 2);
  first = one.messages->pdata[0];
  second = one.messages->pdata[1];
  g_assert_cmpstr (im_text_plain (first->text), ==, "old");
  g_assert_cmpstr (first->to, ==, ALICE);
  g_assert_cmpstr (im_text_plain (second->text), ==, "<new>");
  g_assert_cmpstr (second->to, ==, "8:bob");
  g_assert_cmpstr (more.body, ==,
                   "<messagesbyconversation><id>8:bob</id><start>5</start>"
                   "<messagessyncstate>a&amp;b</messagessyncstate>"
                   "<pagesize>20</pagesize></messagesbyconversation>");
}

static void
test_activity (void)
{
  MsnwebMessage message = {
    .kind = MSNWEB_MESSAGE_ACTIVITY,
    .content = (char *)"<roleupdate><eventtime>5000</eventtime>"
                       "<initiator>8:A</initiator><target><id>8:b</id>"
                       "<role>Admin</role></target></roleupdate>",
  };
  g_auto (MsnwebActivity) activity = { 0 };
  const MsnwebMember *member;

  g_assert_true (msnweb_activity_decode (&message, &activity, NULL));
  g_assert_cmpint (activity.kind, ==, MSNWEB_ACTIVITY_ROLE);
  g_assert_cmpint (activity.time, ==, 5);
  g_assert_cmpstr (activity.initiator, ==, "8:a");
  member = activity.targets->pdata[0];
  g_assert_cmpstr (member->address, ==, "8:b");
  g_assert_true (member->admin);
}

static void
test_threads (void)
{
  static const char *const ids[] = { "19:a@thread.skype", NULL };
  g_auto (MsnwebRequest) query = msnweb_thread_encode_query (ids);
  g_auto (MsnwebRequest) alone = msnweb_thread_encode_create (ALICE, NULL);
  g_auto (MsnwebCommand) command = { 0 };
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) all = NULL;
  const MsnwebThread *thread;

  g_assert_cmpstr (query.body, ==,
                   "<threads><thread><id>19:a@thread.skype</id></thread>"
                   "</threads>");
  g_assert_cmpstr (alone.body, ==,
                   "<thread><id></id><members><member><mri>8:live:alice</mri>"
                   "<role>admin</role></member></members></thread>");
  decode_xml ("<threads-response><threads><thread><id>19:A@thread.skype</id>"
              "<properties><topic/></properties></thread><thread><id>8:bob</id>"
              "</thread></threads></threads-response>",
              &command, &text);
  all = msnweb_thread_decode_all (&command, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  thread = all->pdata[0];
  g_assert_cmpstr (thread->id, ==, "19:a@thread.skype");
  g_assert_cmpstr (thread->topic, ==, "");
  g_assert_null (thread->members);
}

/* --- errors ------------------------------------------------------------ */

static void
test_errors (void)
{
  static const struct
  {
    guint code;
    MsnwebErrorClass class;
    ImProblem problem;
  } rows[] = {
    { 217, MSNWEB_ERROR_STAYS, IM_PROBLEM_OTHER },
    { 299, MSNWEB_ERROR_STAYS, IM_PROBLEM_OTHER },
    { 302, MSNWEB_ERROR_RECONNECT, IM_PROBLEM_LOST },
    { 499, MSNWEB_ERROR_STAYS, IM_PROBLEM_OTHER },
    { 503, MSNWEB_ERROR_RECONNECT, IM_PROBLEM_UNAVAILABLE },
    { 540, MSNWEB_ERROR_ENDS, IM_PROBLEM_CLIENT_TOO_OLD },
    { 715, MSNWEB_ERROR_STAYS, IM_PROBLEM_OTHER },
    { 733, MSNWEB_ERROR_ENDS, IM_PROBLEM_SIGNED_ON_ELSEWHERE },
    { 911, MSNWEB_ERROR_RENEW, IM_PROBLEM_WRONG_PASSWORD },
    { 922, MSNWEB_ERROR_RECONNECT, IM_PROBLEM_LOST },
    { 925, MSNWEB_ERROR_RECONNECT, IM_PROBLEM_UNAVAILABLE },
  };
  guint last = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MsnwebError *row = msnweb_error_find (rows[i].code);

      g_assert_cmpint (row->class, ==, rows[i].class);
      g_assert_cmpint (row->problem, ==, rows[i].problem);
    }
  /* In order, and none twice. */
  for (guint code = 200; code < 1000; code++)
    {
      const MsnwebError *row = msnweb_error_find (code);

      if (row->last >= 1000 || row->first == 0)
        continue;
      g_assert_cmpuint (row->first, >=, last);
      last = row->first;
    }
}

static void
test_goodbyes (void)
{
  static const struct
  {
    const char *text;
    ImProblem problem;
    const char *words;
  } rows[] = {
    { "OUT 0 CON 0\r\n", IM_PROBLEM_LOST, NULL },
    { "OUT 0 CON 21\r\n\r\nSigned in elsewhere", IM_PROBLEM_SIGNED_ON_ELSEWHERE,
      NULL },
    { "OUT 0 CON 5\r\n\r\nOTH", IM_PROBLEM_SIGNED_ON_ELSEWHERE, NULL },
    { "OUT OTH\r\n", IM_PROBLEM_SIGNED_ON_ELSEWHERE, NULL },
    { "OUT 0 CON 15\r\n\r\nShutting down", IM_PROBLEM_SERVER_CLOSING, NULL },
    { "OUT 0 CON 17\r\n\r\nSession expired", IM_PROBLEM_LOST, NULL },
    { "OUT 0 CON 13\r\n\r\nSo \x1b[1mlong", IM_PROBLEM_LOST, "So [1mlong" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (MsnwebCommand) command = { 0 };
      g_auto (MsnwebGoodbye) goodbye = { 0 };

      g_assert_cmpint (
          next (rows[i].text, strlen (rows[i].text), &command, NULL), ==,
          MSNWEB_FRAME_GOT);
      msnweb_error_decode_goodbye (&command, &goodbye);
      g_assert_cmpint (goodbye.problem, ==, rows[i].problem);
      g_assert_cmpstr (goodbye.words, ==, rows[i].words);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnweb/frame/lines", test_lines);
  g_test_add_func ("/msnweb/frame/long-line", test_long_line);
  g_test_add_func ("/msnweb/frame/payloads", test_payloads);
  g_test_add_func ("/msnweb/frame/header-ceilings", test_header_ceilings);
  g_test_add_func ("/msnweb/frame/older", test_older);
  g_test_add_func ("/msnweb/frame/open", test_open);
  g_test_add_func ("/msnweb/connect/ticket", test_ticket);
  g_test_add_func ("/msnweb/layers/content-length", test_content_length);
  g_test_add_func ("/msnweb/layers/injection", test_injection);
  g_test_add_func ("/msnweb/frame/acknowledge", test_acknowledge);
  g_test_add_func ("/msnweb/address/normalize", test_normalize);
  g_test_add_func ("/msnweb/address/endpoints", test_endpoints);
  g_test_add_func ("/msnweb/user/changes", test_changes);
  g_test_add_func ("/msnweb/user/long-message", test_long_message);
  g_test_add_func ("/msnweb/contacts/many", test_many_contacts);
  g_test_add_func ("/msnweb/contacts/odd", test_odd_contacts);
  g_test_add_func ("/msnweb/contacts/roster", test_roster);
  g_test_add_func ("/msnweb/contacts/long-roster", test_long_roster);
  g_test_add_func ("/msnweb/message/contents", test_contents);
  g_test_add_func ("/msnweb/message/times", test_times);
  g_test_add_func ("/msnweb/message/none", test_no_message);
  g_test_add_func ("/msnweb/message/split", test_split);
  g_test_add_func ("/msnweb/message/action", test_action);
  g_test_add_func ("/msnweb/history/conversation", test_history);
  g_test_add_func ("/msnweb/thread/activity", test_activity);
  g_test_add_func ("/msnweb/thread/query", test_threads);
  g_test_add_func ("/msnweb/error/table", test_errors);
  g_test_add_func ("/msnweb/error/goodbyes", test_goodbyes);
  return g_test_run ();
}

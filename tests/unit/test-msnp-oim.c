/* Messages left for people who are offline. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "msnp-oim.h"

#define ENVELOPE                                                               \
  "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope "                  \
  "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
#define ENVELOPE_END "</soap:Body></soap:Envelope>"

/* A local Escargot. */
#define MESSAGE                                                                \
  "<M><T>11</T><S>6</S><RT>2026-11-22T02:11:44Z</RT><RS>0</RS><SZ>929</SZ>"    \
  "<E>alice@example.com</E><I>4FA323B9-DC43-42C5-90FC-BEED27F8860E</I>"        \
  "<F>00000000-0000-0000-0000-000000000009</F>"                                \
  "<N>=?utf-8?B?QWxpY2U=?=</N></M>"

static char *
describe (const MsnpWaiting *waiting)
{
  GString *out = g_string_new (NULL);

  g_string_printf (out, "%u/%u%s\n", waiting->inbox, waiting->folders,
                   waiting->too_large ? " too large" : "");
  for (guint i = 0; i < waiting->messages->len; i++)
    {
      const MsnpOimEntry *entry =
          &g_array_index (waiting->messages, MsnpOimEntry, i);

      g_string_append_printf (
          out, "%s %s %s %" G_GINT64_FORMAT "\n", entry->id, entry->from,
          entry->nick != NULL ? entry->nick : "-", entry->time);
    }
  return g_string_free (out, FALSE);
}

static void
check_waiting (const char *data, const char *expected)
{
  g_auto (MsnpWaiting) waiting = { FALSE };
  g_autofree char *meaning = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (msnp_oim_decode_waiting (data, &waiting, &error));
  meaning = describe (&waiting);
  g_assert_cmpstr (meaning, ==, expected);
}

static void
test_waiting (void)
{
  check_waiting ("<MD><E><I>0</I><IU>0</IU><O>0</O><OU>0</OU></E><Q><QTM>"
                 "409600</QTM><QNM>204800</QNM></Q>" MESSAGE "</MD>",
                 "0/0\n4FA323B9-DC43-42C5-90FC-BEED27F8860E alice@example.com "
                 "Alice 1795313504\n");
  check_waiting ("too-large", "0/0 too large\n");
  check_waiting ("<MD><E><IU>3</IU><OU>-1</OU></E></MD>", "3/0\n");
  /* Sorted, and without what names nobody or nothing. */
  check_waiting (
      "<MD><M><RT>2026-11-22T02:11:45Z</RT><E>B@example.com</E><I>2</I></M>"
      "<M><RT>2026-11-22T02:11:44Z</RT><E>a@example.com</E><I>1</I></M>"
      "<M><E>x@example.com</E></M><M><I>3</I></M><M><E>a b</E><I>4</I></M>"
      "<M><E>c@example.com</E><I>5</I><N>plain</N></M><SU> </SU></MD>",
      "0/0\n5 c@example.com plain 0\n1 a@example.com - 1795313504\n"
      "2 b@example.com - 1795313505\n");
}

static void
test_waiting_refused (void)
{
  static const char data[] = "<MD>" MESSAGE "</MD>";

  for (gsize len = 0; len < strlen (data); len++)
    {
      g_autofree char *cut = g_strndup (data, len);
      g_auto (MsnpWaiting) waiting = { FALSE };
      g_autoptr (GError) error = NULL;

      g_assert_false (msnp_oim_decode_waiting (cut, &waiting, &error));
      g_assert_true (error->domain == IM_WIRE_ERROR);
    }
}

static void
test_waiting_ceiling (void)
{
  g_autoptr (GString) data = g_string_new ("<MD>");
  g_auto (MsnpWaiting) waiting = { FALSE };

  for (guint i = 0; i <= IM_MAX_MSNP_OIMS; i++)
    g_string_append (data, MESSAGE);
  g_string_append (data, "</MD>");
  g_assert_true (msnp_oim_decode_waiting (data->str, &waiting, NULL));
  g_assert_cmpuint (waiting.messages->len, ==, IM_MAX_MSNP_OIMS);
}

static gboolean
decode_list (const char *text, MsnpWaiting *ret, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return msnp_oim_decode_list (bytes, ret, error);
}

static void
test_list (void)
{
  static const char *const texts[] = {
    ENVELOPE "<GetMetadataResponse xmlns=\"x\"><MD>" MESSAGE
             "</MD></GetMetadataResponse>" ENVELOPE_END,
    /* As text, which Escargot's templates make of it. */
    ENVELOPE "<GetMetadataResponse xmlns=\"x\">&lt;MD&gt;&lt;M&gt;&lt;RT&gt;"
             "2026-11-22T02:11:44Z&lt;/RT&gt;&lt;E&gt;alice@example.com&lt;/E"
             "&gt;&lt;I&gt;4FA323B9-DC43-42C5-90FC-BEED27F8860E&lt;/I&gt;&lt;N"
             "&gt;=?utf-8?B?QWxpY2U=?=&lt;/N&gt;&lt;/M&gt;&lt;/MD&gt;"
             "</GetMetadataResponse>" ENVELOPE_END,
  };
  g_auto (MsnpWaiting) none = { FALSE };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (MsnpWaiting) waiting = { FALSE };
      g_autofree char *meaning = NULL;

      g_assert_true (decode_list (texts[i], &waiting, NULL));
      meaning = describe (&waiting);
      g_assert_cmpstr (meaning, ==,
                       "0/0\n4FA323B9-DC43-42C5-90FC-BEED27F8860E "
                       "alice@example.com Alice 1795313504\n");
    }
  g_assert_false (decode_list (ENVELOPE ENVELOPE_END, &none, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
}

#define RSI "http://www.hotmail.msn.com/ws/2004/09/oim/rsi"
#define HEAD                                                                   \
  "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope "                  \
  "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "                   \
  "xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" "                            \
  "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>"
#define COOKIE                                                                 \
  "<PassportCookie xmlns=\"" RSI "\"><t>4f35&lt;</t><p>pp</p>"                 \
  "</PassportCookie></soap:Header><soap:Body>"

static void
check_request (const MsnpOimRequest *request, const char *action,
               const char *body)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (request->body, NULL),
                                     g_bytes_get_size (request->body));

  g_assert_cmpstr (request->action, ==, action);
  g_assert_cmpstr (text, ==, body);
}

static void
test_requests (void)
{
  static const char *const ids[] = { "1", "2&" };
  g_autoptr (ImSecret) ticket = im_secret_new ("t=4f35<&p=pp");
  g_autoptr (ImSecret) bare = im_secret_new ("4f35");
  g_auto (MsnpOimRequest) list = { NULL };
  g_auto (MsnpOimRequest) fetch = { NULL };
  g_auto (MsnpOimRequest) remove = { NULL };
  g_auto (MsnpOimRequest) plain = { NULL };

  msnp_oim_list (ticket, &list);
  check_request (&list, RSI "/GetMetadata",
                 HEAD COOKIE "<GetMetadata xmlns=\"" RSI "\"><x/>"
                             "</GetMetadata>" ENVELOPE_END);
  msnp_oim_fetch (ticket, "1", &fetch);
  check_request (&fetch, RSI "/GetMessage",
                 HEAD COOKIE "<GetMessage xmlns=\"" RSI "\"><messageId>1"
                             "</messageId><alsoMarkAsRead>false"
                             "</alsoMarkAsRead></GetMessage>" ENVELOPE_END);
  msnp_oim_delete (ticket, ids, G_N_ELEMENTS (ids), &remove);
  check_request (&remove, RSI "/DeleteMessages",
                 HEAD COOKIE
                 "<DeleteMessages xmlns=\"" RSI "\"><messageIds>"
                 "<messageId>1</messageId><messageId>2&amp;"
                 "</messageId></messageIds></DeleteMessages>" ENVELOPE_END);
  msnp_oim_list (bare, &plain);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (plain.body, NULL),
                                  (gssize)g_bytes_get_size (plain.body),
                                  "<t>4f35</t><p></p>"));
}

static gboolean
decode_message (const char *mail, gsize len, MsnpOimMessage *ret,
                GError **error)
{
  g_autofree char *cut = g_strndup (mail, len);
  g_autofree char *escaped = g_markup_escape_text (cut, -1);
  g_autofree char *text = g_strconcat (
      ENVELOPE "<GetMessageResponse xmlns=\"" RSI "\"><GetMessageResult>",
      escaped, "</GetMessageResult></GetMessageResponse>" ENVELOPE_END, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return msnp_oim_decode_message (bytes, ret, error);
}

/* As a local Escargot sends it; lines end in LF once XML was read. */
static const char mail[] =
    "X-Message-Info: cwRBnLifKNE8dVZlNj6AiX8142B67OTjG9BFMLMyzuui1H4Xx7m3NQ==\n"
    "Received: from OIM-SSI02.phx.gbl ([65.54.237.206]) by oim1-f1.hotmail.com"
    " with Microsoft SMTPSVC(6.0.3790.211);\n"
    "\t Sat, 21 Nov 2026 18:11:44 -0800\n"
    "From: =?utf-8?B?QWxpY2U=?= <alice@example.com>\n"
    "To: bob@example.com\nSubject: \nX-OIM-originatingSource: 127.0.0.1\n"
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: base64\nX-OIM-Message-Type: OfflineMessage\n"
    "X-OIM-Run-Id: {3A3BE82C-684D-4F4F-8005-CBE8D4F82BAD}\n"
    "X-OIM-Sequence-Num: 1\n"
    "Message-ID: <OIM-SSI02zDv60gxapz00061a8b@OIM-SSI02.phx.gbl>\n"
    "X-OriginalArrivalTime: 22 Nov 2026 02:11:44.1234 (UTC) FILETIME=[A:B]\n"
    "Date: 21 Nov 2026 19:11:44 -0800\n"
    "Return-Path: ndr@oim.messenger.msn.com\n\naGVsbG8gb2ZmbGluZSDinJM=";

static void
test_message (void)
{
  g_auto (MsnpOimMessage) message = { NULL };

  g_assert_true (decode_message (mail, strlen (mail), &message, NULL));
  g_assert_cmpstr (message.from, ==, "alice@example.com");
  g_assert_cmpstr (message.nick, ==, "Alice");
  g_assert_cmpstr (message.text, ==, "hello offline \342\234\223");
  g_assert_cmpint (message.time, ==, 1795313504);
  g_assert_cmpstr (message.run, ==, "{3a3be82c-684d-4f4f-8005-cbe8d4f82bad}");
  g_assert_cmpuint (message.sequence, ==, 1);
}

static void
test_message_cut (void)
{
  for (gsize len = 0; len < strlen (mail); len++)
    {
      g_auto (MsnpOimMessage) message = { NULL };
      g_autoptr (GError) error = NULL;
      gboolean fine = decode_message (mail, len, &message, &error);

      g_assert_true (fine == (error == NULL));
      if (fine)
        g_assert_true (g_utf8_validate (message.text, -1, NULL));
    }
}

static void
test_odd_messages (void)
{
  static const struct
  {
    const char *mail;
    const char *from; /* NULL: refused */
    const char *text;
    gint64 time;
  } mails[] = {
    { "From: bob@example.com\nDate: Sat, 21 Nov 2026 18:11:44 -0800\n\nhi",
      "bob@example.com", "hi", 1795313504 },
    { "From: <Bob@Example.com>\nDate: 22 Nov 2026 02:11 \n"
      "Content-Transfer-Encoding: base64\n\n!!!",
      "bob@example.com", "", 0 },
    { "From: a\nDate: 99 Foo 99999 aa:bb:cc +9999\n\n\302\23331m", "a", "31m",
      0 },
    { "From: a\nContent-Type: text/plain; charset=ISO-8859-1\n"
      "Content-Transfer-Encoding: BASE64\n\n6Q==\n",
      "a", "\303\251", 0 },
    { "From: Bob <a b>\n\nhi", NULL, NULL, 0 },
    { "From:\n\nhi", NULL, NULL, 0 },
    { "hi", NULL, NULL, 0 },
    { "", NULL, NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mails); i++)
    {
      g_auto (MsnpOimMessage) message = { NULL };
      g_autoptr (GError) error = NULL;

      if (decode_message (mails[i].mail, strlen (mails[i].mail), &message,
                          &error))
        {
          g_assert_cmpint (message.time, ==, mails[i].time);
        }
      g_assert_cmpstr (message.from, ==, mails[i].from);
      g_assert_cmpstr (message.text, ==, mails[i].text);
    }
}

#define OIM "http://messenger.msn.com/ws/2004/09/oim/"

static void
test_store (void)
{
  g_autoptr (ImSecret) ticket = im_secret_new ("t=1&p=2");
  const MsnpOimStore store = {
    .ticket = ticket,
    .from = "alice@example.com",
    .nick = "Alice",
    .to = "bob@example.com",
    .version = 15,
    .product = "PROD0119GSJUC$18",
    .lock_key = "",
    .run = "{3A3BE82C-684D-4F4F-8005-CBE8D4F82BAD}",
    .sequence = 1,
    .text = "hello offline \342\234\223",
  };
  g_auto (MsnpOimRequest) request = { NULL };

  msnp_oim_store (&store, &request);
  check_request (
      &request, "http://messenger.live.com/ws/2006/09/oim/Store2",
      HEAD "<From memberName=\"alice@example.com\" "
           "friendlyName=\"=?utf-8?B?QWxpY2U=?=\" xml:lang=\"en-US\" "
           "proxy=\"MSNMSGR\" xmlns=\"" OIM "\" msnpVer=\"MSNP15\" "
           "buildVer=\"8.5.1288\"/><To memberName=\"bob@example.com\" "
           "xmlns=\"" OIM "\"/><Ticket passport=\"t=1&amp;p=2\" "
           "appid=\"PROD0119GSJUC$18\" lockkey=\"\" xmlns=\"" OIM "\"/>"
           "<Sequence xmlns=\"http://schemas.xmlsoap.org/ws/2003/03/rm\">"
           "<Identifier xmlns=\"http://schemas.xmlsoap.org/ws/2002/07/"
           "utility\">http://messenger.msn.com</Identifier><MessageNumber>1"
           "</MessageNumber></Sequence></soap:Header><soap:Body><MessageType "
           "xmlns=\"" OIM "\">text</MessageType><Content xmlns=\"" OIM "\">"
           "MIME-Version: 1.0\r\n"
           "Content-Type: text/plain; charset=UTF-8\r\n"
           "Content-Transfer-Encoding: base64\r\n"
           "X-OIM-Message-Type: OfflineMessage\r\n"
           "X-OIM-Run-Id: {3A3BE82C-684D-4F4F-8005-CBE8D4F82BAD}\r\n"
           "X-OIM-Sequence-Num: "
           "1\r\n\r\naGVsbG8gb2ZmbGluZSDinJM=</Content>" ENVELOPE_END);
}

/* Servers refuse longer lines. */
static void
test_store_lines (void)
{
  g_autoptr (ImSecret) ticket = im_secret_new ("t=1&p=2");
  g_autofree char *text = g_strnfill (1000, 'x');
  const MsnpOimStore store = { ticket, "a", "A",  "b", 18,
                               "P",    "k", "{}", 2,   text };
  g_auto (MsnpOimRequest) request = { NULL };
  g_auto (GStrv) lines = NULL;
  g_autofree char *body = NULL;

  msnp_oim_store (&store, &request);
  body = g_strndup (g_bytes_get_data (request.body, NULL),
                    g_bytes_get_size (request.body));
  lines = g_strsplit (strstr (body, "\r\n\r\n") + 4, "\r\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 18);
  for (guint i = 0; i < 17; i++)
    g_assert_cmpuint (strlen (lines[i]), ==, 76);
}

static gboolean
decode_stored (const char *inside, MsnpOimStored *ret)
{
  g_autofree char *text = g_strconcat (ENVELOPE, inside, ENVELOPE_END, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return msnp_oim_decode_stored (bytes, ret, NULL);
}

static void
test_stored (void)
{
  g_auto (MsnpOimStored) stored = { { NULL } };
  g_auto (MsnpOimStored) lock = { { NULL } };
  g_auto (MsnpOimStored) refused = { { NULL } };
  g_auto (MsnpOimStored) odd = { { NULL } };

  g_assert_true (decode_stored ("<StoreResponse xmlns=\"x\"><PointsConsumed>0"
                                "</PointsConsumed></StoreResponse>",
                                &stored));
  g_assert_null (stored.reply.fault);
  /* A local Escargot. */
  g_assert_true (decode_stored (
      "<soap:Fault><faultcode xmlns:q0=\"x\">q0:AuthenticationFailed"
      "</faultcode><faultstring>Exception</faultstring><detail>"
      "<TweenerChallenge xmlns=\"x\">ct=1,rver=1</TweenerChallenge>"
      "<LockKeyChallenge xmlns=\"x\">1850937852</LockKeyChallenge></detail>"
      "</soap:Fault>",
      &lock));
  g_assert_cmpstr (lock.reply.fault, ==, "AuthenticationFailed");
  g_assert_cmpstr (lock.lock, ==, "1850937852");
  g_assert_true (lock.new_ticket);
  g_assert_true (decode_stored ("<soap:Fault><faultcode xmlns:q0=\"x\">"
                                "q0:SystemUnavailable</faultcode><detail/>"
                                "</soap:Fault>",
                                &refused));
  g_assert_cmpstr (refused.reply.fault, ==, "SystemUnavailable");
  g_assert_null (refused.lock);
  g_assert_false (refused.new_ticket);
  g_assert_true (decode_stored ("<soap:Fault><LockKeyChallenge>a\003b c"
                                "</LockKeyChallenge></soap:Fault>",
                                &odd) == FALSE);
  g_assert_true (decode_stored ("<soap:Fault><LockKeyChallenge>a b"
                                "</LockKeyChallenge></soap:Fault>",
                                &odd));
  g_assert_null (odd.lock);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/oim/waiting", test_waiting);
  g_test_add_func ("/msnp/oim/waiting-refused", test_waiting_refused);
  g_test_add_func ("/msnp/oim/waiting-ceiling", test_waiting_ceiling);
  g_test_add_func ("/msnp/oim/list", test_list);
  g_test_add_func ("/msnp/oim/requests", test_requests);
  g_test_add_func ("/msnp/oim/message", test_message);
  g_test_add_func ("/msnp/oim/message-cut", test_message_cut);
  g_test_add_func ("/msnp/oim/odd-messages", test_odd_messages);
  g_test_add_func ("/msnp/oim/store", test_store);
  g_test_add_func ("/msnp/oim/store-lines", test_store_lines);
  g_test_add_func ("/msnp/oim/stored", test_stored);
  return g_test_run ();
}

/* Who is how, in the words of every version. */

#include <string.h>

#include <glib.h>

#include "im-limits.h"
#include "msnp-presence.h"

/* Reads one command, and hands it to @read. */
static gboolean
with_command (const char *line, guint version,
              gboolean (*read) (const MsnpCommand *, guint, MsnpPresence *,
                                GError **),
              MsnpPresence *ret, GError **error)
{
  g_autofree char *text = g_strconcat (line, "\r\n", NULL);
  g_auto (MsnpFramer) framer;
  MsnpCommand command;

  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  g_assert_true (msnp_push (&framer, text, strlen (text), NULL));
  g_assert_cmpint (msnp_next (&framer, &command, NULL), ==, MSNP_GOT);
  return read (&command, version, ret, error);
}

static char *
describe (const MsnpPresence *presence)
{
  return g_strdup_printf (
      "%s %s net=%u nick=%s caps=%s%u:%u object=%s%s",
      msnp_status_word (presence->status), presence->handle.address,
      presence->handle.network, presence->nick != NULL ? presence->nick : "-",
      presence->has_caps ? "" : "no ", presence->caps, presence->extended,
      presence->object != NULL ? presence->object : "-",
      presence->initial ? " initial" : "");
}

typedef struct
{
  guint version;
  const char *line;
  const char *meaning;
} Row;

#define OBJECT "%3Cmsnobj%20Creator%3D%22b%22%2F%3E"
#define DECODED "<msnobj Creator=\"b\"/>"

static const Row rows[] = {
  /* Sessions with a local Escargot. */
  { 8, "ILN 8 NLN alice@example.com Alice%20Test 1342177332",
    "NLN alice@example.com net=0 nick=Alice Test caps=1342177332:0 object=- "
    "initial" },
  { 12, "ILN 8 NLN alice@example.com Alice%20Test 1342177332 %3Cmsnobj%2F%3E",
    "NLN alice@example.com net=0 nick=Alice Test caps=1342177332:0 object=- "
    "initial" },
  { 16, "ILN 8 NLN alice@example.com 1 Alice%20T 2416967712:0 %3Cmsnobj%2F%3E",
    "NLN alice@example.com net=1 nick=Alice T caps=2416967712:0 object=- "
    "initial" },
  { 18, "NLN NLN 1:alice@example.com Alice%20T 2416967712:0 %3Cmsnobj%2F%3E",
    "NLN alice@example.com net=1 nick=Alice T caps=2416967712:0 object=-" },
  { 12, "FLN bob@example.com",
    "FLN bob@example.com net=0 nick=- caps=no 0:0 object=-" },
  { 15, "FLN bob@example.com 1 0",
    "FLN bob@example.com net=1 nick=- caps=0:0 object=-" },
  { 16, "FLN bob@example.com 1 0:0",
    "FLN bob@example.com net=1 nick=- caps=0:0 object=-" },
  { 18, "FLN 1:bob@example.com 0:0",
    "FLN bob@example.com net=1 nick=- caps=0:0 object=-" },
  /* The same, of somebody with an empty name. */
  { 12, "NLN NLN alice@example.com 1342177332 %3Cmsnobj%2F%3E",
    "NLN alice@example.com net=0 nick=- caps=1342177332:0 object=-" },
  { 15, "NLN NLN alice@example.com 1 1342177332 %3Cmsnobj%2F%3E",
    "NLN alice@example.com net=1 nick=- caps=1342177332:0 object=-" },
  { 18, "NLN NLN 1:alice@example.com 2416967712:0 %3Cmsnobj%2F%3E",
    "NLN alice@example.com net=1 nick=- caps=2416967712:0 object=-" },
  { 12, "NLN NLN alice@example.com a\302\240b%0Ac 1342177332 %3Cmsnobj%2F%3E",
    "NLN alice@example.com net=0 nick=a\302\240b c caps=1342177332:0 "
    "object=-" },
  /* Composed. */
  { 7, "NLN AWY bob@example.com 123",
    "AWY bob@example.com net=0 nick=123 caps=no 0:0 object=-" },
  { 12, "NLN BSY bob@example.com 123 5 0",
    "BSY bob@example.com net=0 nick=123 caps=5:0 object=-" },
  { 15, "NLN IDL bob@yahoo.com 32 123 5 " OBJECT " http://x/y.png",
    "IDL bob@yahoo.com net=32 nick=123 caps=5:0 object=" DECODED },
  { 18, "NLN BRB 1:bob@example.com;{AB} B 5:6 " OBJECT,
    "BRB bob@example.com net=1 nick=B caps=5:6 object=" DECODED },
  { 18, "NLN XXX 1:bob@example.com B",
    "NLN bob@example.com net=1 nick=B caps=no 0:0 object=-" },
  { 18, "NLN NLN 1:bob@example.com",
    "NLN bob@example.com net=1 nick=- caps=no 0:0 object=-" },
  { 9, "NLN NLN bob@example.com B 99999999999",
    "NLN bob@example.com net=0 nick=B caps=no 0:0 object=-" },
};

static void
test_presences (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (MsnpPresence) presence = { { NULL } };
      g_autofree char *meaning = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (with_command (rows[i].line, rows[i].version,
                                   msnp_presence_decode, &presence, &error));
      meaning = describe (&presence);
      g_assert_cmpstr (meaning, ==, rows[i].meaning);
    }
}

static void
test_members (void)
{
  static const Row members[] = {
    { 8, "JOI bob@example.com Bob%20Test",
      "NLN bob@example.com net=0 nick=Bob Test caps=no 0:0 object=-" },
    { 8, "IRO 1 1 1 alice@example.com Alice%20Test",
      "NLN alice@example.com net=0 nick=Alice Test caps=no 0:0 object=-" },
    { 16, "IRO 1 1 2 alice@example.com;{5d3e02ab} Alice%20T 2416967712:0",
      "NLN alice@example.com net=0 nick=Alice T caps=2416967712:0 object=-" },
    { 16, "JOI alice@example.com 2416967712:0",
      "NLN alice@example.com net=0 nick=- caps=2416967712:0 object=-" },
    { 8, "JOI alice@example.com 123",
      "NLN alice@example.com net=0 nick=123 caps=no 0:0 object=-" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_auto (MsnpPresence) presence = { { NULL } };
      g_autofree char *meaning = NULL;

      g_assert_true (with_command (members[i].line, members[i].version,
                                   msnp_presence_decode_member, &presence,
                                   NULL));
      meaning = describe (&presence);
      g_assert_cmpstr (meaning, ==, members[i].meaning);
    }
}

/* SEC-N-05: commands with fewer words than they should have. */
static void
test_missing_words (void)
{
  static const char *const lines[] = { "NLN",   "NLN NLN",   "FLN",
                                       "ILN 1", "ILN 1 NLN", "NLN NLN 1:" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (MsnpPresence) presence = { { NULL } };
      g_autoptr (GError) error = NULL;

      g_assert_false (
          with_command (lines[i], 18, msnp_presence_decode, &presence, &error));
      g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
    }
}

static void
test_change (void)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  ImWriter writer;

  im_writer_init (&writer, 1000);
  msnp_presence_encode (&writer, 1, 7, MSNP_STATUS_ONLINE, 5, 6, DECODED);
  msnp_presence_encode (&writer, 2, 8, MSNP_STATUS_BUSY, 5, 6, DECODED);
  msnp_presence_encode (&writer, 3, 15, MSNP_STATUS_HIDDEN, 5, 6, DECODED);
  msnp_presence_encode (&writer, 4, 18, MSNP_STATUS_IDLE, 5, 6, NULL);
  bytes = im_writer_finish (&writer, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==,
                   "CHG 1 NLN\r\nCHG 2 BSY 5\r\nCHG 3 HDN 5 " OBJECT "\r\n"
                   "CHG 4 IDL 5:6\r\n");
}

static void
decode_extra (const char *payload, MsnpExtra *extra)
{
  ImReader reader;

  im_reader_init (&reader, payload, strlen (payload));
  msnp_extra_decode (&reader, extra);
}

static void
test_messages (void)
{
  static const struct
  {
    const char *payload;
    const char *message;
    const char *media;
  } extras[] = {
    { "", NULL, NULL },
    { "<Data/>", NULL, NULL },
    { "<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>", NULL, NULL },
    /* A local Escargot, versions 12, 15 and 18. */
    { "<Data><PSM>a &lt;b&gt; &amp;c; &quot;d&quot; = \\e</PSM>"
      "<CurrentMedia></CurrentMedia></Data>",
      "a <b> &c; \"d\" = \\e", NULL },
    { "<Data><PSM>a <b> &#x26;c; \"d\" = \\e</PSM>"
      "<CurrentMedia></CurrentMedia></Data>",
      "a <b> &c; \"d\" = \\e", NULL },
    { "<Data><PSM>a &#x3C;b&#x3E; &#x26;c; \"d\" &#x3D; &#x5C;e</PSM>"
      "<CurrentMedia></CurrentMedia></Data>",
      "a <b> &c; \"d\" = \\e", NULL },
    /* wiki.nina.chat, with what it plays. */
    { "<Data><PSM>x</PSM><CurrentMedia>\\0Music\\01\\0{0} - {1}\\0Title"
      "\\0Artist\\0Album\\0\\0</CurrentMedia></Data>",
      "x", "Title - Artist" },
    /* Composed. */
    { "<Data><CurrentMedia>\\0Music\\00\\0{0}\\0T\\0</CurrentMedia></Data>",
      NULL, NULL },
    { "<Data><CurrentMedia>a\\0Music\\01\\0{0}{9}{x}{\\0T</CurrentMedia>"
      "</Data>",
      NULL, "T{x}{" },
    { "<Data><CurrentMedia>\\0\\01</CurrentMedia></Data>", NULL, NULL },
    { "<Data><PSM>a<b", NULL, NULL },
    { "<PSM>never closed", NULL, NULL },
    { "</PSM><PSM>", NULL, NULL },
    { "\001<PSM>a&#x26;lt;\nb</PSM>", "a&lt; b", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      g_auto (MsnpExtra) extra = { NULL };

      decode_extra (extras[i].payload, &extra);
      g_assert_cmpstr (extra.message, ==, extras[i].message);
      g_assert_cmpstr (extra.media, ==, extras[i].media);
    }
}

static void
test_endpoints (void)
{
  g_auto (MsnpExtra) extra = { NULL };
  const MsnpEndpoint *endpoint;

  decode_extra (
      "<Data><PSM/><EndpointData id=\"{AB}\"><Capabilities>5:6"
      "</Capabilities></EndpointData><EndpointData id=\"{CD}\"/>"
      "<EndpointData/><PrivateEndpointData id=\"{ab}\"><EpName>my computer"
      "</EpName></PrivateEndpointData></Data>",
      &extra);
  g_assert_cmpuint (extra.endpoints->len, ==, 2);
  endpoint = &g_array_index (extra.endpoints, MsnpEndpoint, 0);
  g_assert_cmpstr (endpoint->id, ==, "{ab}");
  g_assert_cmpstr (endpoint->name, ==, "my computer");
  g_assert_cmpuint (endpoint->caps, ==, 5);
  g_assert_cmpuint (endpoint->extended, ==, 6);
}

static void
test_endpoint_ceiling (void)
{
  g_autoptr (GString) text = g_string_new ("<Data>");
  g_auto (MsnpExtra) extra = { NULL };

  for (guint i = 0; i <= IM_MAX_MSNP_ENDPOINTS; i++)
    g_string_append_printf (text, "<EndpointData id=\"{%u}\"/>", i);
  g_string_append (text, "</Data>");
  decode_extra (text->str, &extra);
  g_assert_cmpuint (extra.endpoints->len, ==, IM_MAX_MSNP_ENDPOINTS);
}

static void
test_encode_extra (void)
{
  g_autofree char *media = msnp_media_encode ("T<", "A", "B");
  g_autofree char *data = msnp_extra_encode ("a<b>\001&", media, "{G}");
  g_autofree char *empty = msnp_extra_encode (NULL, NULL, NULL);
  g_autofree char *endpoint = msnp_extra_encode_endpoint (2416181284u, 0);
  g_autofree char *private =
      msnp_extra_encode_private ("my computer", FALSE, MSNP_STATUS_ONLINE);
  g_auto (MsnpExtra) extra = { NULL };

  g_assert_cmpstr (empty, ==,
                   "<Data><PSM></PSM><CurrentMedia></CurrentMedia></Data>");
  g_assert_cmpstr (endpoint, ==,
                   "<EndpointData><Capabilities>2416181284:0</Capabilities>"
                   "</EndpointData>");
  g_assert_cmpstr (private, ==,
                   "<PrivateEndpointData><EpName>my computer</EpName>"
                   "<Idle>false</Idle><ClientType>1</ClientType>"
                   "<State>NLN</State></PrivateEndpointData>");
  decode_extra (data, &extra);
  g_assert_cmpstr (extra.message, ==, "a<b>&");
  g_assert_cmpstr (extra.media, ==, "T< - A");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/presence/versions", test_presences);
  g_test_add_func ("/msnp/presence/members", test_members);
  g_test_add_func ("/msnp/presence/missing-words", test_missing_words);
  g_test_add_func ("/msnp/presence/change", test_change);
  g_test_add_func ("/msnp/extra/messages", test_messages);
  g_test_add_func ("/msnp/extra/endpoints", test_endpoints);
  g_test_add_func ("/msnp/extra/endpoint-ceiling", test_endpoint_ceiling);
  g_test_add_func ("/msnp/extra/encode", test_encode_extra);
  return g_test_run ();
}

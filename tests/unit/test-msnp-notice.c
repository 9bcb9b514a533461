/* What the notification server has to say. */

#include <string.h>

#include <glib.h>

#include "msnp-encoded.h"
#include "msnp-notice.h"

static void
decode (const char *payload, gsize len, MsnpMime *ret)
{
  ImReader reader;

  im_reader_init (&reader, payload, len);
  g_assert_true (msnp_mime_decode (&reader, ret, NULL));
}

/* A local Escargot, shortened. */
static const char profile_text[] =
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/x-msmsgsprofile; charset=UTF-8\r\n"
    "LoginTime: 1763000000\r\n"
    "EmailEnabled: 0\r\n"
    "MemberIdHigh: 1\r\n"
    "MemberIdLow: 2\r\n"
    "lang_preference: 1033\r\n"
    "preferredEmail:\r\n"
    "Flags: 536872513\r\n"
    "sid: 507\r\n"
    "MSPAuth: t=4f35c5a17c4491e87c0d&p=\r\n"
    "ClientIP: 127.0.0.1\r\n"
    "ClientPort: 54321\r\n"
    "ABCHMigrated: 1\r\n"
    "MPOPEnabled: 1\r\n"
    "\r\n";

static void
test_profile (void)
{
  g_auto (MsnpMime) mime = { NULL };
  g_auto (MsnpProfile) profile = { 0 };

  decode (profile_text, strlen (profile_text), &mime);
  g_assert_true (msnp_notice_decode_profile (&mime, &profile));
  g_assert_cmpint (profile.login_time, ==, 1763000000);
  g_assert_false (profile.has_mailbox);
  g_assert_true (profile.member_id == (G_GUINT64_CONSTANT (1) << 32) + 2);
  g_assert_cmpstr (im_secret_peek (profile.auth), ==,
                   "t=4f35c5a17c4491e87c0d&p=");
  g_assert_cmpstr (profile.address, ==, "127.0.0.1");
  g_assert_cmpuint (profile.port, ==, 54321);
  g_assert_true (profile.places);
}

static void
test_odd_profile (void)
{
  static const char text[] = "Content-Type: text/x-msmsgsprofile\r\n"
                             "LoginTime: soon\r\nEmailEnabled: 1\r\n"
                             "ClientPort: 99999\r\nMemberIdHigh: -1\r\n"
                             "MSPAuth:\r\n";
  g_auto (MsnpMime) mime = { NULL };
  g_auto (MsnpMime) other = { NULL };
  g_auto (MsnpProfile) profile = { 0 };

  decode (text, strlen (text), &mime);
  g_assert_true (msnp_notice_decode_profile (&mime, &profile));
  g_assert_cmpint (profile.login_time, ==, 0);
  g_assert_true (profile.has_mailbox);
  g_assert_true (profile.member_id == 0);
  g_assert_null (profile.auth);
  g_assert_null (profile.address);
  g_assert_cmpuint (profile.port, ==, 0);
  decode ("Content-Type: text/plain\r\n\r\n", 28, &other);
  g_assert_false (msnp_notice_decode_profile (&other, &profile));
}

typedef struct
{
  const char *payload;
  const char *meaning; /* NULL: nothing about mail */
} MailRow;

static const char *
text_or (const char *text)
{
  return text != NULL ? text : "-";
}

static char *
describe_mail (const MsnpMime *mime)
{
  static const char *const kinds[] = { "counts", "data", "offline", "new",
                                       "moved" };
  g_auto (MsnpMail) mail = { MSNP_MAIL_COUNTS };

  if (!msnp_notice_decode_mail (mime, &mail))
    return NULL;
  return g_strdup_printf (
      "%s %u/%u from=%s<%s> subject=%s %s->%s %u data=%s", kinds[mail.kind],
      mail.inbox, mail.folders, text_or (mail.from), text_or (mail.address),
      text_or (mail.subject), text_or (mail.from_folder), text_or (mail.folder),
      mail.delta, text_or (mail.data));
}

static const MailRow mail_rows[] = {
  /* hypothetic.org's protocol pages. */
  { "Content-Type: text/x-msmsgsinitialemailnotification; charset=UTF-8\r\n"
    "\r\nInbox-Unread: 1\r\nFolders-Unread: 2\r\nInbox-URL: "
    "/cgi-bin/HoTMaiL\r\n"
    "Folders-URL: /cgi-bin/folders\r\n"
    "Post-URL: http://www.hotmail.com\r\n",
    "counts 1/2 from=-<-> subject=- -->- 0 data=-" },
  { "Content-Type: text/x-msmsgsemailnotification; charset=UTF-8\r\n\r\n"
    "From: Example User\r\n"
    "Message-URL: /cgi-bin/getmsg?msg=MSG1728932553.00&start=1&len=12"
    "&curmbox=ACTIVE\r\n"
    "Post-URL: https://loginnet.passport.com/ppsecure/md5auth.srf?lc=1033\r\n"
    "Subject: =?\"us-ascii\"?Q?Just saying hello.?=\r\n"
    "Dest-Folder: ACTIVE\r\nFrom-Addr: example@hotmail.com\r\nid: 2\r\n",
    "new 0/0 from=Example User<example@hotmail.com> "
    "subject=Just saying hello. -->ACTIVE 0 data=-" },
  { "Content-Type: text/x-msmsgsactivemailnotification; charset=UTF-8\r\n\r\n"
    "Src-Folder: .!!OIM\r\nDest-Folder: .!!trAsH\r\nMessage-Delta: 3\r\n",
    "moved 0/0 from=-<-> subject=- .!!OIM->.!!trAsH 3 data=-" },
  { "Content-Type: text/x-msmsgsinitialmdatanotification; charset=UTF-8\r\n"
    "\r\nMail-Data: too-large\r\nInbox-URL: /cgi-bin/HoTMaiL\r\n",
    "data 0/0 from=-<-> subject=- -->- 0 data=too-large" },
  /* A local Escargot. */
  { "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsoimnotification; "
    "charset=UTF-8\r\n\r\nMail-Data: <MD><M><T>11</T></M></MD>\r\n",
    "offline 0/0 from=-<-> subject=- -->- 0 "
    "data=<MD><M><T>11</T></M></MD>" },
  /* Composed. */
  { "Content-Type: text/x-msmsgsoimnotification\r\n\r\nMail-Data: <MD>\r\n"
    "<M>\r\n</M>\r\n</MD>\r\n",
    "offline 0/0 from=-<-> subject=- -->- 0 data=<MD>\r\n<M>\r\n</M>\r\n"
    "</MD>" },
  { "Content-Type: text/x-msmsgsinitialmdatanotification\r\n"
    "Mail-Data: too-large\r\n",
    "data 0/0 from=-<-> subject=- -->- 0 data=too-large" },
  { "Content-Type: text/x-msmsgsinitialemailnotification\r\n\r\n"
    "Inbox-Unread: -5\r\nFolders-Unread: 99999999999\r\n",
    "counts 0/0 from=-<-> subject=- -->- 0 data=-" },
  { "Content-Type: text/x-msmsgsemailnotification\r\n\r\n"
    "From: =?utf-8?B?QWxpY2U=?=\033[31m\r\n",
    "new 0/0 from=Alice[31m<-> subject=- -->- 0 data=-" },
  { "Content-Type: text/plain\r\n\r\nInbox-Unread: 5\r\n", NULL },
};

static void
test_mail (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mail_rows); i++)
    {
      g_auto (MsnpMime) mime = { NULL };
      g_autofree char *meaning = NULL;

      decode (mail_rows[i].payload, strlen (mail_rows[i].payload), &mime);
      meaning = describe_mail (&mime);
      g_assert_cmpstr (meaning, ==, mail_rows[i].meaning);
    }
}

static void
test_cut (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (mail_rows); i++)
    for (gsize len = 0; len < strlen (mail_rows[i].payload); len++)
      {
        g_autofree char *copy = g_memdup2 (mail_rows[i].payload, len);
        g_auto (MsnpMime) mime = { NULL };
        g_autofree char *meaning = NULL;

        decode (copy, len, &mime);
        meaning = describe_mail (&mime);
        if (meaning != NULL)
          g_assert_true (g_utf8_validate (meaning, -1, NULL));
      }
}

static void
test_maintenance (void)
{
  static const struct
  {
    const char *payload;
    gboolean said;
    guint minutes;
  } notices[] = {
    /* hypothetic.org's protocol pages. */
    { "MIME-Version: 1.0\r\n"
      "Content-Type: application/x-msmsgssystemmessage\r\n"
      "\r\nType: 1\r\nArg1: 5\r\n",
      TRUE, 5 },
    { "Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 2\r\n"
      "Arg1: 5\r\n",
      FALSE, 0 },
    { "Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\n",
      FALSE, 0 },
    { "Content-Type: application/x-msmsgssystemmessage\r\n\r\nType: 1\r\n"
      "Arg1: -5\r\n",
      FALSE, 0 },
    { "Content-Type: text/plain\r\n\r\nType: 1\r\nArg1: 5\r\n", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (notices); i++)
    {
      g_auto (MsnpMime) mime = { NULL };
      guint minutes = 0;

      decode (notices[i].payload, strlen (notices[i].payload), &mime);
      g_assert_true (msnp_notice_decode_maintenance (&mime, &minutes) ==
                     notices[i].said);
      g_assert_cmpuint (minutes, ==, notices[i].minutes);
    }
}

static gboolean
decode_alert (const char *xml, MsnpAlert *ret, GError **error)
{
  ImReader reader;

  im_reader_init (&reader, xml, strlen (xml));
  return msnp_notice_decode_alert (&reader, ret, error);
}

static void
test_alerts (void)
{
  g_auto (MsnpAlert) list = { FALSE };
  g_auto (MsnpAlert) mobile = { FALSE };
  g_auto (MsnpAlert) plain = { FALSE };
  g_auto (MsnpAlert) none = { FALSE };
  g_autoptr (GError) error = NULL;

  g_assert_true (decode_alert (
      "<NOTIFICATION id=\"0\" siteid=\"45705\" siteurl=\"http://c/\"><TO "
      "pid=\"0x1:0x2\" name=\"alice@example.com\"/><MSG id=\"0\"><BODY>&lt;"
      "NotificationData&gt;&lt;Service&gt;ABCHInternal&lt;/Service&gt;&lt;/"
      "NotificationData&gt;</BODY></MSG></NOTIFICATION>",
      &list, NULL));
  g_assert_true (list.list_changed);
  g_assert_null (list.text);
  g_assert_true (decode_alert (
      "<NOTIFICATION id=\"0\" siteid=\"111100400\" siteurl=\"http://m/\">"
      "<FROM name=\"tel:+15551234\"/><MSG pri=\"1\" id=\"0\"><BODY "
      "lang=\"1033\">"
      "<TEXT>call\nme</TEXT></BODY></MSG></NOTIFICATION>",
      &mobile, NULL));
  g_assert_false (mobile.list_changed);
  g_assert_cmpstr (mobile.from, ==, "tel:+15551234");
  g_assert_cmpstr (mobile.text, ==, "call\nme");
  g_assert_true (decode_alert (
      "<NOTIFICATION><MSG><BODY>hello</BODY></MSG></NOTIFICATION>", &plain,
      NULL));
  g_assert_cmpstr (plain.text, ==, "hello");
  g_assert_false (decode_alert ("<ml/>", &none, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (decode_alert ("<!DOCTYPE a><NOTIFICATION/>", &none, &error));
  g_assert_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_UNSUPPORTED);
}

static char *
page_of (const char *line)
{
  g_auto (MsnpFramer) framer;
  MsnpCommand command;

  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  g_assert_true (msnp_push (&framer, line, strlen (line), NULL));
  g_assert_cmpint (msnp_next (&framer, &command, NULL), ==, MSNP_GOT);
  g_assert_false (msnp_notice_is_own (&command));
  return msnp_notice_dup_page (&command);
}

static void
test_pages (void)
{
  g_autofree char *page = page_of (
      "URL 9 https://mail.example.com/ https://login.example.com 2\r\n");

  g_assert_cmpstr (page, ==, "https://mail.example.com/");
  g_assert_null (page_of ("URL 9 /unused1 /unused2 1\r\n"));
  g_assert_null (page_of ("URL 9 file:///etc/passwd x 1\r\n"));
  g_assert_null (page_of ("URL 9\r\n"));
  g_assert_null (page_of ("MSG bob@example.com Hotmail 1\r\nx"));
}

static void
test_encoded (void)
{
  static const char *const pairs[][2] = {
    { "", "" },
    { "plain", "plain" },
    { "=?utf-8?B?QWxpY2U=?=", "Alice" },
    { "=?utf-8?b?QWxpY2U=?= <alice@example.com>", "Alice <alice@example.com>" },
    { "=?\"us-ascii\"?Q?Just saying hello.?=", "Just saying hello." },
    { "=?iso-8859-1*fr?Q?Andr=E9_x?=", "Andr\303\251 x" },
    /* RFC 2047, section 8. */
    { "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)" },
    { "(=?ISO-8859-1?Q?a?= b)", "(a b)" },
    { "(=?ISO-8859-1?Q?a_b?=)", "(a b)" },
    { "=?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?=",
      "\343\203\206\343\202\271\343\203\210" },
    /* Composed. */
    { "=?utf-8?X?abc?= =?utf-8?Q?d?=", "=?utf-8?X?abc?= d" },
    { "=?utf-8?Q?never ends", "=?utf-8?Q?never ends" },
    { "=?", "=?" },
    { "=?=?=?", "=?=?=?" },
    { "=?utf-8?Q?=?=", "=" },
    { "=?utf-8?Q?=4?=", "=4" },
    { "=?utf-8?Q?a=0Ab=1B[0m?=", "a b[0m" },
    { "=?no-such-charset?B?QWxpY2U=?=", "Alice" },
    { "\351", "\303\251" },
  };
  g_autofree char *word = msnp_encoded_encode ("Alice", 48);
  g_autofree char *cut = msnp_encoded_encode ("a\303\251", 2);
  g_autofree char *exact = msnp_encoded_encode ("a\303\251", 3);

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *text = msnp_encoded_decode (pairs[i][0]);

      g_assert_cmpstr (text, ==, pairs[i][1]);
    }
  g_assert_cmpstr (word, ==, "=?utf-8?B?QWxpY2U=?=");
  g_assert_cmpstr (cut, ==, "=?utf-8?B?YQ==?=");
  g_assert_cmpstr (exact, ==, "=?utf-8?B?YcOp?=");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/msnp/notice/profile", test_profile);
  g_test_add_func ("/msnp/notice/odd-profile", test_odd_profile);
  g_test_add_func ("/msnp/notice/mail", test_mail);
  g_test_add_func ("/msnp/notice/cut", test_cut);
  g_test_add_func ("/msnp/notice/maintenance", test_maintenance);
  g_test_add_func ("/msnp/notice/alerts", test_alerts);
  g_test_add_func ("/msnp/notice/pages", test_pages);
  g_test_add_func ("/msnp/encoded", test_encoded);
  return g_test_run ();
}

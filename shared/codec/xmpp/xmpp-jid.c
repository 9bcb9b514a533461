#include "xmpp-jid.h"

#include <string.h>

#define MAX_PART 1023

static gboolean
fail (GError **error, ImWireError code, const char *what)
{
  g_set_error_literal (error, IM_WIRE_ERROR, code, what);
  return FALSE;
}

void
xmpp_jid_free (XmppJid *jid)
{
  if (jid == NULL)
    return;
  g_free (jid->node);
  g_free (jid->domain);
  g_free (jid->resource);
  g_free (jid->bare);
  g_free (jid->full);
  g_free (jid);
}

/* --- addresses that are as they should be ----------------------------------- */

/* Nearly all are: lower case, nothing foreign. They are asked about many times
 * a message, so one look at each character has to do. */

/* What stands in the parts before the resource as it is: printable ASCII but
 * capitals and  " & ' / : < > @  (RFC 7622, 3.3.1). */
static const guint8 plain[256] = {
  ['!'] = 1,         ['#' ... '%'] = 1, ['(' ... '.'] = 1,
  ['0' ... '9'] = 1, [';'] = 1,         ['='] = 1,
  ['?'] = 1,         ['[' ... '~'] = 1,
};

static gsize
plain_length (const char *text)
{
  const char *p = text;

  while (plain[(guint8) *p])
    p++;
  return (gsize) (p - text);
}

/* Returns: how long the bare address at the beginning of @text is, if there is
 * nothing to prepare in it, or 0 */
static gsize
plain_bare (const char *text)
{
  gsize node = plain_length (text);
  const char *domain = text[node] == '@' ? text + node + 1 : text;
  gsize len = plain_length (domain);

  if (len == 0 || len > MAX_PART || node == 0 || node > MAX_PART ||
      domain[len - 1] == '.' || (domain[len] != '\0' && domain[len] != '/'))
    return 0;
  return (gsize) (domain + len - text);
}

static gboolean
is_plain_resource (const char *text)
{
  const char *p = text;

  while (*p >= ' ' && *p < 0x7f)
    p++;
  return *p == '\0' && p > text && p - text <= MAX_PART;
}

/* The same if nothing is to be prepared in all of @text, a resource with it. */
static gsize
plain_address (const char *text)
{
  gsize bare = plain_bare (text);

  return bare > 0 && (text[bare] == '\0' || is_plain_resource (text + bare + 1))
             ? bare
             : 0;
}

/* --- all others ---------------------------------------------------------------- */

/* RFC 7622, 3.3.1, and what no part may have. */
static gboolean
is_clean (const char *part, const char *forbidden)
{
  for (const char *p = part; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (g_unichar_iscntrl (c) || !g_unichar_isdefined (c))
        return FALSE;
      if (c < 0x80 && strchr (forbidden, (int)c) != NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check (const char *part, const char *forbidden, GError **error)
{
  if (part == NULL || *part == '\0')
    return fail (error, IM_WIRE_ERROR_MALFORMED, "a part of it is empty");
  if (strlen (part) > MAX_PART)
    return fail (error, IM_WIRE_ERROR_TOO_LARGE, "longer than an address is");
  if (!is_clean (part, forbidden))
    return fail (error, IM_WIRE_ERROR_MALFORMED, "not a character of one");
  return TRUE;
}

static gboolean
is_lower_ascii (const char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    if ((guint8)text[i] >= 0x80 || g_ascii_isupper (text[i]))
      return FALSE;
  return TRUE;
}

/* Nearly all names need nothing. */
static char *
prepare (const char *text, gsize len)
{
  g_autofree char *normal = NULL;

  if (is_lower_ascii (text, len))
    return g_strndup (text, len);
  normal = g_utf8_normalize (text, (gssize)len, G_NORMALIZE_NFKC);
  return normal != NULL ? g_utf8_strdown (normal, -1) : NULL;
}

static void
join (XmppJid *jid)
{
  jid->bare = jid->node != NULL
                  ? g_strconcat (jid->node, "@", jid->domain, NULL)
                  : g_strdup (jid->domain);
  jid->full = jid->resource != NULL
                  ? g_strconcat (jid->bare, "/", jid->resource, NULL)
                  : g_strdup (jid->bare);
}

XmppJid *
xmpp_jid_new (const char *text, GError **error)
{
  g_autoptr (XmppJid) jid = g_new0 (XmppJid, 1);
  const char *slash = strchr (text, '/');
  gsize bare = slash != NULL ? (gsize)(slash - text) : strlen (text);
  const char *at = memchr (text, '@', bare);
  const char *domain = at != NULL ? at + 1 : text;
  gsize domain_len = bare - (gsize)(domain - text);

  if (!g_utf8_validate (text, -1, NULL))
    {
      fail (error, IM_WIRE_ERROR_MALFORMED, "not UTF-8");
      return NULL;
    }
  /* A domain may be written with the dot of its root. */
  if (domain_len > 1 && domain[domain_len - 1] == '.')
    domain_len--;
  jid->domain = prepare (domain, domain_len);
  if (!check (jid->domain, " \"&'/:<>@", error))
    return NULL;
  if (at != NULL)
    {
      jid->node = prepare (text, (gsize)(at - text));
      if (!check (jid->node, " \"&'/:<>@", error))
        return NULL;
    }
  if (slash != NULL)
    {
      jid->resource = g_strdup (slash + 1);
      if (!check (jid->resource, "", error))
        return NULL;
    }
  join (jid);
  return g_steal_pointer (&jid);
}

XmppJid *
xmpp_jid_with_resource (const XmppJid *jid, const char *resource)
{
  XmppJid *other = g_new0 (XmppJid, 1);

  other->node = g_strdup (jid->node);
  other->domain = g_strdup (jid->domain);
  other->resource = g_strdup (resource);
  join (other);
  return other;
}

char *
xmpp_jid_dup_bare (const char *text)
{
  g_autoptr (XmppJid) jid = NULL;
  gsize bare = plain_address (text);

  if (bare > 0)
    return g_strndup (text, bare);
  jid = xmpp_jid_new (text, NULL);
  if (jid != NULL)
    return g_steal_pointer (&jid->bare);
  return g_utf8_validate (text, -1, NULL) ? g_utf8_strdown (text, -1)
                                          : g_utf8_make_valid (text, -1);
}

const char *
xmpp_jid_resource (const char *text)
{
  const char *slash = strchr (text, '/');

  return slash != NULL ? slash + 1 : text + strlen (text);
}

gboolean
xmpp_jid_equal (const char *a, const char *b)
{
  g_autoptr (XmppJid) first = NULL;
  g_autoptr (XmppJid) second = NULL;

  if (strcmp (a, b) == 0)
    return TRUE;
  if (plain_address (a) > 0 && plain_address (b) > 0)
    return FALSE;
  first = xmpp_jid_new (a, NULL);
  second = xmpp_jid_new (b, NULL);
  return first != NULL && second != NULL &&
         strcmp (first->full, second->full) == 0;
}

/* XEP-0106, 3: what may be escaped; "\5c" only before what looks like one. */
static char
unescape (const char *code)
{
  static const char table[] = "20 22\"26&27'2f/3a:3c<3e>40@5c\\";

  for (const char *row = table; *row != '\0'; row += 3)
    if (g_ascii_strncasecmp (row, code, 2) == 0)
      return row[2];
  return '\0';
}

char *
xmpp_jid_dup_display (const char *text)
{
  const char *at = strchr (text, '@');
  const char *end = at != NULL ? at : text;
  GString *shown = g_string_new (NULL);

  for (const char *p = text; p < end; p++)
    {
      char c = *p == '\\' && end - p > 2 ? unescape (p + 1) : '\0';

      g_string_append_c (shown, c != '\0' ? c : *p);
      if (c != '\0')
        p += 2;
    }
  g_string_append (shown, end);
  return g_string_free (shown, FALSE);
}

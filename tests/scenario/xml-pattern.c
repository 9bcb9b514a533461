#include "xml-pattern.h"

#include <string.h>

#define NS_CLIENT "jabber:client"
#define NS_STREAMS "http://etherx.jabber.org/streams"

/**
 * XmlPattern:
 * @parent: (nullable): around it
 * @name: local name
 * @ns: namespace
 * @prefixes: (element-type utf8 utf8): namespaces declared here; "" is the
 *   one of names without a prefix
 * @attributes: (element-type utf8 utf8): those with a prefix by "{ns}name"
 * @children: (element-type XmlPattern): in their order
 * @text: directly in it
 */
struct _XmlPattern
{
  XmlPattern *parent;
  char *name;
  char *ns;
  GHashTable *prefixes;
  GHashTable *attributes;
  GPtrArray *children;
  GString *text;
};

void
xml_pattern_free (XmlPattern *pattern)
{
  if (pattern == NULL)
    return;
  g_free (pattern->name);
  g_free (pattern->ns);
  g_hash_table_unref (pattern->prefixes);
  g_hash_table_unref (pattern->attributes);
  g_ptr_array_unref (pattern->children);
  g_string_free (pattern->text, TRUE);
  g_free (pattern);
}

/* --- reading ------------------------------------------------------------- */

static XmlPattern *
pattern_new (XmlPattern *parent)
{
  XmlPattern *pattern = g_new0 (XmlPattern, 1);

  pattern->parent = parent;
  pattern->prefixes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pattern->attributes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  pattern->children =
      g_ptr_array_new_with_free_func ((GDestroyNotify) xml_pattern_free);
  pattern->text = g_string_new (NULL);
  if (parent != NULL)
    g_ptr_array_add (parent->children, pattern);
  return pattern;
}

static const char *
find_namespace (const XmlPattern *pattern, const char *prefix)
{
  for (; pattern != NULL; pattern = pattern->parent)
    {
      const char *ns = g_hash_table_lookup (pattern->prefixes, prefix);

      if (ns != NULL)
        return ns;
    }
  if (strcmp (prefix, "stream") == 0)
    return NS_STREAMS;
  return *prefix == '\0' ? NS_CLIENT : prefix;
}

/* Returns: the local part of @name, whose prefix is then in @ret_prefix */
static const char *
split_name (const char *name, char **ret_prefix)
{
  const char *colon = strchr (name, ':');

  *ret_prefix =
      colon != NULL ? g_strndup (name, (gsize) (colon - name)) : g_strdup ("");
  return colon != NULL ? colon + 1 : name;
}

static void
read_attributes (XmlPattern *pattern, const char **names, const char **values)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], "xmlns") == 0)
      g_hash_table_insert (pattern->prefixes, g_strdup (""),
                           g_strdup (values[i]));
    else if (g_str_has_prefix (names[i], "xmlns:"))
      g_hash_table_insert (pattern->prefixes, g_strdup (names[i] + 6),
                           g_strdup (values[i]));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *prefix = NULL;
      const char *local = split_name (names[i], &prefix);

      if (g_str_has_prefix (names[i], "xmlns"))
        continue;
      g_hash_table_insert (pattern->attributes,
                           *prefix == '\0'
                               ? g_strdup (local)
                               : g_strdup_printf (
                                     "{%s}%s",
                                     find_namespace (pattern, prefix), local),
                           g_strdup (values[i]));
    }
}

static void
on_start (GMarkupParseContext *context, const char *name, const char **names,
          const char **values, gpointer user, GError **error)
{
  XmlPattern **at = user;
  XmlPattern *pattern = pattern_new (*at);
  g_autofree char *prefix = NULL;

  read_attributes (pattern, names, values);
  pattern->name = g_strdup (split_name (name, &prefix));
  pattern->ns = g_strdup (find_namespace (pattern, prefix));
  *at = pattern;
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer user,
        GError **error)
{
  XmlPattern **at = user;

  /* The outermost one stays. */
  if ((*at)->parent != NULL)
    *at = (*at)->parent;
}

static void
on_text (GMarkupParseContext *context, const char *text, gsize len,
         gpointer user, GError **error)
{
  XmlPattern **at = user;

  if (*at != NULL)
    g_string_append_len ((*at)->text, text, (gssize) len);
}

XmlPattern *
xml_pattern_parse (const char *text)
{
  static const GMarkupParser parser = { on_start, on_end, on_text, NULL, NULL };
  XmlPattern *at = NULL;
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, 0, &at, NULL);
  gboolean fine = g_markup_parse_context_parse (context, text, -1, NULL) &&
                  g_markup_parse_context_end_parse (context, NULL);

  while (at != NULL && at->parent != NULL)
    at = at->parent;
  if (!fine)
    g_clear_pointer (&at, xml_pattern_free);
  return at;
}

/* --- comparing ------------------------------------------------------------ */

static gboolean
value_fits (const char *wanted, const char *is, GHashTable *names)
{
  const char *known;

  if (strcmp (wanted, "!") == 0)
    return is == NULL;
  if (is == NULL)
    return FALSE;
  if (*wanted != '$')
    return g_pattern_match_simple (wanted, is);
  known = g_hash_table_lookup (names, wanted + 1);
  if (known != NULL)
    return strcmp (known, is) == 0;
  g_hash_table_insert (names, g_strdup (wanted + 1), g_strdup (is));
  return TRUE;
}

static gboolean
attributes_fit (const XmlPattern *pattern, const XmlPattern *element,
                GHashTable *names)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, pattern->attributes);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!value_fits (value, g_hash_table_lookup (element->attributes, key),
                     names))
      return FALSE;
  return TRUE;
}

static gboolean fits (const XmlPattern *pattern, const XmlPattern *element,
                      GHashTable *names);

static gboolean
has_child (const XmlPattern *wanted, const XmlPattern *element,
           GHashTable *names)
{
  for (guint i = 0; i < element->children->len; i++)
    if (fits (wanted, element->children->pdata[i], names))
      return TRUE;
  return FALSE;
}

static gboolean
fits (const XmlPattern *pattern, const XmlPattern *element, GHashTable *names)
{
  if (strcmp (pattern->name, element->name) != 0 ||
      strcmp (pattern->ns, element->ns) != 0 ||
      !attributes_fit (pattern, element, names))
    return FALSE;
  if (pattern->text->len > 0 &&
      !value_fits (pattern->text->str, element->text->str, names))
    return FALSE;
  for (guint i = 0; i < pattern->children->len; i++)
    if (!has_child (pattern->children->pdata[i], element, names))
      return FALSE;
  return TRUE;
}

gboolean
xml_pattern_fits (const XmlPattern *pattern, const XmlPattern *element,
                  GHashTable *names)
{
  g_autoptr (GHashTable) taken =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (taken, g_strdup (key), g_strdup (value));
  if (!fits (pattern, element, taken))
    return FALSE;
  g_hash_table_iter_init (&iter, taken);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (names, g_strdup (key), g_strdup (value));
  return TRUE;
}

/* --- splitting ------------------------------------------------------------ */

/* Returns: what follows the tag that begins at @tag, or %NULL */
static const char *
after_tag (const char *tag)
{
  char quote = '\0';

  for (const char *p = tag; *p != '\0'; p++)
    if (quote != '\0')
      quote = *p == quote ? '\0' : quote;
    else if (*p == '"' || *p == '\'')
      quote = *p;
    else if (*p == '>')
      return p + 1;
  return NULL;
}

/* Returns: what follows the element that begins at @text, or %NULL */
static const char *
after_element (const char *text)
{
  int depth = 0;

  for (const char *p = strchr (text, '<'); p != NULL; p = strchr (p, '<'))
    {
      const char *end = after_tag (p);

      if (end == NULL)
        return NULL;
      if (p[1] == '/')
        depth--;
      else if (end[-2] != '/')
        depth++;
      if (depth == 0)
        return end;
      p = end;
    }
  return NULL;
}

static void
drop_declaration (GString *sent)
{
  gsize space = strspn (sent->str, " \n");
  const char *end;

  g_string_erase (sent, 0, (gssize) space);
  if (!g_str_has_prefix (sent->str, "<?xml"))
    return;
  end = after_tag (sent->str);
  if (end != NULL)
    g_string_erase (sent, 0, end - sent->str);
}

char *
xml_pattern_split (GString *sent)
{
  const char *end;
  gboolean header;
  char *element;
  gsize len;

  drop_declaration (sent);
  header = g_str_has_prefix (sent->str, "<stream:stream");
  end = header || g_str_has_prefix (sent->str, "</")
            ? after_tag (sent->str)
            : after_element (sent->str);
  if (end == NULL)
    return NULL;
  len = (gsize) (end - sent->str);
  element = header ? g_strdup_printf ("%.*s/>", (int) len - 1, sent->str)
                   : g_strndup (sent->str, len);
  g_string_erase (sent, 0, (gssize) len);
  return element;
}

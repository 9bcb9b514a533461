#include "xmpp-caps.h"

#include <string.h>

#define NS_DATA "jabber:x:data"

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Appends the @lines in order, each with its "<". */
static gboolean
append_sorted (GString *input, GPtrArray *lines)
{
  g_ptr_array_sort (lines, compare);
  for (guint i = 0; i < lines->len; i++)
    {
      if (i > 0 && strcmp (lines->pdata[i], lines->pdata[i - 1]) == 0)
        return FALSE;
      g_string_append (input, lines->pdata[i]);
      g_string_append_c (input, '<');
    }
  return TRUE;
}

static const char *
attribute (const XmlNode *node, const char *name)
{
  const char *value = xml_node_attribute (node, name);

  return value != NULL ? value : "";
}

static gboolean
append_identities (GString *input, const XmlNode *query)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (const XmlNode *node = xml_node_first (query, "identity");
       xml_node_exists (node); node = xml_node_next (node, "identity"))
    {
      /* Its own: a server may give the stanza around it one. */
      const char *lang = xml_node_attribute_ns (
          node, "http://www.w3.org/XML/1998/namespace", "lang");
      char *line = g_strdup_printf (
          "%s/%s/%s/%s", attribute (node, "category"),
          attribute (node, "type"), lang != NULL ? lang : "",
          attribute (node, "name"));

      g_ptr_array_add (lines, line);
      if (strchr (line, '<') != NULL)
        return FALSE;
    }
  return append_sorted (input, lines);
}

static gboolean
append_features (GString *input, const XmlNode *query)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (const XmlNode *node = xml_node_first (query, "feature");
       xml_node_exists (node); node = xml_node_next (node, "feature"))
    {
      const char *var = attribute (node, "var");

      g_ptr_array_add (lines, g_strdup (var));
      if (strchr (var, '<') != NULL)
        return FALSE;
    }
  return append_sorted (input, lines);
}

/* --- forms --------------------------------------------------------------- */

static char *
field_line (const XmlNode *field)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  GString *line = g_string_new (attribute (field, "var"));

  for (const XmlNode *value = xml_node_first (field, "value");
       xml_node_exists (value); value = xml_node_next (value, "value"))
    g_ptr_array_add (values, (gpointer)xml_node_text (value));
  g_ptr_array_sort (values, compare);
  for (guint i = 0; i < values->len; i++)
    g_string_append_printf (line, "<%s", (const char *)values->pdata[i]);
  return g_string_free (line, FALSE);
}

static const XmlNode *
find_type (const XmlNode *form)
{
  const XmlNode *field = xml_node_first (form, "field");

  while (xml_node_exists (field) &&
         strcmp (attribute (field, "var"), "FORM_TYPE") != 0)
    field = xml_node_next (field, "field");
  return field;
}

/* Returns: (nullable): how @form is hashed; %NULL if it is not */
static char *
form_line (const XmlNode *form)
{
  const XmlNode *type = find_type (form);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GString *line;

  if (!xml_node_exists (type) ||
      strcmp (attribute (type, "type"), "hidden") != 0)
    return NULL;
  line = g_string_new (xml_node_child_text (type, "value"));
  for (const XmlNode *field = xml_node_first (form, "field");
       xml_node_exists (field); field = xml_node_next (field, "field"))
    if (field != type)
      g_ptr_array_add (lines, field_line (field));
  g_ptr_array_sort (lines, compare);
  for (guint i = 0; i < lines->len; i++)
    g_string_append_printf (line, "<%s", (const char *)lines->pdata[i]);
  return g_string_free (line, FALSE);
}

static gboolean
append_forms (GString *input, const XmlNode *query)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (const XmlNode *node = xml_node_first_ns (query, NS_DATA, "x");
       xml_node_exists (node); node = xml_node_next (node, "x"))
    {
      char *line = form_line (node);

      if (line != NULL)
        g_ptr_array_add (lines, line);
    }
  return append_sorted (input, lines);
}

char *
xmpp_caps_hash (const XmlNode *query)
{
  g_autoptr (GString) input = g_string_new (NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize len = sizeof digest;

  if (!append_identities (input, query) || !append_features (input, query) ||
      !append_forms (input, query))
    return NULL;
  g_checksum_update (checksum, (const guchar *)input->str,
                     (gssize)input->len);
  g_checksum_get_digest (checksum, digest, &len);
  return g_base64_encode (digest, len);
}

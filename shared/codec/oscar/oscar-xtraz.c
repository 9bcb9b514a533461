#include "oscar-xtraz.h"

#include <string.h>

#define NOTIFY_NAME "Script Plug-in: Remote Notification Arrive"

gboolean
oscar_icq_plugin_decode (const ImReader *rest, OscarIcqPlugin *ret,
                         GError **error)
{
  ImReader reader = *rest;
  OscarIcqPlugin self;
  ImReader header;
  const guint8 *guid;
  guint32 len;

  if (!im_reader_sub16le (&reader, &header, error) ||
      !im_reader_raw (&header, sizeof self.guid.bytes, &guid, error) ||
      !im_reader_u16le (&header, &self.function, error) ||
      !im_reader_skip (&reader, 4, error) ||
      !im_reader_u32le (&reader, &len, error))
    {
      g_prefix_error (error, "ICQ plugin block: ");
      return FALSE;
    }
  /* libpurple's old plugin names a fixed length, whatever its own is. */
  len = MIN (len, (guint32)im_reader_left (&reader));
  if (!im_reader_sub (&reader, len, &self.data, error))
    return FALSE;
  memcpy (self.guid.bytes, guid, sizeof self.guid.bytes);
  *ret = self;
  return TRUE;
}

void
oscar_xtraz_write_block (ImWriter *writer, const char *xml)
{
  static const guint8 unknown[15] = { 0, 0, 1 };
  guint32 len = (guint32)strlen (xml);
  gsize header = im_writer_open16 (writer);

  im_writer_raw (writer, oscar_cap_xtraz_script.bytes,
                 sizeof oscar_cap_xtraz_script.bytes);
  im_writer_u16le (writer, OSCAR_XTRAZ_NOTIFY);
  im_writer_u32le (writer, strlen (NOTIFY_NAME));
  im_writer_raw (writer, NOTIFY_NAME, strlen (NOTIFY_NAME));
  im_writer_raw (writer, unknown, sizeof unknown);
  im_writer_close16le (writer, header);
  im_writer_u32le (writer, len + 4);
  im_writer_u32le (writer, len);
  im_writer_raw (writer, xml, len);
}

void
oscar_xstatus_clear (OscarXStatus *self)
{
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->text, g_free);
}

/* --- Reading ------------------------------------------------------------ */

static char *
unescape (const char *text, gsize len)
{
  static const struct
  {
    const char *entity;
    char character;
  } table[] = { { "&lt;", '<' },   { "&gt;", '>' },   { "&amp;", '&' },
                { "&quot;", '"' }, { "&apos;", '\'' }, { "&#39;", '\'' } };
  GString *out = g_string_sized_new (len);
  gsize at = 0;

  while (at < len)
    {
      gsize step = 1;
      char character = text[at];

      for (gsize i = 0; character == '&' && i < G_N_ELEMENTS (table); i++)
        if (strlen (table[i].entity) <= len - at &&
            memcmp (text + at, table[i].entity, strlen (table[i].entity)) == 0)
          {
            step = strlen (table[i].entity);
            g_string_append_c (out, table[i].character);
          }
      if (step == 1)
        g_string_append_c (out, character);
      at += step;
    }
  return g_string_free (out, FALSE);
}

static const char *
find_element (const char *xml, const char *name, gsize *ret_len)
{
  g_autofree char *open = g_strdup_printf ("<%s>", name);
  g_autofree char *close = g_strdup_printf ("</%s>", name);
  const char *start = strstr (xml, open);
  const char *end;

  if (start == NULL)
    return NULL;
  start += strlen (open);
  end = strstr (start, close);
  if (end == NULL)
    return NULL;
  *ret_len = (gsize)(end - start);
  return start;
}

char *
oscar_xtraz_dup_element (const char *xml, const char *name)
{
  gsize len;
  const char *start = find_element (xml, name, &len);

  return start != NULL ? unescape (start, len) : NULL;
}

gboolean
oscar_xtraz_is_request (const char *xml)
{
  g_autofree char *inner = oscar_xtraz_dup_element (xml, "NOTIFY");
  g_autofree char *service =
      inner != NULL ? oscar_xtraz_dup_element (inner, "id") : NULL;

  return g_strcmp0 (service, "cAwaySrv") == 0;
}

gboolean
oscar_xtraz_parse_reply (const char *xml, OscarXStatus *ret)
{
  g_autofree char *inner = oscar_xtraz_dup_element (xml, "RES");
  g_autofree char *index = NULL;
  g_auto (OscarXStatus) self = { 0 };
  guint64 number = 0;

  if (inner == NULL)
    return FALSE;
  self.title = oscar_xtraz_dup_element (inner, "title");
  self.text = oscar_xtraz_dup_element (inner, "desc");
  index = oscar_xtraz_dup_element (inner, "index");
  if (self.title == NULL || self.text == NULL)
    return FALSE;
  if (index != NULL)
    g_ascii_string_to_unsigned (index, 10, 0, 64, &number, NULL);
  self.index = (guint)number;
  *ret = self;
  self = (OscarXStatus){ 0 };
  return TRUE;
}

/* --- Writing ------------------------------------------------------------ */

char *
oscar_xtraz_print_request (const char *uin)
{
  return g_strdup_printf (
      "<N><QUERY>&lt;Q&gt;&lt;PluginID&gt;srvMng&lt;/PluginID&gt;&lt;/Q&gt;"
      "</QUERY><NOTIFY>&lt;srv&gt;&lt;id&gt;cAwaySrv&lt;/id&gt;&lt;req&gt;"
      "&lt;id&gt;AwayStat&lt;/id&gt;&lt;trans&gt;1&lt;/trans&gt;"
      "&lt;senderId&gt;%s&lt;/senderId&gt;&lt;/req&gt;&lt;/srv&gt;</NOTIFY>"
      "</N>",
      uin);
}

char *
oscar_xtraz_print_reply (const char *uin, const OscarXStatus *status)
{
  g_autofree char *title =
      g_markup_escape_text (status->title != NULL ? status->title : "", -1);
  g_autofree char *text =
      g_markup_escape_text (status->text != NULL ? status->text : "", -1);
  g_autofree char *inner = g_strdup_printf (
      "<ret event='OnRemoteNotification'><srv><id>cAwaySrv</id>"
      "<val srv_id='cAwaySrv'><Root><CASXtraSetAwayMessage>"
      "</CASXtraSetAwayMessage><uin>%s</uin><index>%u</index>"
      "<title>%s</title><desc>%s</desc></Root></val></srv></ret>",
      uin, status->index, title, text);
  g_autofree char *escaped = g_markup_escape_text (inner, -1);

  return g_strdup_printf ("<NR><RES>%s</RES></NR>", escaped);
}

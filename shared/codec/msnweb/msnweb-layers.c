#include "msnweb-layers.h"

#include <string.h>

#include "im-charset.h"
#include "im-line.h"

void
msnweb_layers_clear (MsnwebLayers *self)
{
  msnweb_headers_clear (&self->routing);
  msnweb_headers_clear (&self->reliability);
  msnweb_headers_clear (&self->about);
}

static gboolean
find_content (const ImReader *rest, MsnwebLayers *layers, GError **error)
{
  const char *length = msnweb_layers_get (layers, "Content-Length");
  ImReader content = *rest;
  guint64 number;

  layers->content = content;
  if (length == NULL)
    return TRUE;
  if (im_word_number (im_word (length), im_reader_left (rest), &number, NULL))
    return im_reader_sub (&content, (gsize)number, &layers->content, error);
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                       "Content-Length is not the length of the content");
  return FALSE;
}

static gboolean
decode (ImReader *rest, MsnwebLayers *layers, GError **error)
{
  if (!msnweb_headers_decode (rest, &layers->routing, error))
    return FALSE;
  if (msnweb_headers_get (&layers->routing, "Routing") == NULL)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "a body has no routing");
      return FALSE;
    }
  return msnweb_headers_decode (rest, &layers->reliability, error) &&
         msnweb_headers_decode (rest, &layers->about, error) &&
         find_content (rest, layers, error);
}

gboolean
msnweb_layers_decode (const ImReader *body, MsnwebLayers *ret, GError **error)
{
  ImReader rest = *body;

  *ret = (MsnwebLayers){ 0 };
  if (decode (&rest, ret, error))
    return TRUE;
  msnweb_layers_clear (ret);
  *ret = (MsnwebLayers){ 0 };
  return FALSE;
}

const char *
msnweb_layers_to (const MsnwebLayers *layers)
{
  return msnweb_headers_get (&layers->routing, "To");
}

const char *
msnweb_layers_from (const MsnwebLayers *layers)
{
  return msnweb_headers_get (&layers->routing, "From");
}

const char *
msnweb_layers_get (const MsnwebLayers *layers, const char *name)
{
  return msnweb_headers_get (&layers->about, name);
}

char *
msnweb_layers_dup_content (const MsnwebLayers *layers)
{
  ImReader content = layers->content;
  gsize len = im_reader_left (&content);
  const guint8 *raw = NULL;

  im_reader_raw (&content, len, &raw, NULL);
  return im_charset_to_utf8 (raw, len, "UTF-8", NULL);
}

GString *
msnweb_layers_begin (const char *to, const char *from, const char *about)
{
  GString *out = g_string_new ("Routing: 1.0\r\n");

  msnweb_headers_add (out, "To", to);
  msnweb_headers_add (out, "From", from);
  msnweb_headers_end (out);
  g_string_append (out, "Reliability: 1.0\r\n");
  msnweb_headers_end (out);
  g_string_append_printf (out, "%s\r\n", about);
  return out;
}

void
msnweb_layers_add_content (GString *out, const char *type, const char *content)
{
  msnweb_headers_add (out, "Content-Type", type);
  msnweb_headers_add_number (out, "Content-Length", strlen (content));
}

char *
msnweb_layers_end (GString *out, const char *content)
{
  msnweb_headers_end (out);
  g_string_append (out, content);
  return g_string_free (out, FALSE);
}

#include "msnp-param.h"

#include <string.h>

#include "im-ascii.h"
#include "im-charset.h"
#include "im-limits.h"

#define DEFAULT_PORT 1863

/* Decoded in place; a code of NUL is left as it is. */
static gsize
unescape (char *text, gsize len)
{
  gsize out = 0;

  for (gsize i = 0; i < len; i++)
    {
      int high = -1;
      int low = -1;

      if (text[i] == '%' && len - i > 2)
        {
          high = g_ascii_xdigit_value (text[i + 1]);
          low = g_ascii_xdigit_value (text[i + 2]);
        }
      if (high >= 0 && low >= 0 && (high | low) != 0)
        {
          text[out++] = (char)(high << 4 | low);
          i += 2;
        }
      else
        text[out++] = text[i];
    }
  return out;
}

char *
msnp_param_dup_text (ImWord word)
{
  g_autofree char *raw =
      g_strndup (word.text != NULL ? word.text : "", word.len);
  gsize len = unescape (raw, strlen (raw));
  char *text;

  raw[len] = '\0';
  /* Nearly all names are plain. */
  if (im_ascii_text_prefix (raw, len) == len)
    text = g_steal_pointer (&raw);
  else
    text =
        im_charset_to_utf8 ((const guint8 *)raw, len, "UTF-8", "ISO-8859-1");
  return g_strdelimit (text, "\n\t", ' ');
}

char *
msnp_param_escape (const char *utf8)
{
  return g_uri_escape_string (utf8, "@:;{}=/,", FALSE);
}

void
msnp_handle_clear (MsnpHandle *self)
{
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->endpoint, g_free);
}

static gboolean
is_plain (ImWord word)
{
  for (gsize i = 0; i < word.len; i++)
    if ((guint8)word.text[i] <= ' ' || word.text[i] == 0x7f)
      return FALSE;
  return word.len > 0 && g_utf8_validate_len (word.text, word.len, NULL);
}

/* A number and a colon before the address. "tel:" is part of one. */
static guint
take_network (ImWord *word)
{
  ImWord rest = *word;
  ImWord digits;
  guint64 network;

  if (!im_word_cut (&rest, ':', &digits) ||
      !im_word_number (digits, G_MAXUINT16, &network, NULL))
    return MSNP_NETWORK_NONE;
  *word = rest;
  return (guint)network;
}

gboolean
msnp_handle_decode (ImWord word, MsnpHandle *ret, GError **error)
{
  guint network = take_network (&word);
  g_autofree char *address = NULL;
  ImWord name;
  gboolean placed = im_word_cut (&word, ';', &name);

  if (name.len > IM_MAX_MSNP_HANDLE || word.len > IM_MAX_MSNP_HANDLE)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TOO_LARGE,
                           "an address is too long");
      return FALSE;
    }
  if (!is_plain (name) || (placed && !is_plain (word)))
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "a word is not an address");
      return FALSE;
    }
  address =
      im_charset_to_utf8 ((const guint8 *)name.text, name.len, "UTF-8", NULL);
  ret->address = g_utf8_strdown (address, -1);
  ret->network = network;
  ret->endpoint = placed ? g_ascii_strdown (word.text, (gssize)word.len) : NULL;
  return TRUE;
}

void
msnp_server_clear (MsnpServer *self)
{
  g_clear_pointer (&self->host, g_free);
}

/* Letters, digits and what names and addresses have besides. */
static gboolean
is_host (ImWord word)
{
  for (gsize i = 0; i < word.len; i++)
    if (!g_ascii_isalnum (word.text[i]) &&
        strchr (".-_:[]", word.text[i]) == NULL)
      return FALSE;
  return word.len > 0 && word.len <= 255 &&
         memchr (word.text, '\0', word.len) == NULL;
}

gboolean
msnp_server_decode (ImWord word, MsnpServer *ret, GError **error)
{
  const char *colon =
      word.len > 0 ? g_strrstr_len (word.text, (gssize)word.len, ":") : NULL;
  guint64 port = DEFAULT_PORT;
  ImWord host = word;

  if (colon != NULL)
    {
      ImWord digits = { colon + 1, word.len - (gsize)(colon - word.text) - 1 };

      host.len = (gsize)(colon - word.text);
      if (!im_word_number (digits, G_MAXUINT16, &port, error))
        return FALSE;
    }
  if (host.len > 1 && host.text[0] == '[' && host.text[host.len - 1] == ']')
    {
      host.text++;
      host.len -= 2;
    }
  if (!is_host (host) || port == 0)
    {
      g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
                           "a word is not the address of a server");
      return FALSE;
    }
  ret->host = im_word_dup (host);
  ret->port = (guint16)port;
  return TRUE;
}

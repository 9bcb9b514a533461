#include "msnweb-session-private.h"

#include <stdlib.h>
#include <string.h>

/* Networks whose numbers may stand in front of an address. */
static const guint types[] = { 1, 2, 4, 8, 9, 10, 11, 13, 14, 19, 28, 32 };

static gboolean
is_known (guint type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i] == type)
      return TRUE;
  return FALSE;
}

guint
msnweb_address_type (const char *address, const char **ret_id)
{
  guint type = 0;
  gsize n = 0;

  while (n < 2 && g_ascii_isdigit (address[n]))
    type = type * 10 + (guint) (address[n++] - '0');
  if (n == 0 || address[n] != ':' || !is_known (type))
    return 0;
  if (ret_id != NULL)
    *ret_id = address + n + 1;
  return type;
}

/* Hosts compare addresses all the time. */
void
msnweb_address_fold (const char *address, char *ret, gsize size)
{
  const char *id;
  guint type;
  gsize len;

  while (g_ascii_isspace (*address))
    address++;
  id = address;
  type = msnweb_address_type (address, &id);
  if (type == 0)
    type = strchr (address, '@') != NULL ? MSNWEB_NETWORK_MSN
                                         : MSNWEB_NETWORK_SKYPE;
  g_snprintf (ret, size, "%u:", type);
  for (len = strlen (ret); *id != '\0' && *id != ';' && len < size - 1; id++)
    ret[len++] = g_ascii_tolower (*id);
  while (len > 0 && g_ascii_isspace (ret[len - 1]))
    len--;
  ret[len] = '\0';
}

char *
msnweb_address_normalize (const char *address)
{
  gsize size = strlen (address) + sizeof "32:";
  char *folded = g_malloc (size);

  msnweb_address_fold (address, folded, size);
  return folded;
}

gboolean
msnweb_address_equal (const char *one, const char *other)
{
  g_autofree char *a = msnweb_address_normalize (one);
  g_autofree char *b = msnweb_address_normalize (other);

  return strcmp (a, b) == 0;
}

static gboolean
next_digit (const char **guid, char *ret)
{
  while (**guid == '{' || **guid == '}')
    (*guid)++;
  *ret = g_ascii_tolower (**guid);
  return *ret != '\0' && *ret != ';';
}

gboolean
msnweb_place_equal (const char *one, const char *other)
{
  char a, b;

  while (next_digit (&one, &a) & next_digit (&other, &b))
    {
      if (a != b)
        return FALSE;
      one++;
      other++;
    }
  return (a == '\0' || a == ';') && (b == '\0' || b == ';');
}

#include "msnweb-address.h"

#include <string.h>

/* Those of people, groups and telephones that were ever seen. */
static const guint known_types[] = {
  1, 2, 4, 8, 9, 10, 11, 13, 14, 19, 28, 32
};

/* The length of "8:", or 0. Three digits are more than any type has. */
static gsize
type_length (const char *address, guint *ret_type)
{
  guint type = 0;
  gsize i = 0;

  while (g_ascii_isdigit (address[i]) && i < 3)
    type = type * 10 + (guint)g_ascii_digit_value (address[i++]);
  if (i == 0 || address[i] != ':' || address[i + 1] == '\0' ||
      address[i + 1] == ';')
    return 0;
  *ret_type = type;
  return i + 1;
}

static gboolean
is_known (guint type)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_types); i++)
    if (known_types[i] == type)
      return TRUE;
  return FALSE;
}

static char *
print (guint type, const char *id)
{
  g_autofree char *lower = g_ascii_strdown (id, (gssize)strcspn (id, ";"));

  return g_strdup_printf ("%u:%s", type, lower);
}

char *
msnweb_address_bare (const char *address)
{
  guint type;
  gsize skip = address != NULL ? type_length (address, &type) : 0;

  return skip > 0 ? print (type, address + skip) : NULL;
}

char *
msnweb_address_normalize (const char *address)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (address ? address : ""));
  guint type;
  gsize skip = type_length (trimmed, &type);

  if (*trimmed == '\0')
    return g_steal_pointer (&trimmed);
  if (skip > 0 && is_known (type))
    return print (type, trimmed + skip);
  return print (strchr (trimmed, '@') != NULL ? MSNWEB_TYPE_PASSPORT
                                              : MSNWEB_TYPE_SKYPE,
                trimmed);
}

guint
msnweb_address_type (const char *address)
{
  guint type;

  return address != NULL && type_length (address, &type) > 0 ? type : 0;
}

const char *
msnweb_address_id (const char *address)
{
  guint type;
  gsize skip = address != NULL ? type_length (address, &type) : 0;

  return skip > 0 ? address + skip : "";
}

char *
msnweb_address_epid (const char *address)
{
  const char *p = address;

  while (p != NULL && (p = strchr (p, ';')) != NULL)
    {
      p++;
      if (g_ascii_strncasecmp (p, "epid=", 5) == 0)
        {
          g_autofree char *value = g_strndup (p + 5, strcspn (p + 5, ";"));

          return *value != '\0' ? msnweb_epid_normalize (value) : NULL;
        }
    }
  return NULL;
}

gboolean
msnweb_address_equal (const char *a, const char *b)
{
  g_autofree char *bare_a = msnweb_address_bare (a);
  g_autofree char *bare_b = msnweb_address_bare (b);

  return bare_a != NULL && bare_b != NULL && strcmp (bare_a, bare_b) == 0;
}

char *
msnweb_address_at (const char *address, const char *epid)
{
  if (epid == NULL)
    return g_strdup (address);
  return g_strdup_printf ("%s;epid=%s", address, epid);
}

char *
msnweb_epid_normalize (const char *epid)
{
  const char *start = epid != NULL ? epid : "";
  g_autofree char *lower = NULL;

  start += strspn (start, "{ ");
  lower = g_ascii_strdown (start, (gssize)strcspn (start, "} "));
  return *lower != '\0' ? g_strdup_printf ("{%s}", lower) : g_strdup ("");
}

gboolean
msnweb_epid_equal (const char *a, const char *b)
{
  g_autofree char *normal_a = msnweb_epid_normalize (a);
  g_autofree char *normal_b = msnweb_epid_normalize (b);

  return *normal_a != '\0' && strcmp (normal_a, normal_b) == 0;
}

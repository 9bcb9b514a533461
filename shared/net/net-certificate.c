#include "net-certificate.h"

#include <string.h>

/* Names shown of a certificate, and bytes of each. */
#define MAX_NAMES 5
#define MAX_NAME 100

/* Printable characters of one line, and not too many of them. */
static char *
clean (const char *text, gsize len)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)len);
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && out->len < MAX_NAME;
       p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (out, g_unichar_isprint (c) ? c : 0xFFFD);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* The character behind the backslash at *@dn, either itself or two digits of
 * its code; *@dn is left at the last character of it. */
static char
unescape (const char **dn)
{
  const char *p = *dn + 1;

  if (g_ascii_isxdigit (p[0]) && g_ascii_isxdigit (p[1]))
    {
      *dn = p + 1;
      return (char)(g_ascii_xdigit_value (p[0]) << 4 |
                    g_ascii_xdigit_value (p[1]));
    }
  if (*p == '\0')
    return **dn;
  *dn = p;
  return *p;
}

/* The value of @key in a distinguished name as RFC 4514 writes it,
 * "CN=a\, b,O=c", without its escapes. */
static char *
dn_value (const char *dn, const char *key)
{
  const gsize key_len = strlen (key);
  g_autoptr (GString) value = g_string_new (NULL);

  while (*dn != '\0')
    {
      gboolean ours =
          g_ascii_strncasecmp (dn, key, key_len) == 0 && dn[key_len] == '=';

      if (ours)
        dn += key_len + 1;
      for (; *dn != '\0' && *dn != ',' && *dn != '+'; dn++)
        {
          char c = *dn == '\\' ? unescape (&dn) : *dn;

          if (ours)
            g_string_append_c (value, c);
        }
      if (ours)
        return g_string_free (g_steal_pointer (&value), FALSE);
      if (*dn != '\0')
        dn++;
    }
  return NULL;
}

/* Whom a distinguished name means, in as few words as it has. */
static char *
dn_name (const char *dn)
{
  g_autofree char *name = NULL;

  if (dn == NULL)
    return g_strdup ("");
  name = dn_value (dn, "CN");
  if (name == NULL || *name == '\0')
    {
      g_free (name);
      name = dn_value (dn, "O");
    }
  return name != NULL && *name != '\0' ? clean (name, strlen (name))
                                       : clean (dn, strlen (dn));
}

static void
add_dns_names (GTlsCertificate *certificate, GPtrArray *names)
{
  g_autoptr (GPtrArray) dns = NULL;

  g_object_get (certificate, "dns-names", &dns, NULL);
  for (guint i = 0; dns != NULL && i < dns->len; i++)
    {
      gsize len;
      const char *name = g_bytes_get_data (dns->pdata[i], &len);

      if (names->len < MAX_NAMES && name != NULL)
        g_ptr_array_add (names, clean (name, len));
    }
}

static void
add_addresses (GTlsCertificate *certificate, GPtrArray *names)
{
  g_autoptr (GPtrArray) addresses = NULL;

  g_object_get (certificate, "ip-addresses", &addresses, NULL);
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    if (names->len < MAX_NAMES)
      g_ptr_array_add (names, g_inet_address_to_string (addresses->pdata[i]));
}

char *
net_certificate_subject (GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *dn = NULL;

  add_dns_names (certificate, names);
  add_addresses (certificate, names);
  if (names->len == 0)
    {
      dn = g_tls_certificate_get_subject_name (certificate);
      return dn_name (dn);
    }
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **)names->pdata);
}

char *
net_certificate_issuer (GTlsCertificate *certificate)
{
  g_autofree char *dn = g_tls_certificate_get_issuer_name (certificate);

  return dn_name (dn);
}

char *
net_certificate_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GString) out = g_string_new (NULL);
  guint8 digest[32];
  gsize len = sizeof digest;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der != NULL)
    g_checksum_update (sum, der->data, (gssize)der->len);
  g_checksum_get_digest (sum, digest, &len);
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (out, "%s%02X", i > 0 ? ":" : "", digest[i]);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
is_self_signed (GTlsCertificate *certificate)
{
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);

  return g_strcmp0 (subject, issuer) == 0;
}

/* A name or a date that is wrong is so whoever signed it, and says more
 * about what went wrong than that nobody known did. */
ImProblem
net_certificate_problem (GTlsCertificate *certificate,
                         GTlsCertificateFlags faults)
{
  if (faults & G_TLS_CERTIFICATE_REVOKED)
    return IM_PROBLEM_CERT_REVOKED;
  if (faults & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return IM_PROBLEM_CERT_NAME;
  if (faults & G_TLS_CERTIFICATE_EXPIRED)
    return IM_PROBLEM_CERT_EXPIRED;
  if (faults & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return IM_PROBLEM_CERT_NOT_YET_VALID;
  if (faults & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return is_self_signed (certificate) ? IM_PROBLEM_CERT_SELF_SIGNED
                                        : IM_PROBLEM_CERT_UNTRUSTED;
  return IM_PROBLEM_CERT_OTHER;
}

#include "glue-trust.h"

#include <glib/gstdio.h>
#include <string.h>

#include "glue-errors.h"
#include "glue-i18n.h"

/* The cache file with the hosts that were pinned, one a line: what "Forget
 * certificate" has to remove. */
#define PINNED_HOSTS "pins"

typedef struct
{
  GlueHost *glue;
  NetQuestion *question;
  GTlsCertificate *certificate; /* owned */
  char *host;
  char *primary;
  char *secondary;
  gpointer handle; /* of the request, while it is open */
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->certificate);
  g_free (question->host);
  g_free (question->primary);
  g_free (question->secondary);
  g_free (question);
}

/* --- pins --------------------------------------------------------------- */

static char *
fingerprint_of (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der == NULL)
    return NULL;
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

static char *
fingerprint_of_known (PurpleCertificate *known)
{
  GByteArray *bytes = purple_certificate_get_fingerprint_sha256 (known, FALSE);
  GString *hex = g_string_new (NULL);

  for (guint i = 0; bytes != NULL && i < bytes->len; i++)
    g_string_append_printf (hex, "%02x", bytes->data[i]);
  if (bytes != NULL)
    g_byte_array_free (bytes, TRUE);
  return g_string_free (hex, FALSE);
}

static char *
stored_fingerprint (GlueHost *glue, const char *host)
{
  PurpleCertificatePool *pool =
      purple_certificate_find_pool ("x509", "tls_peers");
  PurpleCertificate *known =
      pool != NULL ? purple_certificate_pool_retrieve (pool, host) : NULL;
  char *fingerprint;

  if (known == NULL)
    return glue->own_pins != NULL
               ? g_strdup (g_hash_table_lookup (glue->own_pins, host))
               : NULL;
  fingerprint = fingerprint_of_known (known);
  purple_certificate_destroy (known);
  return fingerprint;
}

NetPin
glue_trust_pin_lookup (gpointer user, GTlsCertificate *certificate,
                       const char *host)
{
  GlueHost *glue = user;
  g_autofree char *known = NULL;
  g_autofree char *shown = NULL;

  /* A handshake thread may still ask after close(). */
  if (glue->gc == NULL)
    return NET_PIN_NONE;
  known = stored_fingerprint (glue, host);
  if (known == NULL)
    return NET_PIN_NONE;
  shown = fingerprint_of (certificate);
  return g_strcmp0 (known, shown) == 0 ? NET_PIN_MATCHES : NET_PIN_DIFFERS;
}

/* libpurple reads certificates only from files. */
static gboolean
store_in_pool (GTlsCertificate *certificate, const char *host)
{
  PurpleCertificateScheme *scheme = purple_certificate_find_scheme ("x509");
  PurpleCertificatePool *pool =
      purple_certificate_find_pool ("x509", "tls_peers");
  PurpleCertificate *copy = NULL;
  g_autofree char *pem = NULL;
  g_autofree char *path = NULL;
  gboolean stored = FALSE;
  int fd;

  if (scheme == NULL || pool == NULL)
    return FALSE;
  g_object_get (certificate, "certificate-pem", &pem, NULL);
  fd = g_file_open_tmp ("purple-classic-XXXXXX", &path, NULL);
  if (fd < 0)
    return FALSE;
  g_close (fd, NULL);
  if (pem != NULL && g_file_set_contents (path, pem, -1, NULL))
    copy = purple_certificate_import (scheme, path);
  g_unlink (path);
  if (copy == NULL)
    return FALSE;
  stored = purple_certificate_pool_store (pool, host, copy);
  purple_certificate_destroy (copy);
  return stored;
}

static char **
pinned_hosts (GlueHost *glue)
{
  g_autoptr (GBytes) data = glue_cache_load (glue, PINNED_HOSTS);
  g_autofree char *text = NULL;

  if (data == NULL)
    return g_new0 (char *, 1);
  text = g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  return g_strsplit (g_strchomp (text), "\n", -1);
}

static void
note_pinned_host (GlueHost *glue, const char *host)
{
  g_auto (GStrv) hosts = pinned_hosts (glue);
  g_autoptr (GBytes) data = NULL;
  g_autofree char *text = NULL;
  char *all;

  if (g_strv_contains ((const char *const *) hosts, host))
    return;
  text = g_strjoinv ("\n", hosts);
  all = g_strconcat (text, *text != '\0' ? "\n" : "", host, "\n", NULL);
  data = g_bytes_new_take (all, strlen (all));
  glue_cache_store (glue, PINNED_HOSTS, data);
}

void
glue_trust_pin_store (gpointer user, GTlsCertificate *certificate,
                      const char *host)
{
  GlueHost *glue = user;

  if (glue->gc == NULL)
    return;
  if (store_in_pool (certificate, host))
    {
      note_pinned_host (glue, host);
      return;
    }
  /* Without libpurple's store the answer counts until sign-off. */
  if (glue->own_pins == NULL)
    glue->own_pins =
        g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (glue->own_pins, g_strdup (host),
                       fingerprint_of (certificate));
}

void
glue_trust_forget (GlueHost *glue)
{
  PurpleCertificatePool *pool =
      purple_certificate_find_pool ("x509", "tls_peers");
  g_auto (GStrv) hosts = pinned_hosts (glue);

  g_clear_pointer (&glue->own_pins, g_hash_table_unref);
  for (char **host = hosts; pool != NULL && *host != NULL; host++)
    if (**host != '\0' && purple_certificate_pool_contains (pool, *host))
      purple_certificate_pool_delete (pool, *host);
  glue_cache_store (glue, PINNED_HOSTS, NULL);
}

/* --- questions ---------------------------------------------------------- */

static gboolean on_show (gpointer data);

static void
answer_first (GlueHost *glue, gboolean accept)
{
  Question *question = g_queue_pop_head (&glue->questions);
  NetQuestion *asked = question->question;

  question_free (question);
  net_question_answer (asked, accept);
  if (!g_queue_is_empty (&glue->questions) && glue->question_idle == 0)
    glue->question_idle = g_idle_add (on_show, glue);
}

/* One callback an answer: the number that comes with it means something else
 * in every host. */
static void
on_accept (gpointer data, int action)
{
  GlueHost *glue = ((Question *) data)->glue;

  answer_first (glue, TRUE);
}

static void
on_cancel (gpointer data, int action)
{
  GlueHost *glue = ((Question *) data)->glue;

  answer_first (glue, FALSE);
}

static void
show_first (GlueHost *glue)
{
  Question *question = g_queue_peek_head (&glue->questions);
  gpointer handle;

  if (question == NULL || glue->gc == NULL || question->handle != NULL)
    return;
  /* Several links to one host ask the same: the answer to the first was for
   * all of them. */
  if (glue_trust_pin_lookup (glue, question->certificate, question->host) ==
      NET_PIN_MATCHES)
    {
      answer_first (glue, TRUE);
      return;
    }
  /* bitlbee looks for just these English words; it never translates. */
  handle = purple_request_action (
      glue->gc, _("Unknown Certificate"), question->primary,
      question->secondary, 1, glue->account, question->host, NULL, question,
      2, _("Accept"), G_CALLBACK (on_accept), _("Cancel"),
      G_CALLBACK (on_cancel));
  if (g_queue_peek_head (&glue->questions) != question)
    return; /* answered or withdrawn meanwhile */
  question->handle = handle;
  /* No way to ask is a refusal. */
  if (handle == NULL)
    answer_first (glue, FALSE);
}

static char *
describe (const NetCertificate *certificate)
{
  const char *subject = certificate->subject;
  const char *issuer = certificate->issuer;

  /* Translators: who the certificate is for, who signed it, its SHA-256
   * fingerprint. */
  return g_strdup_printf (_("Issued to: %s\nIssued by: %s\n"
                            "Fingerprint (SHA-256): %s\n\n"
                            "Accept it only if you or the server's operator "
                            "can confirm the fingerprint."),
                          subject != NULL && *subject != '\0' ? subject
                                                              : _("nobody"),
                          issuer != NULL && *issuer != '\0' ? issuer
                                                            : _("nobody"),
                          certificate->fingerprint);
}

static gboolean
on_show (gpointer data)
{
  GlueHost *glue = data;

  glue->question_idle = 0;
  glue->depth++;
  show_first (glue);
  glue->depth--;
  return G_SOURCE_REMOVE;
}

void
glue_trust_ask (gpointer user, NetQuestion *net_question,
                const NetCertificate *certificate)
{
  GlueHost *glue = user;
  Question *question = g_new0 (Question, 1);

  question->glue = glue;
  question->question = net_question;
  question->certificate = g_object_ref (certificate->certificate);
  question->host = g_strdup (certificate->host);
  question->primary = glue_error_certificate (
      certificate->problem, certificate->host, certificate->subject);
  question->secondary = describe (certificate);
  g_queue_push_tail (&glue->questions, question);
  /* Asked from the main loop, so that an answer given at once does not find
   * the link that asks still on the stack. */
  if (glue->question_idle == 0)
    glue->question_idle = g_idle_add (on_show, glue);
}

void
glue_trust_withdrawn (gpointer user, NetQuestion *net_question)
{
  GlueHost *glue = user;

  for (GList *l = glue->questions.head; l != NULL; l = l->next)
    {
      Question *question = l->data;
      gpointer handle = question->handle;

      if (question->question != net_question)
        continue;
      g_queue_delete_link (&glue->questions, l);
      question_free (question);
      if (handle != NULL && glue->gc != NULL)
        purple_request_close (PURPLE_REQUEST_ACTION, handle);
      if (glue->gc != NULL && glue->question_idle == 0)
        glue->question_idle = g_idle_add (on_show, glue);
      return;
    }
}

void
glue_trust_clear (GlueHost *glue)
{
  g_queue_clear_full (&glue->questions, (GDestroyNotify) question_free);
  if (glue->question_idle != 0)
    g_source_remove (glue->question_idle);
  glue->question_idle = 0;
}

/* Answers of both generations of Passport. The first byte says which: the
 * body of version 3.0, or, for 1.4, lines of a header's name and value. */

#include <string.h>

#include "auth-passport14.h"
#include "auth-passport3.h"
#include "fuzz.h"

static void
check_ticket (const ImSecret *ticket)
{
  g_assert_true (ticket == NULL ||
                 auth_passport_ticket_ok (im_secret_peek (ticket)));
}

static void
read_tokens (const ImReader *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body->pos, im_reader_left (body));
  g_auto (AuthPassport3Reply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean fine = auth_passport3_parse (bytes, &reply, &error);

  g_assert_true (fine == (error == NULL));
  for (guint i = 0; reply.tokens != NULL && i < reply.tokens->len; i++)
    check_ticket (g_array_index (reply.tokens, AuthPassport3Token, i).ticket);
  if (reply.text != NULL)
    fuzz_assert_tidy (reply.text);
  if (reply.outcome == AUTH_PASSPORT_REDIRECT)
    g_assert_true (auth_passport_url_ok (reply.location));
  if (reply.page != NULL)
    g_assert_true (auth_passport_url_ok (reply.page));
  auth_passport3_find (&reply, "messenger.msn.com");
}

/* "name: value" lines as names and values in turn. */
static GPtrArray *
split_headers (const ImReader *body)
{
  g_autofree char *text =
      g_strndup ((const char *)body->pos, im_reader_left (body));
  g_auto (GStrv) lines = g_strsplit (text, "\n", 64);
  GPtrArray *headers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');

      if (colon == NULL)
        continue;
      g_ptr_array_add (headers,
                       g_strndup (lines[i], (gsize)(colon - lines[i])));
      g_ptr_array_add (headers, g_strdup (colon + 1));
    }
  g_ptr_array_add (headers, NULL);
  return headers;
}

static void
read_headers (const ImReader *body, guint status)
{
  g_autoptr (GPtrArray) headers = split_headers (body);
  const char *const *list = (const char *const *)headers->pdata;
  g_auto (AuthPassport14Nexus) nexus = { NULL };
  g_auto (AuthPassport14Reply) reply = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean fine = auth_passport14_parse_nexus (list, &nexus, &error);

  g_assert_true (fine == (error == NULL));
  if (fine)
    g_assert_true (auth_passport_url_ok (nexus.login_url));
  auth_passport14_parse_reply (status, list, &reply);
  check_ticket (reply.ticket);
  g_assert_true ((reply.outcome == AUTH_PASSPORT_TICKET) ==
                 (reply.ticket != NULL));
  if (reply.outcome == AUTH_PASSPORT_REDIRECT)
    g_assert_true (auth_passport_url_ok (reply.location));
  if (reply.text != NULL)
    fuzz_assert_tidy (reply.text);
}

static void
read_success (const ImReader *body)
{
  read_headers (body, 200);
}

static void
read_redirect (const ImReader *body)
{
  read_headers (body, 302);
}

static void
read_refusal (const ImReader *body)
{
  read_headers (body, 401);
}

static void
read_arguments (const ImReader *body)
{
  g_autofree char *args =
      g_strndup ((const char *)body->pos, im_reader_left (body));
  g_autoptr (ImSecret) password = im_secret_new ("p");
  g_autoptr (GError) error = NULL;
  g_autoptr (ImSecret) header =
      auth_passport14_authorization ("a@b", password, args, &error);
  g_autofree char *policy = auth_passport3_policy (args);

  g_assert_true ((header == NULL) == (error != NULL));
  if (header != NULL)
    g_assert_null (strpbrk (im_secret_peek (header), "\r\n"));
  g_assert_true (*policy == '?');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { read_tokens, read_success, read_redirect,
                                    read_refusal, read_arguments };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}

/* The account itself (ADMIN): how its name is written, its password, its
 * e-mail address. Each command ends in one %IM_EVENT_ACCOUNT. */

#include "oscar-errand.h"

#include <string.h>

#include "oscar-admin.h"

typedef struct
{
  ImAccountMatter matter;
  gboolean question;  /* the address is asked for, not changed */
  char *text;         /* nullable, owned: the name or the address */
  ImSecret *old;      /* nullable, owned */
  ImSecret *fresh;    /* nullable, owned */
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->text);
  g_clear_pointer (&request->old, im_secret_unref);
  g_clear_pointer (&request->fresh, im_secret_unref);
  g_free (request);
}

static guint16
encode (OscarSession *session, gpointer data, ImWriter *body)
{
  const Request *request = data;
  OscarAdminChange change = { 0 };

  switch (request->matter)
    {
    case IM_ACCOUNT_CONFIRMATION:
      return OSCAR_ADMIN_CONFIRM;
    case IM_ACCOUNT_EMAIL:
      if (request->question)
        {
          oscar_admin_encode_query (body, OSCAR_ADMIN_EMAIL);
          return OSCAR_ADMIN_QUERY;
        }
      change.email = request->text;
      break;
    case IM_ACCOUNT_NAME:
      change.name = request->text;
      break;
    case IM_ACCOUNT_PASSWORD:
      change.password = (char *) im_secret_peek (request->fresh);
      change.old_password = (char *) im_secret_peek (request->old);
      break;
    case IM_ACCOUNT_ENTRY: /* LOCATE's, see oscar-search.c */
      g_return_val_if_reached (0);
    }
  oscar_admin_encode_change (body, &change);
  return OSCAR_ADMIN_CHANGE;
}

/* The numbers of 07/05 (and one of 07/07), by what the user can do. */
static ImAccountOutcome
outcome_of (guint16 code)
{
  switch (code)
    {
    case 0x00:
      return IM_ACCOUNT_DONE;
    case 0x01:
      return IM_ACCOUNT_OTHER_NAME;
    case 0x06:
    case 0x0b:
      return IM_ACCOUNT_BAD_NAME;
    case 0x02:
    case 0x0a:
    case 0x0e:
    case 0x0f:
      return IM_ACCOUNT_WRONG_PASSWORD;
    case 0x07:
    case 0x0c:
      return IM_ACCOUNT_BAD_PASSWORD;
    case 0x08:
    case 0x0d:
    case 0x22:
    case 0x23:
      return IM_ACCOUNT_BAD_EMAIL;
    case 0x03:
    case 0x1e:
    case 0x1f:
    case 0x20:
      return IM_ACCOUNT_UNCONFIRMED;
    case 0x04:
    case 0x05:
      return IM_ACCOUNT_TRY_LATER;
    case 0x1d:
      return IM_ACCOUNT_PENDING;
    case 0x21:
      return IM_ACCOUNT_TOO_MANY;
    default:
      return IM_ACCOUNT_REFUSED;
    }
}

static void
read_reply (const OscarSnac *snac, OscarAdminReply *reply,
            ImEventAccount *account)
{
  ImReader body = snac->body;

  account->outcome = IM_ACCOUNT_REFUSED;
  if (!oscar_admin_decode_reply (&body, reply, NULL))
    return;
  account->code = reply->error;
  account->outcome = outcome_of (reply->error);
  account->url = reply->error_url;
  if (reply->error == 0 && account->matter != IM_ACCOUNT_PASSWORD)
    account->text = reply->email != NULL ? reply->email : reply->name;
}

static void
read_confirmation (const OscarSnac *snac, ImEventAccount *account)
{
  ImReader body = snac->body;
  guint16 code;

  account->outcome = IM_ACCOUNT_REFUSED;
  if (!oscar_admin_decode_confirm (&body, &code, NULL))
    return;
  account->code = code;
  if (code == OSCAR_CONFIRM_MAILED)
    account->outcome = IM_ACCOUNT_DONE;
  else if (code == OSCAR_CONFIRM_ALREADY)
    account->outcome = IM_ACCOUNT_ALREADY;
  else if (code == OSCAR_CONFIRM_FAILED)
    account->outcome = IM_ACCOUNT_TRY_LATER;
}

static ImAccountOutcome
outcome_of_problem (ImProblem problem)
{
  switch (problem)
    {
    case IM_PROBLEM_UNAVAILABLE:
      return IM_ACCOUNT_UNSUPPORTED;
    case IM_PROBLEM_NO_TLS_SUPPORT:
    case IM_PROBLEM_TLS_HANDSHAKE:
    case IM_PROBLEM_TLS_NOT_OFFERED:
    case IM_PROBLEM_CERT_UNTRUSTED:
    case IM_PROBLEM_CERT_SELF_SIGNED:
    case IM_PROBLEM_CERT_NAME:
    case IM_PROBLEM_CERT_EXPIRED:
    case IM_PROBLEM_CERT_NOT_YET_VALID:
    case IM_PROBLEM_CERT_REVOKED:
    case IM_PROBLEM_CERT_CHANGED:
    case IM_PROBLEM_CERT_OTHER:
      return IM_ACCOUNT_NOT_ENCRYPTED;
    default:
      return IM_ACCOUNT_TRY_LATER;
    }
}

static void
answer (OscarSession *session, gpointer data, const OscarSnac *snac,
        ImProblem problem)
{
  const Request *request = data;
  g_auto (OscarAdminReply) reply = { 0 };
  ImEvent event = { .type = IM_EVENT_ACCOUNT };
  ImEventAccount *account = &event.account;

  account->matter = request->matter;
  account->question = request->question;
  account->password = request->fresh;
  if (snac == NULL)
    account->outcome = outcome_of_problem (problem);
  else if (snac->subtype == OSCAR_ADMIN_REPLY ||
           snac->subtype == OSCAR_ADMIN_CHANGE_REPLY)
    read_reply (snac, &reply, account);
  else if (snac->subtype == OSCAR_ADMIN_CONFIRM_REPLY)
    read_confirmation (snac, account);
  else
    account->outcome = IM_ACCOUNT_REFUSED;
  oscar_session_emit (session, &event);
}

const OscarErrandFuncs oscar_account_errands = {
  .foodgroup = OSCAR_FG_ADMIN,
  .encode = encode,
  .answer = answer,
  .free = request_free,
};

/* --- Commands ----------------------------------------------------------- */

static void
add (OscarSession *session, const Request *request)
{
  Request *copy;

  if (!oscar_session_is_online (session))
    return;
  copy = g_memdup2 (request, sizeof *request);
  copy->text = g_strdup (request->text);
  if (request->old != NULL)
    im_secret_ref (copy->old);
  if (request->fresh != NULL)
    im_secret_ref (copy->fresh);
  oscar_errands_add (session->account_errands, copy);
}

void
oscar_session_format_name (OscarSession *session, const char *name)
{
  const Request request = { .matter = IM_ACCOUNT_NAME, .text = (char *) name };

  add (session, &request);
}

void
oscar_session_change_email (OscarSession *session, const char *address)
{
  const Request request = { .matter = IM_ACCOUNT_EMAIL,
                            .text = (char *) address };

  add (session, &request);
}

void
oscar_session_ask_email (OscarSession *session)
{
  const Request request = { .matter = IM_ACCOUNT_EMAIL, .question = TRUE };

  add (session, &request);
}

void
oscar_session_change_password (OscarSession *session, ImSecret *old,
                               ImSecret *fresh)
{
  const Request request = { .matter = IM_ACCOUNT_PASSWORD,
                            .old = old,
                            .fresh = fresh };

  add (session, &request);
}

void
oscar_session_confirm_account (OscarSession *session)
{
  const Request request = { .matter = IM_ACCOUNT_CONFIRMATION };

  add (session, &request);
}

gboolean
oscar_session_is_encrypted (const OscarSession *session)
{
  return session->bos_address.tls;
}

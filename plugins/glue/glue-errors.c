#include "glue-errors.h"

#include <string.h>

#include "glue-i18n.h"

/* A server's own words are quoted up to here. */
#define MAX_DETAIL 200

PurpleConnectionError
glue_error_reason (ImProblem problem)
{
  switch (problem)
    {
    case IM_PROBLEM_WRONG_PASSWORD:
    case IM_PROBLEM_NO_SUCH_ACCOUNT:
    case IM_PROBLEM_ACCOUNT_DELETED:
    case IM_PROBLEM_ACCOUNT_EXPIRED:
    case IM_PROBLEM_ACCOUNT_INVALID:
    case IM_PROBLEM_WRONG_CODE:
    case IM_PROBLEM_APP_PASSWORD:
    case IM_PROBLEM_CONSENT_EXPIRED:
      return PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED;

    case IM_PROBLEM_NEEDS_CODE:
    case IM_PROBLEM_NEEDS_WEB_PAGE:
    case IM_PROBLEM_NOT_CONFIRMED:
    case IM_PROBLEM_TERMS:
    case IM_PROBLEM_NO_MECHANISM:
    case IM_PROBLEM_WEAKENED:
      return PURPLE_CONNECTION_ERROR_AUTHENTICATION_IMPOSSIBLE;

    case IM_PROBLEM_SIGNED_ON_ELSEWHERE:
      return PURPLE_CONNECTION_ERROR_NAME_IN_USE;

    case IM_PROBLEM_RATE_LIMITED:
    case IM_PROBLEM_UNAVAILABLE:
    case IM_PROBLEM_SERVER_CLOSING:
    case IM_PROBLEM_SESSION_REFUSED:
    case IM_PROBLEM_PROTOCOL:
    case IM_PROBLEM_TIMED_OUT:
    case IM_PROBLEM_LOST:
    case IM_PROBLEM_HOST_NOT_FOUND:
    case IM_PROBLEM_CONNECT_REFUSED:
    case IM_PROBLEM_UNREACHABLE:
    case IM_PROBLEM_ADVERTISED_HOST:
    case IM_PROBLEM_PROXY:
      return PURPLE_CONNECTION_ERROR_NETWORK_ERROR;

    case IM_PROBLEM_TLS_HANDSHAKE:
      return PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR;
    case IM_PROBLEM_NO_TLS_SUPPORT:
    case IM_PROBLEM_TLS_NOT_OFFERED: /* trying again would not change it */
      return PURPLE_CONNECTION_ERROR_NO_SSL_SUPPORT;

    case IM_PROBLEM_CERT_UNTRUSTED:
      return PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED;
    case IM_PROBLEM_CERT_SELF_SIGNED:
      return PURPLE_CONNECTION_ERROR_CERT_SELF_SIGNED;
    case IM_PROBLEM_CERT_NAME:
      return PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH;
    case IM_PROBLEM_CERT_EXPIRED:
      return PURPLE_CONNECTION_ERROR_CERT_EXPIRED;
    case IM_PROBLEM_CERT_NOT_YET_VALID:
      return PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED;
    case IM_PROBLEM_CERT_CHANGED:
      return PURPLE_CONNECTION_ERROR_CERT_FINGERPRINT_MISMATCH;
    case IM_PROBLEM_CERT_REVOKED:
    case IM_PROBLEM_CERT_OTHER:
      return PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR;

    /* libpurple retries encryption errors, and only a changed setting helps
     * against a server without TLS. */
    case IM_PROBLEM_NO_NETWORK:
    case IM_PROBLEM_SERVICE_CLOSED:
    case IM_PROBLEM_SETTINGS:
      return PURPLE_CONNECTION_ERROR_INVALID_SETTINGS;

    case IM_PROBLEM_SUSPENDED:
    case IM_PROBLEM_SUSPENDED_AGE:
    case IM_PROBLEM_SERVICE_OFF:
    case IM_PROBLEM_SIGNIN_ANSWER:
    case IM_PROBLEM_WARNED:
    case IM_PROBLEM_TOO_MANY_SESSIONS:
    case IM_PROBLEM_CLIENT_TOO_OLD:
    case IM_PROBLEM_REFUSED_REQUEST:
    case IM_PROBLEM_SIGNON_FAILED:
    case IM_PROBLEM_CLOCK:
    case IM_PROBLEM_OTHER:
      return PURPLE_CONNECTION_ERROR_OTHER_ERROR;
    }
  return PURPLE_CONNECTION_ERROR_OTHER_ERROR;
}

static char *
one_line (const char *words)
{
  char *line = g_utf8_make_valid (words, -1);

  if (strlen (line) > MAX_DETAIL)
    *g_utf8_find_prev_char (line, line + MAX_DETAIL) = '\0';
  return g_strstrip (g_strdelimit (line, "\r\n\t", ' '));
}

static const char *
host_of (const ImFailure *failure, const GlueErrorContext *context)
{
  return failure->host != NULL ? failure->host : context->network;
}

static char *
try_at (const ImFailure *failure, const GlueErrorContext *context)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (
      context->now + (gint64) failure->retry_after);

  /* Translators: a time of day, as strftime writes it. */
  return g_date_time_format (when, _("%H:%M"));
}

static char *
no_such_account (const ImFailure *failure, const GlueErrorContext *context)
{
  const char *page = failure->url != NULL ? failure->url : context->signup;

  if (page != NULL)
    /* Translators: the account's name, the network's name, a web page. */
    return g_strdup_printf (_("There is no account %s on %s. "
                              "Create one at %s."),
                            context->account, context->network, page);
  /* Translators: the account's name, the network's name. */
  return g_strdup_printf (_("There is no account %s on %s. "
                            "Ask its operator for one."),
                          context->account, context->network);
}

static char *
rate_limited (const ImFailure *failure, const GlueErrorContext *context)
{
  g_autofree char *when = NULL;

  if (failure->retry_after == 0)
    /* Translators: the network's name. */
    return g_strdup_printf (_("%s asks us to slow down. Try again later."),
                            context->network);
  when = try_at (failure, context);
  /* Translators: the network's name, a time of day. */
  return g_strdup_printf (_("%s asks us to slow down. Next try at %s."),
                          context->network, when);
}

static char *
server_closing (const ImFailure *failure, const GlueErrorContext *context)
{
  g_autofree char *when = NULL;

  if (failure->retry_after == 0)
    /* Translators: the network's name. */
    return g_strdup_printf (_("%s is restarting. Reconnecting soon."),
                            context->network);
  when = try_at (failure, context);
  /* Translators: the network's name, a time of day. */
  return g_strdup_printf (_("%s is restarting. Reconnecting at %s."),
                          context->network, when);
}

/* What can only be done in a web browser, or is better begun there. */
static char *
needs_web_page (const ImFailure *failure, const GlueErrorContext *context)
{
  const char *form;

  switch ((guint) failure->problem)
    {
    case IM_PROBLEM_NOT_CONFIRMED:
      /* Translators: the network's name. */
      form = _("%s wants you to confirm your e-mail address in a web browser "
               "first.");
      break;
    case IM_PROBLEM_TERMS:
      /* Translators: the network's name. */
      form = _("%s wants you to sign in once in a web browser and accept its "
               "terms.");
      break;
    case IM_PROBLEM_APP_PASSWORD:
      /* Translators: the network's name. */
      form = _("%s uses 2-step verification for this account. Create an "
               "application-specific password and use it here.");
      break;
    default:
      if (failure->url != NULL)
        /* Translators: the network's name, a web page. */
        return g_strdup_printf (
            _("%s wants you to sign in on the web first: %s"),
            context->network, failure->url);
      /* Translators: the network's name. */
      form = _("%s wants you to sign in on its web site first.");
      break;
    }
  if (failure->url != NULL)
    {
      g_autofree char *sentence = g_strdup_printf (form, context->network);

      return g_strdup_printf ("%s %s", sentence, failure->url);
    }
  return g_strdup_printf (form, context->network);
}

/* A page is named where the password may be right all the same: somebody
 * there wants to see who is asking. */
static char *
wrong_password (const ImFailure *failure, const GlueErrorContext *context)
{
  /* Translators: the network's name. */
  g_autofree char *sentence =
      g_strdup_printf (_("%s did not accept this user name and password."),
                       context->network);

  if (failure->url == NULL)
    return g_steal_pointer (&sentence);
  /* Translators: a sentence, a web page. */
  return g_strdup_printf (_("%s If they are right, sign in once in a web "
                            "browser: %s"),
                          sentence, failure->url);
}

static char *
signin_answer (const ImFailure *failure, const GlueErrorContext *context)
{
  g_autofree char *words =
      one_line (failure->detail != NULL ? failure->detail : "?");

  /* Translators: the network's name, a word of its sign-in service. */
  return g_strdup_printf (_("The sign-in service of %s answered \"%s\"."),
                          context->network, words);
}

static char *
host_not_found (const ImFailure *failure, const GlueErrorContext *context)
{
  const char *host = host_of (failure, context);

  if (context->signup != NULL)
    /* Translators: a host name, the network's web page. */
    return g_strdup_printf (_("There is no server called %s. "
                              "Networks move: check %s."),
                            host, context->signup);
  /* Translators: a host name. */
  return g_strdup_printf (_("There is no server called %s. "
                            "Check its name."),
                          host);
}

char *
glue_error_certificate (ImProblem problem, const char *host,
                        const char *subject)
{
  const char *form;

  if (problem == IM_PROBLEM_CERT_NAME && subject != NULL && *subject != '\0')
    /* Translators: a host name, the name in its certificate. */
    return g_strdup_printf (_("The server at %s shows a certificate for %s. "
                              "Check the server name or ask the operator."),
                            host, subject);
  switch ((guint) problem)
    {
    case IM_PROBLEM_CERT_NAME:
      /* Translators: a host name. */
      form = N_("The server at %s shows a certificate for another name. "
                "Check the server name or ask the operator.");
      break;
    case IM_PROBLEM_CERT_UNTRUSTED:
      /* Translators: a host name. */
      form = N_("Nobody this computer trusts vouches for the certificate "
                "of %s.");
      break;
    case IM_PROBLEM_CERT_SELF_SIGNED:
      /* Translators: a host name. */
      form = N_("The certificate of %s is signed by nobody but itself.");
      break;
    case IM_PROBLEM_CERT_EXPIRED:
      /* Translators: a host name. */
      form = N_("The certificate of %s has expired. "
                "Its operator must renew it.");
      break;
    case IM_PROBLEM_CERT_NOT_YET_VALID:
      /* Translators: a host name. */
      form = N_("The certificate of %s is not valid yet. "
                "Is your computer's clock right?");
      break;
    case IM_PROBLEM_CERT_REVOKED:
      /* Translators: a host name. */
      form = N_("The certificate of %s was revoked. Ask its operator.");
      break;
    case IM_PROBLEM_CERT_CHANGED:
      /* Translators: a host name. */
      form = N_("The certificate of %s is not the one you accepted before. "
                "Ask its operator, then forget the old one.");
      break;
    default:
      /* Translators: a host name. */
      form = N_("The certificate of %s cannot be accepted. "
                "Ask its operator.");
      break;
    }
  return g_strdup_printf (g_dgettext (GETTEXT_PACKAGE, form), host);
}

/* Sentences that name only the network. */
static const char *
network_form (ImProblem problem)
{
  switch ((guint) problem)
    {
    /* Translators: in all of these %s is the network's name. */
    case IM_PROBLEM_SUSPENDED:
      return _("%s has suspended this account. Ask its operator.");
    case IM_PROBLEM_SUSPENDED_AGE:
      return _("%s has suspended this account because of its owner's age.");
    case IM_PROBLEM_WARNED:
      return _("%s does not admit this account yet: its warning level is "
               "too high. Try again in an hour.");
    case IM_PROBLEM_TOO_MANY_SESSIONS:
      return _("%s counts too many sign-ons of this account. Close others, "
               "or wait ten minutes.");
    case IM_PROBLEM_CLIENT_TOO_OLD:
      return _("%s demands a newer client version.");
    case IM_PROBLEM_NEEDS_CODE:
      return _("%s asks for a one-time code, and was given none.");
    case IM_PROBLEM_WRONG_CODE:
      return _("%s did not accept the one-time code.");
    case IM_PROBLEM_UNAVAILABLE:
      return _("%s is temporarily unavailable. Reconnecting later.");
    case IM_PROBLEM_CONSENT_EXPIRED:
      return _("Your sign-in permission for %s has expired or was withdrawn. "
               "Authorise again, and enter the new token as the password.");
    case IM_PROBLEM_SERVICE_OFF:
      return _("%s has chat switched off for this account. Ask its "
               "administrator.");
    case IM_PROBLEM_REFUSED_REQUEST:
      return _("%s called our sign-on request wrong. Please report this.");
    case IM_PROBLEM_SIGNON_FAILED:
      return _("%s refused the sign-on without saying why.");
    case IM_PROBLEM_NO_MECHANISM:
      return _("%s offers no sign-in method that your settings allow.");
    case IM_PROBLEM_WEAKENED:
      return _("Somebody between here and %s may have weakened the sign-in. "
               "Your password was not shown to them.");
    case IM_PROBLEM_SESSION_REFUSED:
      return _("Sign-in worked, but %s did not accept the session. "
               "Reconnecting soon.");
    case IM_PROBLEM_PROTOCOL:
      return _("%s sent something that cannot be understood.");
    case IM_PROBLEM_TIMED_OUT:
      return _("%s did not answer in time.");
    case IM_PROBLEM_LOST:
      return _("The connection to %s was lost.");
    case IM_PROBLEM_TLS_NOT_OFFERED:
      return _("%s sent us to an unencrypted server; "
               "your settings forbid that.");
    case IM_PROBLEM_OTHER:
      return _("The connection to %s ended for an unknown reason.");
    default:
      return NULL;
    }
}

static char *
account_sentence (ImProblem problem, const GlueErrorContext *context)
{
  const char *form = problem == IM_PROBLEM_ACCOUNT_DELETED
                         /* Translators: the account, the network. */
                         ? _("The account %s on %s was deleted.")
                     : problem == IM_PROBLEM_ACCOUNT_EXPIRED
                         /* Translators: the account, the network. */
                         ? _("The account %s on %s has expired.")
                         /* Translators: the account, the network. */
                         : _("The account %s is not valid on %s.");

  return g_strdup_printf (form, context->account, context->network);
}

static char *
link_sentence (const ImFailure *failure, const GlueErrorContext *context)
{
  const char *host = host_of (failure, context);

  switch ((guint) failure->problem)
    {
    case IM_PROBLEM_CONNECT_REFUSED:
      /* Translators: a host name, a port number. */
      return g_strdup_printf (_("Nothing answers at %s:%u. AIM servers usually "
                                "use 5190, MSN servers 1863."),
                              host, failure->port);
    case IM_PROBLEM_UNREACHABLE:
      /* Translators: a host name, a port number. */
      return g_strdup_printf (_("%s:%u cannot be reached from here. "
                                "Check your own connection."),
                              host, failure->port);
    case IM_PROBLEM_ADVERTISED_HOST:
      /* Translators: a host name, a port number. */
      return g_strdup_printf (_("Sign-in worked, but the server sent us to "
                                "%s:%u, which does not answer. The operator "
                                "must fix the advertised address."),
                              host, failure->port);
    case IM_PROBLEM_PROXY:
      /* Translators: a host name. */
      return g_strdup_printf (_("The proxy did not connect us to %s. "
                                "Check the account's proxy settings."),
                              host);
    default:
      /* Translators: a host name. */
      return g_strdup_printf (_("%s only speaks outdated encryption, or none. "
                                "You can connect without it if you accept "
                                "the risk."),
                              host);
    }
}

static char *
settings_sentence (const ImFailure *failure, const GlueErrorContext *context)
{
  const char *detail = failure->detail != NULL ? failure->detail : "?";

  switch ((guint) failure->problem)
    {
    case IM_PROBLEM_NO_NETWORK:
      return g_strdup (_("Choose a network in this account's settings."));
    case IM_PROBLEM_SERVICE_CLOSED:
      /* Translators: a service, the day it ended. */
      return g_strdup_printf (_("%s closed on %s. Choose a revival network "
                                "or your own server."),
                              context->network, detail);
    case IM_PROBLEM_CLOCK:
      /* Translators: a span of time such as "3 hours". */
      return g_strdup_printf (_("Your computer clock is off by %s. "
                                "Correct it and try again."),
                              detail);
    default:
      /* Translators: what is wrong, as half a sentence. */
      return g_strdup_printf (_("Check this account's settings: %s."), detail);
    }
}

static char *
sentence_of (const ImFailure *failure, const GlueErrorContext *context)
{
  switch (failure->problem)
    {
    case IM_PROBLEM_NO_SUCH_ACCOUNT:
      return no_such_account (failure, context);
    case IM_PROBLEM_ACCOUNT_DELETED:
    case IM_PROBLEM_ACCOUNT_EXPIRED:
    case IM_PROBLEM_ACCOUNT_INVALID:
      return account_sentence (failure->problem, context);
    case IM_PROBLEM_RATE_LIMITED:
      return rate_limited (failure, context);
    case IM_PROBLEM_SERVER_CLOSING:
      return server_closing (failure, context);
    case IM_PROBLEM_NEEDS_WEB_PAGE:
    case IM_PROBLEM_NOT_CONFIRMED:
    case IM_PROBLEM_TERMS:
    case IM_PROBLEM_APP_PASSWORD:
      return needs_web_page (failure, context);
    case IM_PROBLEM_SIGNIN_ANSWER:
      return signin_answer (failure, context);
    case IM_PROBLEM_WRONG_PASSWORD:
      return wrong_password (failure, context);
    case IM_PROBLEM_SIGNED_ON_ELSEWHERE:
      return g_strdup (_("You signed in somewhere else. "
                         "Enable this account again to stay here."));
    case IM_PROBLEM_HOST_NOT_FOUND:
      return host_not_found (failure, context);
    case IM_PROBLEM_CONNECT_REFUSED:
    case IM_PROBLEM_UNREACHABLE:
    case IM_PROBLEM_ADVERTISED_HOST:
    case IM_PROBLEM_PROXY:
    case IM_PROBLEM_TLS_HANDSHAKE:
      return link_sentence (failure, context);
    case IM_PROBLEM_NO_TLS_SUPPORT:
      return g_strdup (_("This computer has no TLS for this connection. "
                         "Install glib-networking."));
    case IM_PROBLEM_CERT_UNTRUSTED:
    case IM_PROBLEM_CERT_SELF_SIGNED:
    case IM_PROBLEM_CERT_NAME:
    case IM_PROBLEM_CERT_EXPIRED:
    case IM_PROBLEM_CERT_NOT_YET_VALID:
    case IM_PROBLEM_CERT_REVOKED:
    case IM_PROBLEM_CERT_CHANGED:
    case IM_PROBLEM_CERT_OTHER:
      return glue_error_certificate (failure->problem,
                                     host_of (failure, context),
                                     failure->detail);
    case IM_PROBLEM_CLOCK:
    case IM_PROBLEM_NO_NETWORK:
    case IM_PROBLEM_SERVICE_CLOSED:
    case IM_PROBLEM_SETTINGS:
      return settings_sentence (failure, context);

    case IM_PROBLEM_SUSPENDED:
    case IM_PROBLEM_SUSPENDED_AGE:
    case IM_PROBLEM_WARNED:
    case IM_PROBLEM_TOO_MANY_SESSIONS:
    case IM_PROBLEM_CLIENT_TOO_OLD:
    case IM_PROBLEM_NEEDS_CODE:
    case IM_PROBLEM_WRONG_CODE:
    case IM_PROBLEM_UNAVAILABLE:
    case IM_PROBLEM_CONSENT_EXPIRED:
    case IM_PROBLEM_SERVICE_OFF:
    case IM_PROBLEM_REFUSED_REQUEST:
    case IM_PROBLEM_SIGNON_FAILED:
    case IM_PROBLEM_NO_MECHANISM:
    case IM_PROBLEM_WEAKENED:
    case IM_PROBLEM_SESSION_REFUSED:
    case IM_PROBLEM_PROTOCOL:
    case IM_PROBLEM_TIMED_OUT:
    case IM_PROBLEM_LOST:
    case IM_PROBLEM_TLS_NOT_OFFERED:
    case IM_PROBLEM_OTHER:
      break;
    }
  return g_strdup_printf (network_form (failure->problem), context->network);
}

/* Where the sentence quotes the detail or says as much, the brackets do
 * not. */
static gboolean
says_detail (ImProblem problem)
{
  switch ((guint) problem)
    {
    case IM_PROBLEM_HOST_NOT_FOUND:
    case IM_PROBLEM_CONNECT_REFUSED:
    case IM_PROBLEM_ADVERTISED_HOST:
    case IM_PROBLEM_TLS_NOT_OFFERED:
    case IM_PROBLEM_CERT_UNTRUSTED:
    case IM_PROBLEM_CERT_SELF_SIGNED:
    case IM_PROBLEM_CERT_NAME:
    case IM_PROBLEM_CERT_EXPIRED:
    case IM_PROBLEM_CERT_NOT_YET_VALID:
    case IM_PROBLEM_CERT_REVOKED:
    case IM_PROBLEM_CERT_CHANGED:
    case IM_PROBLEM_CERT_OTHER:
    case IM_PROBLEM_CLOCK:
    case IM_PROBLEM_NO_NETWORK:
    case IM_PROBLEM_SERVICE_CLOSED:
    case IM_PROBLEM_SETTINGS:
    case IM_PROBLEM_SIGNIN_ANSWER:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
add_brackets (GString *text, const char *detail, guint code, gboolean hex)
{
  g_autofree char *words = detail != NULL ? one_line (detail) : NULL;

  if (words != NULL && *words == '\0')
    g_clear_pointer (&words, g_free);
  if (words == NULL && code == 0)
    return;
  g_string_append (text, " (");
  if (words != NULL)
    g_string_append (text, words);
  if (words != NULL && code != 0)
    g_string_append (text, ", ");
  if (code != 0)
    g_string_append_printf (text, hex ? "0x%04x" : "%u", code);
  g_string_append_c (text, ')');
}

char *
glue_error_sentence (const ImFailure *failure,
                     const GlueErrorContext *context)
{
  g_autofree char *sentence = sentence_of (failure, context);
  GString *text = g_string_new (sentence);

  add_brackets (text, says_detail (failure->problem) ? NULL : failure->detail,
                failure->code, context->hex_codes);
  return g_string_free (text, FALSE);
}

static const char *
undelivered_form (ImUndelivered reason)
{
  switch (reason)
    {
    /* Translators: in all of these %s is the name of the recipient. */
    case IM_UNDELIVERED_OFFLINE:
      return _("Not delivered: %s is offline.");
    case IM_UNDELIVERED_MAILBOX_FULL:
      return _("Not delivered: %s is offline, and the mailbox is full.");
    case IM_UNDELIVERED_REFUSES_OFFLINE:
      return _("Not delivered: %s is offline and takes no offline messages.");
    case IM_UNDELIVERED_YOU_BLOCK:
      return _("Not delivered: you block %s.");
    case IM_UNDELIVERED_TOO_FAST:
      return _("Not delivered to %s: messages were sent too fast.");
    case IM_UNDELIVERED_NOT_ACCEPTED:
      return _("Not delivered: %s does not accept this kind of message.");
    case IM_UNDELIVERED_TOO_LONG:
      return _("Not delivered to %s: the message is too long.");
    case IM_UNDELIVERED_YOU_WARNED:
      return _("Not delivered to %s: your warning level is too high.");
    case IM_UNDELIVERED_THEY_WARNED:
      return _("Not delivered: the warning level of %s is too high.");
    case IM_UNDELIVERED_DISCONNECTED:
      return _("Not delivered to %s: the connection is gone.");
    case IM_UNDELIVERED_HIDDEN:
      return _("Not delivered to %s: you appear offline, and the network "
               "allows no conversations then.");
    case IM_UNDELIVERED_NONE:
    case IM_UNDELIVERED_SERVER:
      break;
    }
  return _("Not delivered to %s: the server could not.");
}

char *
glue_error_undelivered (const ImEventDelivery *delivery, gboolean hex_codes)
{
  GString *text = g_string_new (NULL);

  if (delivery->outcome == IM_DELIVERY_UNKNOWN)
    /* Translators: the name of the recipient. */
    g_string_printf (text,
                     _("Possibly not delivered to %s: the connection broke "
                       "before the server answered."),
                     delivery->to);
  else
    g_string_printf (text, undelivered_form (delivery->reason), delivery->to);
  add_brackets (text, NULL, delivery->code, hex_codes);
  return g_string_free (text, FALSE);
}

static const char *
list_form (ImListError reason)
{
  switch (reason)
    {
    /* Translators: in all of these %s is the name of a buddy or a group. */
    case IM_LIST_ERROR_FULL:
      return _("%s could not be added: the server's list is full.");
    case IM_LIST_ERROR_NAME:
      return _("%s could not be added: the server does not like the name.");
    case IM_LIST_ERROR_OTHER_NETWORK:
      return _("%s could not be added: it belongs to another network.");
    case IM_LIST_ERROR_NEEDS_AUTH:
      return _("%s could not be added: they must allow it first.");
    case IM_LIST_ERROR_BAD_ADDRESS:
      return _("%s is not a valid address.");
    case IM_LIST_ERROR_NO_SUCH_USER:
      return _("%s could not be added: there is no account with that "
               "address.");
    case IM_LIST_ERROR_BLOCKED:
      return _("%s is blocked. Unblock them first.");
    case IM_LIST_ERROR_TOO_MANY_GROUPS:
      return _("%s could not be added: you have too many groups.");
    case IM_LIST_ERROR_NO_SUCH_GROUP:
      return _("The group of %s no longer exists on the server.");
    case IM_LIST_ERROR_GROUP_EXISTS:
      return _("%s could not be changed: a group with that name exists.");
    case IM_LIST_ERROR_GROUP_NAME:
      return _("%s could not be changed: the server does not take that name "
               "for a group.");
    case IM_LIST_ERROR_GROUP_NOT_EMPTY:
      return _("%s could not be removed: the group is not empty.");
    case IM_LIST_ERROR_DEFAULT_GROUP:
      return _("%s could not be removed: it is the default group.");
    case IM_LIST_ERROR_TOO_FAST:
      return _("%s could not be changed: there were too many changes in a "
               "short time.");
    case IM_LIST_ERROR_NOT_ALLOWED:
      return _("%s could not be changed: your account may not do that.");
    case IM_LIST_ERROR_UNAVAILABLE:
      return _("%s could not be changed: the list is not available now.");
    case IM_LIST_ERROR_SERVER:
      break;
    }
  return _("The server refused a change for %s.");
}

char *
glue_error_list (const ImEventListError *error, gboolean hex_codes)
{
  const char *name = error->who != NULL && *error->who != '\0' ? error->who
                                                               : error->group;
  GString *text = g_string_new (NULL);

  g_string_printf (text, list_form (error->reason), name != NULL ? name : "?");
  add_brackets (text, NULL, error->code, hex_codes);
  return g_string_free (text, FALSE);
}
